import type { Queue } from "../../api/send";
import type { BareMessage } from "../../api/types";
import type { Tone } from "../../ui/Banner";
import { reasonOf, timeWords } from "./reasons";

/** Words a count that the server counted up to a bound only. */
export function countWords(count: number, upTo: number): string {
  return upTo > 0 && count >= upTo ? `${upTo.toLocaleString("en")} or more` : count.toLocaleString("en");
}

export function backlog(queue: Queue): number {
  return queue.due.high + queue.due.normal + queue.due.low;
}

/** Says in one sentence how sending is. */
export function queuesSentence(queues: readonly Queue[]): { words: string; tone: "ok" | "warn" | "quiet" } {
  const sum = (of: (queue: Queue) => number) => queues.reduce((total, queue) => total + of(queue), 0);
  const capped = queues.some((queue) => backlog(queue) >= queue.countsUpTo && queue.countsUpTo > 0);
  const waiting = sum(backlog) + sum((queue) => queue.waiting.reduce((total, each) => total + each.count, 0));
  const sent = sum((queue) => queue.sentLastMinute);
  const stopped = queues.filter((queue) => queue.isPaused || queue.block).length;
  const waits = waiting === 0 ? "nothing waits" : `${waiting.toLocaleString("en")}${capped ? " or more" : ""} ${waiting === 1 ? "waits" : "wait"}`;
  const head = sent > 0 ? `Sending: ${sent.toLocaleString("en")} in the last minute` : waiting > 0 && stopped === queues.length ? "Not sending" : "Quiet";
  const stops = stopped > 0 ? `, ${stopped === 1 ? "1 number is" : `${stopped} numbers are`} stopped` : "";
  return { words: `${head}, ${waits}${stops}`, tone: stopped > 0 ? "warn" : sent > 0 ? "ok" : "quiet" };
}

export interface QueueState {
  words: string;
  tone: Tone | "quiet";
}

/** Words the state of one number's queue. */
export function queueState(queue: Queue): QueueState {
  if (queue.isPaused) return { words: "Paused", tone: "warn" };
  if (queue.block) return { words: "Held", tone: "bad" };
  const waits = backlog(queue);
  if (waits === 0 && queue.sending === 0) return { words: "Nothing to send", tone: "quiet" };
  if (!queue.isOwned) return { words: "Starting", tone: "info" };
  return { words: "Sending", tone: "ok" };
}

/** Says why a number is blocked, until when, and the remedy. */
export function blockWords(queue: Queue, now: number): { title: string; words: string } | undefined {
  const { block } = queue;
  if (!block) return undefined;
  const reason = reasonOf(block.reason);
  const until = block.until && Date.parse(block.until) > now ? `It is tried again at ${timeWords(block.until, now)}.` : "It is tried again from time to time.";
  const why = block.explanation ? `${block.explanation.cause} ${block.explanation.action}` : (reason.remedy ?? "");
  return { title: `${reason.words}: nothing is sent from ${queue.displayPhone}`, words: `${why} ${until} What waits is kept.`.trim() };
}

/** Words the state of a message that Meta accepted long ago and never reported on since. */
export function stuckWords({ status, isStuck }: Pick<BareMessage, "status" | "isStuck">): string | undefined {
  if (!isStuck) return undefined;
  if (status === "accepted") return "Meta took it and has told nothing since.";
  if (status === "sent") return "The customer's phone has not got it yet.";
  return undefined;
}

/** Words a number's rate: "80 a second (STANDARD)". */
export function rateWords({ rate }: Queue): string {
  const level = rate.level ? `, Meta's level ${rate.level.replaceAll("_", " ").toLowerCase()}` : "";
  return `${rate.perSecond.toLocaleString("en")} a second${level}`;
}
