const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** Says whether a time belongs to a past or a future event. */
export type Tense = "past" | "future";

/**
 * Words a time by its distance: "3 hours ago", "just now"; or "in 12 days", "any moment now". Times are milliseconds since
 * the epoch. Two clocks never agree, so a past event is never worded as a future one, nor the other way round.
 */
export function relativeTime(at: number, now: number, tense: Tense = "past"): string {
  const seconds = tense === "past" ? Math.min(0, (at - now) / 1000) : Math.max(0, (at - now) / 1000);
  const size = Math.abs(seconds);
  if (size < 45) return tense === "past" ? "just now" : size === 0 ? "any moment now" : "in a moment";
  for (const [unit, length] of UNITS) {
    if (size >= length * 0.95) return relative.format(Math.round(seconds / length), unit);
  }
  return relative.format(Math.round(seconds / 60) || Math.sign(seconds), "minute");
}

const exactFormat = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "medium",
});
const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
});

/** Formats date and time to the second, in the reader's time zone. */
export function exactTime(iso: string): string {
  return exactFormat.format(new Date(iso));
}

/** Formats a date: "21 Jan 2027". */
export function day(iso: string): string {
  return dayFormat.format(new Date(iso));
}

const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const weekdayFormat = new Intl.DateTimeFormat("en-GB", { weekday: "short" });
const shortDayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const longDayFormat = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

/** Formats a time of day, in the reader's time zone: "14:03". */
export function clock(iso: string): string {
  return clockFormat.format(new Date(iso));
}

/** Returns a key that is the same for all times of one day, in the reader's time zone. */
export function dayKey(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${at.getMonth()}-${at.getDate()}`;
}

const DAY_MS = 86_400_000;

/** Words a past time shortly, for lists: "now", "5 min", "3 h", "Tue", "12 Nov". */
export function shortTime(at: number, now: number): string {
  const distance = now - at;
  if (distance < 60_000) return "now";
  if (distance < 3_600_000) return `${Math.floor(distance / 60_000)} min`;
  if (distance < DAY_MS) return `${Math.floor(distance / 3_600_000)} h`;
  if (distance < 6 * DAY_MS) return weekdayFormat.format(at);
  return distance < 300 * DAY_MS ? shortDayFormat.format(at) : day(new Date(at).toISOString());
}

/** Names a day: "Today", "Yesterday", "Tuesday, 17 November", "3 Feb 2025". */
export function dayTitle(iso: string, now: number): string {
  // A message that is ahead of this page's clock belongs to today.
  const key = dayKey(new Date(Math.min(Date.parse(iso), now)).toISOString());
  if (key === dayKey(new Date(now).toISOString())) return "Today";
  if (key === dayKey(new Date(now - DAY_MS).toISOString())) return "Yesterday";
  return Math.abs(now - Date.parse(iso)) < 300 * DAY_MS ? longDayFormat.format(new Date(iso)) : day(iso);
}

/** Words a past time by the second: "3 s ago". */
export function secondsAgo(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  return relativeTime(at, now);
}
