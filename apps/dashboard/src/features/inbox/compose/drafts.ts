import { useSyncExternalStore } from "react";
import { draftKey, keep } from "./keep";

/** The message that a draft answers. */
export interface ReplyTo {
  metaMessageId: string;
  line: string;
  /** Whether the business wrote it. */
  own: boolean;
}

export interface Draft {
  text: string;
  replyTo?: ReplyTo;
}

const NONE: Draft = { text: "" };
const known = new Map<string, Draft>();
const listeners = new Set<() => void>();

function parse(stored: string | null): Draft {
  if (stored === null) return NONE;
  try {
    const value = JSON.parse(stored) as Partial<Draft> | null;
    if (typeof value?.text !== "string") return NONE;
    return { text: value.text, ...(value.replyTo && { replyTo: value.replyTo }) };
  } catch {
    return NONE;
  }
}

export function readDraft(conversationId: string): Draft {
  const key = draftKey(conversationId);
  const here = known.get(key);
  if (here) return here;
  const draft = parse(keep.read(key));
  known.set(key, draft);
  return draft;
}

/** Saves a draft at once, so that neither a reload nor another conversation loses it. */
export function writeDraft(conversationId: string, change: { text?: string; replyTo?: ReplyTo | undefined }): void {
  const key = draftKey(conversationId);
  const next: Draft = { ...readDraft(conversationId), ...change };
  if (next.replyTo === undefined) delete next.replyTo;
  known.set(key, next);
  if (next.text === "" && !next.replyTo) keep.drop(key);
  else keep.write(key, JSON.stringify(next));
  for (const listener of listeners) listener();
}

export function clearDraft(conversationId: string): void {
  const key = draftKey(conversationId);
  known.set(key, NONE);
  keep.drop(key);
  for (const listener of listeners) listener();
}

/** Appends words to a draft. It replaces nothing that a person typed. */
export function addToDraft(conversationId: string, text: string): void {
  const before = readDraft(conversationId).text;
  writeDraft(conversationId, { text: before.trim() === "" ? text : `${before}\n${text}` });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useDraft(conversationId: string): Draft {
  return useSyncExternalStore(subscribe, () => readDraft(conversationId));
}

/** Focuses the composer. */
export function focusComposer(): void {
  document.querySelector<HTMLElement>("[data-compose]")?.focus();
}
