import { useEffect, useState } from "react";
import { serverNow } from "../api/serverClock";

/** A clock that moves every second, for what is watched by the second; milliseconds since the epoch. */
export function useSeconds(every = 1000): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
