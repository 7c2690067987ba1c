/** Types that a browser draws without running anything in them. All others are files to download. */
const PICTURES = new Set(["image/jpeg", "image/png", "image/webp", "image/gif"]);

export function isPicture(mimeType: string | null | undefined): boolean {
  return PICTURES.has((mimeType ?? "").split(";")[0]?.trim().toLowerCase() ?? "");
}

/**
 * Returns the address of a file's bytes. The session's cookie opens it, and the browser caches it. A player reads only the
 * range that it plays.
 */
export function mediaAddress(id: string): string {
  return `/api/media/${encodeURIComponent(id)}`;
}
