const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "3 hours ago", "in 12 days", "just now"; times as milliseconds since the epoch. */
export function relativeTime(at: number, now: number): string {
  const seconds = (at - now) / 1000;
  const size = Math.abs(seconds);
  if (size < 45) return seconds > 0 ? "in a moment" : "just now";
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

/** Date and time to the second, in the reader's time zone. */
export function exactTime(iso: string): string {
  return exactFormat.format(new Date(iso));
}

/** "21 Jan 2027". */
export function day(iso: string): string {
  return dayFormat.format(new Date(iso));
}
