import type { components } from "../../api/schema";
import type { Waiting } from "../../api/send";
import { clock, dayKey, exactTime } from "../../ui/time";

/** The words of a reason to wait. */
interface Reason {
  words: string;
  /** The meaning of its `until`. */
  until: "then" | "atLatest" | "about";
  remedy?: string;
  /** A person must act: it does not pass by itself. */
  acts?: true;
}

/** The words of each reason. A reason of the API without words does not compile. */
export const REASONS: Record<components["schemas"]["WaitReason"], Reason> = {
  scheduled: { words: "Scheduled for later", until: "then" },
  retry: { words: "Meta could not take it; it is tried again", until: "about" },
  pair_limit: { words: "Meta takes one message in six seconds for one person", until: "about" },
  upload: { words: "Its file is being given to Meta", until: "about" },
  proof: { words: "Meta did not answer; a status may still prove that it arrived", until: "atLatest" },
  pace: { words: "Waits for its turn at the number's pace", until: "about" },
  paused: { words: "Sending from this number is paused", until: "about", remedy: "An admin can resume it on the Queue page.", acts: true },
  number_limited: { words: "Meta limits this number for now", until: "about", remedy: "It goes on by itself. Send less of what customers block or report." },
  waba_limited: { words: "Meta limits the WhatsApp Business Account for now", until: "about", remedy: "It goes on by itself. All numbers of the account wait." },
  token_invalid: { words: "Meta no longer accepts the connection's token", until: "about", remedy: "Reconnect the number on the Connections page.", acts: true },
  account_blocked: {
    words: "Meta blocks this number or its account",
    until: "about",
    remedy: "Put it right in Meta's WhatsApp Manager: registration, payment or a restriction. Then it goes on by itself.",
    acts: true,
  },
  not_connected: { words: "The number is not connected", until: "about", remedy: "Connect it again on the Connections page.", acts: true },
};

const KNOWN: Partial<Record<string, Reason>> = REASONS;

export function reasonOf(reason: string): Reason {
  return KNOWN[reason] ?? { words: reason.replaceAll("_", " ").replace(/^./u, (first) => first.toUpperCase()), until: "about" };
}

/** Formats a time: "14:03" for today, else with the date. */
export function timeWords(iso: string, now: number): string {
  return dayKey(iso) === dayKey(new Date(now).toISOString()) ? clock(iso) : exactTime(iso);
}

/** Says in one sentence why a message waits, and until when. */
export function waitingWords(waiting: Waiting, now: number): string {
  const { words, until } = reasonOf(waiting.reason);
  const at = waiting.until;
  if (!at || Date.parse(at) <= now) return `${words}.`;
  const when = timeWords(at, now);
  return until === "then" ? `${words}: ${when}.` : until === "atLatest" ? `${words}, until ${when}.` : `${words}, until about ${when}.`;
}
