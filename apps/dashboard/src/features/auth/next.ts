/** Chooses the page itself: see `homeFor`. */
const HOME = "/";

/** A path of ours to go to after sign-in; anything that could lead elsewhere becomes the person's home. */
export function safeNext(next: string | undefined): string {
  if (!next?.startsWith("/") || next.startsWith("//") || /[\\\p{Cc}]/u.test(next)) return HOME;
  if (/^\/(sign-in|invite|reset|forgot|prove)\b/.test(next)) return HOME;
  return next;
}

/** Leaves the dashboard to sign in, and comes back to a path of it. */
export function leaveToSignIn(search: { next?: string; org?: string } = {}): void {
  const query = new URLSearchParams(search).toString();
  window.location.assign(query ? `/sign-in?${query}` : "/sign-in");
}
