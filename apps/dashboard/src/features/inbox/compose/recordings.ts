/** A voice message that was recorded and not sent yet. */
export interface Recorded {
  file: Blob;
  /** Whether WhatsApp draws it as a voice message; otherwise it is a sound file. */
  voice: boolean;
  seconds: number;
}

/** So many are kept; the oldest goes first. */
const MOST = 8;
const kept = new Map<string, Recorded>();

/** Keeps what was recorded in a conversation that somebody left: only the bin throws it away. */
export function keepRecording(conversationId: string, recorded: Recorded): void {
  kept.delete(conversationId);
  kept.set(conversationId, recorded);
  const [oldest] = kept.keys();
  if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
}

export function hasRecording(conversationId: string): boolean {
  return kept.has(conversationId);
}

/** Takes what was kept of a conversation, for whoever has to keep it from now on. */
export function takeRecording(conversationId: string): Recorded | undefined {
  const recorded = kept.get(conversationId);
  kept.delete(conversationId);
  return recorded;
}
