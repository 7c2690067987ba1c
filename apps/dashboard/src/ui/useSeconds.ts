import { useEffect, useState } from "react";

/** A clock that moves every second, for what is watched by the second; milliseconds since the epoch. */
export function useSeconds(every = 1000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
