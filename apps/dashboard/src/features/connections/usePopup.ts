import { useCallback, useEffect, useReducer, useRef } from "react";
import { startConnect } from "./data";
import { parseConnectMessage, popupReducer, type PopupEvent, type PopupState } from "./popup";

const CHANNEL = "wabakit-connect";
const WATCH_EVERY_MS = 700;

function openWindow(url: string): Window | null {
  const width = 620;
  const height = 760;
  const left = Math.max(0, window.screenX + (window.outerWidth - width) / 2);
  const top = Math.max(0, window.screenY + (window.outerHeight - height) / 2);
  return window.open(url, "wabakit-connect", `popup,width=${width},height=${height},left=${left},top=${top}`);
}

export interface Popup {
  state: PopupState;
  dispatch: (event: PopupEvent) => void;
  /** Opens the window. Only in the handler of a click: otherwise the browser blocks it. */
  open: (metaAppId?: string) => void;
  /** Opens Meta's page of the same session again. */
  reopen: () => void;
  close: () => void;
}

export function usePopup(): Popup {
  const [state, dispatch] = useReducer(popupReducer, { kind: "idle" });
  const popup = useRef<Window | null>(null);

  const open = useCallback((metaAppId?: string) => {
    // The window opens before the server is asked for its address: after an await it would be blocked.
    const opened = openWindow("about:blank");
    popup.current = opened;
    if (!opened) {
      dispatch({ type: "blocked" });
      return;
    }
    dispatch({ type: "opened" });
    startConnect("popup", metaAppId).then(
      ({ sessionId, authUrl }) => {
        opened.location.replace(authUrl);
        dispatch({ type: "started", sessionId, authUrl });
      },
      (error: unknown) => {
        opened.close();
        dispatch({ type: "refused", error });
      },
    );
  }, []);

  const reopen = useCallback(() => {
    if (state.kind !== "waiting") return;
    popup.current = openWindow(state.authUrl);
    if (popup.current) dispatch({ type: "reopened" });
  }, [state]);

  const close = useCallback(() => {
    popup.current?.close();
    popup.current = null;
    dispatch({ type: "reset" });
  }, []);

  const waiting = state.kind === "waiting";
  useEffect(() => {
    if (!waiting) return;
    function take(data: unknown): void {
      const message = parseConnectMessage(data);
      if (message) dispatch({ type: "message", message });
    }
    function onMessage(event: MessageEvent): void {
      if (event.origin === window.location.origin) take(event.data);
    }
    window.addEventListener("message", onMessage);
    const channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
    channel?.addEventListener("message", (event: MessageEvent) => take(event.data));
    const watch = setInterval(() => {
      if (popup.current?.closed) dispatch({ type: "windowGone" });
    }, WATCH_EVERY_MS);
    return () => {
      window.removeEventListener("message", onMessage);
      channel?.close();
      clearInterval(watch);
    };
  }, [waiting]);

  return { state, dispatch, open, reopen, close };
}
