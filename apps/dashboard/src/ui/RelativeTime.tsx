import { Tooltip } from "@mantine/core";
import { useEffect, useSyncExternalStore } from "react";
import { serverNow } from "../api/serverClock";
import { day, exactTime, relativeTime, shortTime, type Tense } from "./time";

// All times on the page share one clock, so that they change together.
let now = serverNow();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function step(): void {
  now = serverNow();
  for (const each of listeners) each();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) now = serverNow();
  listeners.add(listener);
  timer ??= setInterval(step, 15_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** Returns the page's clock, milliseconds since the epoch. It moves every quarter minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

interface RelativeTimeProps {
  at: string;
  /** Shows the date in the text, the distance on hover. */
  asDay?: boolean;
  /** Uses the short form, for lists. */
  short?: boolean;
  /** "future" for the time of a coming event, such as the end of a link. */
  tense?: Tense;
}

/** Shows a time as people say it, and the exact one on hover and focus. */
export function RelativeTime({ at, asDay = false, short = false, tense = "past" }: RelativeTimeProps) {
  const page = useNow();
  const time = Date.parse(at);
  const distance = short ? shortTime(time, page) : relativeTime(time, page, tense);
  // A time that has just arrived moves the clock on, so that the times beside it do not lag behind.
  useEffect(() => {
    if (tense === "past" && time > page && time <= serverNow()) step();
  }, [page, tense, time]);
  return (
    <Tooltip label={asDay ? `${exactTime(at)} (${distance})` : exactTime(at)} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at}>{asDay ? day(at) : distance}</time>
    </Tooltip>
  );
}
