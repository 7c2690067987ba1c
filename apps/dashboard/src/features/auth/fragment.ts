/**
 * Takes the one-time token out of a link. It travels in the fragment, which no browser sends to a server. Taking it off the
 * address bar at once keeps it out of the history.
 */
export function takeFragmentToken(): string {
  const token = readFragment(window.location.hash.replace(/^#/, ""));
  if (window.location.hash) window.history.replaceState(window.history.state, "", window.location.pathname);
  return token;
}

/** Decodes the fragment. A link that was cut in the middle of an escape has no token. */
function readFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return "";
  }
}
