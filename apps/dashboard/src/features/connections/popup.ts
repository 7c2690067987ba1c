import type { ConnectSession } from "../../api/types";

/** The message of the callback page in the popup. */
export interface ConnectMessage {
  sessionId: string;
  error?: string;
}

/**
 * The course of a login in a popup. A window that looks closed may only be cut off by Meta's opener policy, so that is a
 * hint and never the end. The session itself has the truth.
 */
export type PopupState =
  | { kind: "idle" }
  | { kind: "starting" }
  | { kind: "blocked" }
  | { kind: "refused"; error: unknown }
  | { kind: "waiting"; sessionId: string; authUrl: string; windowGone: boolean }
  | { kind: "returned"; sessionId: string; error?: string };

export type PopupEvent =
  | { type: "opened" }
  | { type: "blocked" }
  | { type: "started"; sessionId: string; authUrl: string }
  | { type: "refused"; error: unknown }
  | { type: "message"; message: ConnectMessage }
  | { type: "session"; sessionId: string; status: ConnectSession["status"] }
  | { type: "windowGone" }
  | { type: "reopened" }
  | { type: "reset" };

export function popupReducer(state: PopupState, event: PopupEvent): PopupState {
  switch (event.type) {
    case "reset":
      return { kind: "idle" };
    case "opened":
      return { kind: "starting" };
    case "blocked":
      return { kind: "blocked" };
    case "refused":
      return state.kind === "starting" ? { kind: "refused", error: event.error } : state;
    case "started":
      return state.kind === "starting"
        ? { kind: "waiting", sessionId: event.sessionId, authUrl: event.authUrl, windowGone: false }
        : state;
    case "message":
      if (state.kind !== "waiting" || event.message.sessionId !== state.sessionId) return state;
      return { kind: "returned", ...event.message };
    case "session":
      if (state.kind !== "waiting" || event.sessionId !== state.sessionId) return state;
      return event.status === "awaiting_login" ? state : { kind: "returned", sessionId: state.sessionId };
    case "windowGone":
      return state.kind === "waiting" ? { ...state, windowGone: true } : state;
    case "reopened":
      return state.kind === "waiting" ? { ...state, windowGone: false } : state;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** Reads the callback page's message, and ignores any other. */
export function parseConnectMessage(data: unknown): ConnectMessage | null {
  if (!isRecord(data) || data.type !== "wabakit.connect" || typeof data.sessionId !== "string") return null;
  const error = isRecord(data.result) ? data.result.error : undefined;
  return { sessionId: data.sessionId, ...(typeof error === "string" && { error }) };
}

/** Says whether an address is one of the web. Only such may be opened, whatever the server is configured to say. */
export function isWebUrl(url: string): boolean {
  try {
    return ["https:", "http:"].includes(new URL(url).protocol);
  } catch {
    return false;
  }
}
