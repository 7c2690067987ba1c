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

/** Messages within this time are reported to Meta by one request: each marks those before it as read too. */
const GATHER_MS = 1_500;

/** Marks a conversation as read, here and at Meta, once its newest messages are visible in a focused window. */
export function useMarkRead(conversation: Conversation, newestInbound: string | undefined, atEnd: boolean, mayAct: boolean): void {
  const queries = useQueryClient();
  const looking = useSyncExternalStore(subscribe, () => document.visibilityState === "visible" && document.hasFocus());
  const { id, unread } = conversation;
  const telling = useRef<{ timer: ReturnType<typeof setTimeout>; message: string } | undefined>(undefined);
  const told = useRef<string | undefined>(undefined);

  useEffect(() => {
    if (!mayAct || !looking || !atEnd || unread === 0) return;
    patchConversation(queries, id, (old) => ({ ...old, unread: 0 }));
    // If the request fails, the next reading of the conversation shows it unread again.
    settle(api.PATCH("/api/conversations/{id}", { params: { path: { id } }, body: { unread: false } })).catch(() => undefined);
    if (!newestInbound || newestInbound === told.current) return;
    clearTimeout(telling.current?.timer);
    const timer = setTimeout(() => {
      told.current = newestInbound;
      // If Meta refuses it, nothing is lost here.
      tellRead(newestInbound).catch(() => undefined);
    }, GATHER_MS);
    telling.current = { timer, message: newestInbound };
  }, [atEnd, id, looking, mayAct, newestInbound, queries, unread]);
}
