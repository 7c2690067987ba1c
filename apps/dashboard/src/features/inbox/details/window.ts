import type { ReplyWindow } from "../../../api/types";

const HOUR_MS = 3_600_000;
const LENGTH_MS: Record<ReplyWindow["kind"], number> = { service: 24 * HOUR_MS, freeEntryPoint: 72 * HOUR_MS };

export interface WindowState {
  open: boolean;
  /** How much is left: "5 h 12 min", "12:05 min". */
  left: string;
  /** The same for where there is little room: "5 h", "12:05 min". */
  short: string;
  /** From 0 (shut) to 1 (just opened). */
  share: number;
  /** Whether so little is left that seconds count. */
  soon: boolean;
}

/** Where the window stands now, by the reader's clock: the server's word of when it was read would grow old. */
export function windowState(window: ReplyWindow, now: number): WindowState {
  const left = Date.parse(window.until) - now;
  if (left <= 0) return { open: false, left: "", short: "", share: 0, soon: false };
  return {
    open: true,
    left: leftWords(left),
    short: left < HOUR_MS ? leftWords(left) : `${Math.floor(left / HOUR_MS)} h`,
    share: Math.min(1, left / LENGTH_MS[window.kind]),
    soon: left < HOUR_MS,
  };
}

function leftWords(ms: number): string {
  if (ms < HOUR_MS) {
    const seconds = Math.floor(ms / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} min`;
  }
  const minutes = Math.floor(ms / 60_000);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
