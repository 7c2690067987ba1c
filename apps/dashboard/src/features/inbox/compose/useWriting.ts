import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Conversation, ReplyWindow } from "../../../api/types";
import { accountsQuery } from "../../connections/data";
import { addressOf } from "./requests";

/** Whether a message can be written here, or the obstacle. */
export type Writing = "open" | "closed" | "viewer" | "disconnected" | "nobody";

/** Says whether the reply window is open now. It closes by itself. */
export function useWindowOpen(window: ReplyWindow | null | undefined): boolean {
  const until = window ? Date.parse(window.until) : 0;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const left = until - Date.now();
    if (left <= 0) return;
    // Draws again when the window closes.
    const timer = setTimeout(() => setNow(Date.now()), Math.min(left + 50, 2_000_000_000));
    return () => clearTimeout(timer);
  }, [until, now]);
  return until > now;
}

export function useWriting(conversation: Conversation, mayAct: boolean): Writing {
  const accounts = useQuery(accountsQuery);
  const isOpen = useWindowOpen(conversation.window);
  if (!mayAct) return "viewer";
  if (!addressOf(conversation)) return "nobody";
  const account = accounts.data?.find((each) => each.id === conversation.accountId);
  if (accounts.data && !account?.isActive) return "disconnected";
  return isOpen ? "open" : "closed";
}
