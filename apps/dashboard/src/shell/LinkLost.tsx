import { useQueryClient } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { api } from "../api/client";
import { readLink, subscribeLink } from "../api/link";
import { readLive, subscribeLive } from "../live/store";
import classes from "./Shell.module.css";

const PROBE_EVERY_MS = 3000;

/** Shows a bar while the server cannot be reached. It probes until it can, then brings the page up to date. */
export function LinkLost() {
  const { online } = useSyncExternalStore(subscribeLink, readLink);
  const live = useSyncExternalStore(subscribeLive, readLive);
  const queries = useQueryClient();

  useEffect(() => {
    if (online) return;
    const timer = setInterval(() => {
      // A failed probe means that the server is still away, as the bar says.
      api.GET("/healthz").catch(() => undefined);
    }, PROBE_EVERY_MS);
    // Any request may be the first that is answered again, not only the probe.
    return () => {
      clearInterval(timer);
      void queries.invalidateQueries();
    };
  }, [online, queries]);

  const lost = !online || live === "lost";
  return (
    <div role="status" aria-live="polite" data-bleed data-lost={lost || undefined} className={classes.link}>
      {lost && (
        <div className={classes.lost}>
          <CloudOff size={16} aria-hidden />
          {online ? "Live updates are interrupted. Connecting again…" : "Connection lost. Trying again…"}
        </div>
      )}
    </div>
  );
}
