/** Only what a browser draws without running anything in it; all else is a file to download. */
const PICTURES = new Set(["image/jpeg", "image/png", "image/webp", "image/gif"]);

export function isPicture(mimeType: string | null | undefined): boolean {
  return PICTURES.has((mimeType ?? "").split(";")[0]?.trim().toLowerCase() ?? "");
}

/**
 * Where a file's bytes are. The session's cookie opens it, the browser keeps it for a while, and takes of sound and film
 * the range that it plays.
 */
export function mediaAddress(id: string): string {
  return `/api/media/${encodeURIComponent(id)}`;
}
