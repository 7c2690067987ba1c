/** A recorded voice message that is not sent yet. */
export interface Recorded {
  file: Blob;
  /** Whether WhatsApp shows it as a voice message, and not as a sound file. */
  voice: boolean;
  seconds: number;
}

/** The most recordings that are kept. The oldest goes first. */
const MOST = 8;
const kept = new Map<string, Recorded>();

/** Keeps the recording of a conversation that the person left. Only the bin discards one. */
export function keepRecording(conversationId: string, recorded: Recorded): void {
  kept.delete(conversationId);
  kept.set(conversationId, recorded);
  const [oldest] = kept.keys();
  if (kept.size > MOST && oldest !== undefined) kept.delete(oldest);
}

export function hasRecording(conversationId: string): boolean {
  return kept.has(conversationId);
}

/** Takes the kept recording of a conversation out of the store. The caller keeps it from then on. */
export function takeRecording(conversationId: string): Recorded | undefined {
  const recorded = kept.get(conversationId);
  kept.delete(conversationId);
  return recorded;
}
