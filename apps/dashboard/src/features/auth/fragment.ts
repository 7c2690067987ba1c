import { useEffect, useState } from "react";

/**
 * The one-time token of a link. It travels in the fragment, which is never sent to a server,
 * and is taken off the address bar at once so that it stays out of the history.
 */
export function useFragmentToken(): string {
  const [token] = useState(() => decodeURIComponent(window.location.hash.replace(/^#/, "")));
  useEffect(() => {
    if (window.location.hash) {
      window.history.replaceState(window.history.state, "", window.location.pathname);
    }
  }, []);
  return token;
}
