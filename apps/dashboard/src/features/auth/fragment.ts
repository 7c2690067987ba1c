/**
 * Takes the one-time token of a link. It travels in the fragment, which is never sent to a server, and is taken off
 * the address bar at once so that it stays out of the history.
 */
export function takeFragmentToken(): string {
  const token = readFragment(window.location.hash.replace(/^#/, ""));
  if (window.location.hash) window.history.replaceState(window.history.state, "", window.location.pathname);
  return token;
}

/** A link that was cut in the middle of an escape is not whole. */
function readFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return "";
  }
}
