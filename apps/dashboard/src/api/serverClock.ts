/** Smaller differences come from the network, and from the whole second of the `Date` header. */
const NOISE_MS = 3_000;

let skewMs = 0;

/** Learns the skew of this machine's clock from the `Date` header of an answer. */
export function learnServerTime(date: string | null, received: number): void {
  const told = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(told)) return;
  const skew = told - received;
  skewMs = Math.abs(skew) <= NOISE_MS ? 0 : skew;
}

/** Returns the server's clock, milliseconds since the epoch. All times on the page are the server's. */
export function serverNow(): number {
  return Date.now() + skewMs;
}
