import type { ReplyWindow } from "../../../api/types";

const HOUR_MS = 3_600_000;
const LENGTH_MS: Record<ReplyWindow["kind"], number> = { service: 24 * HOUR_MS, freeEntryPoint: 72 * HOUR_MS };

export interface WindowState {
  open: boolean;
  /** The time left: "5 h 12 min", "12:05 min". */
  left: string;
  /** The time left in short: "5 h", "12:05 min". */
  short: string;
  /** The share of the window that is left, from 0 to 1. */
  share: number;
  /** Whether less than an hour is left. */
  soon: boolean;
}

/** Returns the state of the window at a time. The server's `open` was true when it was read, and grows old. */
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
