import { useEffect, useRef } from "react";
import { tellTyping } from "../../../api/send";

/** Meta shows the indicator for 25 seconds at most, or until the message arrives. */
const EVERY_MS = 20_000;

/** Shows the typing indicator to the customer, at long intervals. A failure is ignored. */
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
