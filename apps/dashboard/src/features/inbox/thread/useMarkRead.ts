import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useSyncExternalStore } from "react";
import { api, settle } from "../../../api/client";
import { tellRead } from "../../../api/send";
import type { Conversation } from "../../../api/types";
import { patchConversation } from "../data";

function subscribe(listener: () => void): () => void {
  document.addEventListener("visibilitychange", listener);
  window.addEventListener("focus", listener);
  window.addEventListener("blur", listener);
  return () => {
    document.removeEventListener("visibilitychange", listener);
    window.removeEventListener("focus", listener);
    window.removeEventListener("blur", listener);
  };
}

/** Meta is told once for what comes in so short a time: each message reads those before it too. */
const GATHER_MS = 1_500;

/** A conversation is read once its newest messages were really before somebody's eyes; the customer is told so too. */
export function useMarkRead(conversation: Conversation, newestInbound: string | undefined, atEnd: boolean, mayAct: boolean): void {
  const queries = useQueryClient();
  const looking = useSyncExternalStore(subscribe, () => document.visibilityState === "visible" && document.hasFocus());
  const { id, unread } = conversation;
  const telling = useRef<{ timer: ReturnType<typeof setTimeout>; message: string } | undefined>(undefined);
  const told = useRef<string | undefined>(undefined);

  useEffect(() => {
    if (!mayAct || !looking || !atEnd || unread === 0) return;
    patchConversation(queries, id, (old) => ({ ...old, unread: 0 }));
    // Where it does not arrive, the next reading of the conversation shows it unread again.
    settle(api.PATCH("/api/conversations/{id}", { params: { path: { id } }, body: { unread: false } })).catch(() => undefined);
    if (!newestInbound || newestInbound === told.current) return;
    clearTimeout(telling.current?.timer);
    const timer = setTimeout(() => {
      told.current = newestInbound;
      // It is a courtesy: where Meta does not take it, nothing here is lost.
      tellRead(newestInbound).catch(() => undefined);
    }, GATHER_MS);
    telling.current = { timer, message: newestInbound };
  }, [atEnd, id, looking, mayAct, newestInbound, queries, unread]);
}
