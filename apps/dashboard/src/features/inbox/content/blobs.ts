import { useEffect, useState } from "react";
import { problemFrom } from "../../../api/problem";

/** Object URLs of pictures: shared by all who show one, kept a while for scrolling back, then revoked. */

interface Held {
  url: Promise<string>;
  holders: number;
  bytes: number;
  made?: string;
}

const KEEP = 60;
const KEEP_BYTES = 80_000_000;
const held = new Map<string, Held>();

/** Only what a browser draws without running anything in it; all else is a file to download. */
const PICTURES = new Set(["image/jpeg", "image/png", "image/webp", "image/gif"]);

export function isPicture(mimeType: string | null | undefined): boolean {
  return PICTURES.has((mimeType ?? "").split(";")[0]?.trim().toLowerCase() ?? "");
}

export function mediaAddress(id: string): string {
  return `/api/media/${encodeURIComponent(id)}`;
}

async function load(id: string, entry: Held): Promise<string> {
  const response = await fetch(mediaAddress(id), { credentials: "same-origin" });
  if (!response.ok) throw problemFrom(response, await response.json().catch(() => undefined));
  const blob = await response.blob();
  entry.bytes = blob.size;
  entry.made = URL.createObjectURL(blob);
  return entry.made;
}

function acquire(id: string): Promise<string> {
  let entry = held.get(id);
  if (!entry) {
    const fresh: Held = { url: Promise.resolve(""), holders: 0, bytes: 0 };
    fresh.url = load(id, fresh);
    entry = fresh;
  }
  entry.holders += 1;
  // The most recently used are last.
  held.delete(id);
  held.set(id, entry);
  return entry.url;
}

function release(id: string, failed: boolean): void {
  const entry = held.get(id);
  if (!entry) return;
  entry.holders -= 1;
  if (failed) held.delete(id);
  let bytes = [...held.values()].reduce((sum, each) => sum + each.bytes, 0);
  for (const [key, each] of held) {
    if (held.size <= KEEP && bytes <= KEEP_BYTES) return;
    if (each.holders > 0) continue;
    bytes -= each.bytes;
    if (each.made) URL.revokeObjectURL(each.made);
    held.delete(key);
  }
}

export interface BlobState {
  url?: string;
  error?: unknown;
}

/** A picture's object URL, for as long as somebody shows it. */
export function useBlob(id: string): BlobState & { retry: () => void } {
  const [state, setState] = useState<BlobState & { id?: string }>({});
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let gone = false;
    let failed = false;
    acquire(id).then(
      (url) => {
        if (!gone) setState({ id, url });
      },
      (error: unknown) => {
        failed = true;
        if (!gone) setState({ id, error });
      },
    );
    return () => {
      gone = true;
      release(id, failed);
    };
  }, [id, attempt]);
  const current = state.id === id ? state : {};
  return {
    ...(current.url !== undefined && { url: current.url }),
    ...(current.error !== undefined && { error: current.error }),
    retry: () => {
      setState({});
      setAttempt((before) => before + 1);
    },
  };
}
