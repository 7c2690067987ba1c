import { Ban, Check, CheckCheck, CircleAlert, CircleDashed, CircleHelp, Clock3, TimerOff, type LucideIcon } from "lucide-react";
import type { components } from "../../../api/schema";

export interface Tick {
  icon: LucideIcon;
  /** Its meaning, for the tooltip and for screen readers. */
  words: string;
  tone: "quiet" | "seen" | "bad" | "warn";
}

/** The tick of each status. A status of the API without a tick does not compile. `handing` is the browser's own. */
const TICKS: Record<Exclude<components["schemas"]["MessageStatus"], "received"> | "handing", Tick> = {
  handing: { icon: CircleDashed, words: "On its way to the server", tone: "quiet" },
  queued: { icon: Clock3, words: "Waiting to be sent", tone: "quiet" },
  sending: { icon: Clock3, words: "Being handed to Meta", tone: "quiet" },
  accepted: { icon: Clock3, words: "Accepted by Meta", tone: "quiet" },
  sent: { icon: Check, words: "Sent", tone: "quiet" },
  delivered: { icon: CheckCheck, words: "Delivered", tone: "quiet" },
  read: { icon: CheckCheck, words: "Read", tone: "seen" },
  played: { icon: CheckCheck, words: "Played", tone: "seen" },
  failed: { icon: CircleAlert, words: "Not delivered", tone: "bad" },
  unknown: { icon: CircleHelp, words: "Nobody knows whether Meta took it", tone: "warn" },
  cancelled: { icon: Ban, words: "Cancelled before it was sent", tone: "quiet" },
  expired: { icon: TimerOff, words: "Not sent in time", tone: "bad" },
};

const KNOWN: Partial<Record<string, Tick>> = TICKS;

/** Returns the tick of a message of the business, and none for a customer's. An unknown status is shown by its own name. */
export function tickOf(direction: string, status: string): Tick | undefined {
  if (direction !== "outbound" || status === "received") return undefined;
  return KNOWN[status] ?? { icon: CircleHelp, words: status.replaceAll("_", " "), tone: "quiet" };
}
