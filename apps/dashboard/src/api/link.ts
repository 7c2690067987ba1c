/** The state of the link to the server: whether the last request reached it, and whether the session has ended. */
export interface Link {
  readonly online: boolean;
  readonly sessionEnded: boolean;
}

let current: Link = { online: true, sessionEnded: false };
const listeners = new Set<() => void>();

export function readLink(): Link {
  return current;
}

export function setLink(change: Partial<Link>): void {
  const next = { ...current, ...change };
  if (next.online === current.online && next.sessionEnded === current.sessionEnded) return;
  current = next;
  for (const listener of listeners) listener();
}

export function subscribeLink(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}
