import { useEffect, useRef } from "react";
import { tellTyping } from "../../../api/send";

/** Meta shows it for 25 seconds at most, or until the message comes. */
const EVERY_MS = 20_000;

/** Tells the customer that somebody writes, seldom enough to cost nothing; that it fails does not matter to who writes. */
export function useTyping(conversationId: string): () => void {
  const toldAt = useRef(0);
  useEffect(() => {
    toldAt.current = 0;
  }, [conversationId]);
  return () => {
    const now = Date.now();
    if (now - toldAt.current < EVERY_MS) return;
    toldAt.current = now;
    tellTyping(conversationId).catch(() => undefined);
  };
}
