/** Differences up to this are the network's, and the second to which the server tells its time. */
const NOISE_MS = 3_000;

let skewMs = 0;

/** Learns by how much this machine's clock is off, from the time that an answer carries. */
export function learnServerTime(date: string | null, received: number): void {
  const told = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(told)) return;
  const skew = told - received;
  skewMs = Math.abs(skew) <= NOISE_MS ? 0 : skew;
}

/** The server's clock, milliseconds since the epoch: all times on the page are its. */
export function serverNow(): number {
  return Date.now() + skewMs;
}
