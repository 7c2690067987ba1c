import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { day, exactTime, relativeTime, shortTime } from "./time";

// One clock for all times on the page, so that they change together.
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) now = Date.now();
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, 15_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The page's clock, milliseconds since the epoch; moves every quarter minute. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

interface RelativeTimeProps {
  at: string;
  /** Show the date in the text, the distance on hover. */
  asDay?: boolean;
  /** As short as a list wants it. */
  short?: boolean;
}

/** A time as people say it; the exact one on hover and focus. */
export function RelativeTime({ at, asDay = false, short = false }: RelativeTimeProps) {
  const page = useNow();
  const distance = short ? shortTime(Date.parse(at), page) : relativeTime(Date.parse(at), page);
  return (
    <Tooltip label={asDay ? `${exactTime(at)} (${distance})` : exactTime(at)} events={{ hover: true, focus: true, touch: true }}>
      <time dateTime={at}>{asDay ? day(at) : distance}</time>
    </Tooltip>
  );
}
