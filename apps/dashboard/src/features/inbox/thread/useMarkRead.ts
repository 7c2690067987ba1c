import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { api, settle } from "../../../api/client";
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

/** A conversation is read once its newest messages were really before somebody's eyes. */
export function useMarkRead(conversation: Conversation, atEnd: boolean, mayAct: boolean): void {
  const queries = useQueryClient();
  const looking = useSyncExternalStore(subscribe, () => document.visibilityState === "visible" && document.hasFocus());
  const { id, unread } = conversation;

  useEffect(() => {
    if (!mayAct || !looking || !atEnd || unread === 0) return;
    patchConversation(queries, id, (old) => ({ ...old, unread: 0 }));
    // Where it does not arrive, the next reading of the conversation shows it unread again.
    settle(api.PATCH("/api/conversations/{id}", { params: { path: { id } }, body: { unread: false } })).catch(() => undefined);
  }, [atEnd, id, looking, mayAct, queries, unread]);
}
