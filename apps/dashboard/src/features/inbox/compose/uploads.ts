import { useSyncExternalStore } from "react";
import { ApiProblem, asProblem } from "../../../api/problem";
import type { Uploaded } from "../../../api/send";
import { uploadFile, type Upload } from "../../../api/upload";

/** A file of the next message. */
export interface Attachment {
  id: string;
  file: File;
  /** From 0 to 1. */
  progress: number;
  state: "uploading" | "done" | "failed";
  uploaded?: Uploaded;
  problem?: ApiProblem;
  /** A thumbnail, as a data URL. */
  preview?: string;
}

/** Meta's limit for documents. Other kinds have lower ones, which the server checks. */
const LARGEST_BYTES = 100_000_000;
const PREVIEW_BYTES = 5_000_000;

const NONE: readonly Attachment[] = [];
const byConversation = new Map<string, readonly Attachment[]>();
const running = new Map<string, Upload>();
const listeners = new Set<() => void>();
let made = 0;

function set(conversationId: string, items: readonly Attachment[]): void {
  if (items.length === 0) byConversation.delete(conversationId);
  else byConversation.set(conversationId, items);
  for (const listener of listeners) listener();
}

export function attachmentsOf(conversationId: string): readonly Attachment[] {
  return byConversation.get(conversationId) ?? NONE;
}

function change(conversationId: string, id: string, to: Partial<Attachment>): void {
  set(
    conversationId,
    attachmentsOf(conversationId).map((each) => (each.id === id ? { ...each, ...to } : each)),
  );
}

function tooLarge(): ApiProblem {
  return new ApiProblem({
    status: 413,
    code: "media_too_large",
    title: "The file is too large",
    detail: "WhatsApp takes documents of up to 100 MB, pictures up to 5 MB, audio and video up to 16 MB.",
    fields: {},
  });
}

function begin(conversationId: string, id: string, file: File): void {
  const upload = uploadFile(file, file.name, (progress) => change(conversationId, id, { progress }));
  running.set(id, upload);
  upload.done
    .then(
      (uploaded) => change(conversationId, id, { state: "done", progress: 1, uploaded }),
      (error: unknown) => {
        if (error instanceof DOMException && error.name === "AbortError") return;
        change(conversationId, id, { state: "failed", problem: asProblem(error) });
      },
    )
    .finally(() => running.delete(id));
}

function addPreview(conversationId: string, id: string, file: File): void {
  if (!/^image\/(png|jpeg|webp|gif)$/.test(file.type) || file.size > PREVIEW_BYTES) return;
  const reader = new FileReader();
  reader.onload = () => {
    if (typeof reader.result === "string") change(conversationId, id, { preview: reader.result });
  };
  reader.readAsDataURL(file);
}

/** Begins to upload files for the next message of a conversation. */
export function attach(conversationId: string, files: readonly File[]): void {
  for (const file of files) {
    made += 1;
    const id = `file-${made}`;
    const fits = file.size <= LARGEST_BYTES;
    const item: Attachment = { id, file, progress: 0, state: fits ? "uploading" : "failed", ...(!fits && { problem: tooLarge() }) };
    set(conversationId, [...attachmentsOf(conversationId), item]);
    if (!fits) continue;
    addPreview(conversationId, id, file);
    begin(conversationId, id, file);
  }
}

/** Removes a file, and stops its upload. */
export function detach(conversationId: string, id: string): void {
  running.get(id)?.cancel();
  set(
    conversationId,
    attachmentsOf(conversationId).filter((each) => each.id !== id),
  );
}

export function uploadAgain(conversationId: string, id: string): void {
  const item = attachmentsOf(conversationId).find((each) => each.id === id);
  if (!item) return;
  change(conversationId, id, { state: "uploading", progress: 0 });
  begin(conversationId, id, item.file);
}

/** Takes all uploaded files for a message. The others stay. */
export function takeUploaded(conversationId: string): Uploaded[] {
  const items = attachmentsOf(conversationId);
  set(
    conversationId,
    items.filter((each) => each.state !== "done"),
  );
  return items.map((each) => each.uploaded).filter((each) => each !== undefined);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

export function useAttachments(conversationId: string): readonly Attachment[] {
  return useSyncExternalStore(subscribe, () => attachmentsOf(conversationId));
}

// Asks before the page is left during an upload, which would be lost.
window.addEventListener("beforeunload", (event) => {
  if (running.size > 0) event.preventDefault();
});
