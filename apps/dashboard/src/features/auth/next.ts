import { BEFORE_SIGN_IN } from "./addresses";

/** Redirects to the page that `homeFor` chooses. */
const HOME = "/";

/** Returns the path of ours to go to after sign-in. Anything that could lead elsewhere becomes the person's home. */
export function safeNext(next: string | undefined): string {
  if (!next?.startsWith("/") || next.startsWith("//") || /[\\\p{Cc}]/u.test(next)) return HOME;
  const page = next.split(/[/?#]/)[1];
  return BEFORE_SIGN_IN.some((each) => each === page) ? HOME : next;
}

/** Leaves the dashboard to sign in, and comes back to a path of it. */
export function leaveToSignIn(search: { next?: string; org?: string } = {}): void {
  const query = new URLSearchParams(search).toString();
  window.location.assign(query ? `/sign-in?${query}` : "/sign-in");
}
