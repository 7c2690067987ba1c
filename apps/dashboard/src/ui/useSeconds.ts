import { useEffect, useState } from "react";
import { serverNow } from "../api/serverClock";

/** Returns a clock that moves every second, milliseconds since the epoch. */
export function useSeconds(every = 1000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
