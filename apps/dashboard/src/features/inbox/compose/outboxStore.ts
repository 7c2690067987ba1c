import { useEffect, useSyncExternalStore } from "react";
import { readLink, subscribeLink } from "../../../api/link";
import { queryClient } from "../../../api/queryClient";
import { sendMessage, type SendRequest } from "../../../api/send";
import { onLiveEvents, readLive, subscribeLive } from "../../../live/store";
import { toastProblem } from "../../../ui/toast";
import { useSigned } from "../../auth/session";
import { meetMessage } from "../data";
import { keep, setScope } from "./keep";
import { createOutbox, type Outgoing } from "./outbox";

/** A request without an answer for this long has failed. The next try has the same key. */
const PATIENCE_MS = 30_000;

async function handOver(request: SendRequest, key: string) {
  const silence = new Promise<never>((_, reject) => setTimeout(() => reject(new TypeError("No answer in time.")), PATIENCE_MS));
  return Promise.race([sendMessage(request, key), silence]);
}

export const outbox = createOutbox({
  send: handOver,
  keep,
  now: Date.now,
  later: (callback, ms) => void setTimeout(callback, ms),
  onSent: (message) => meetMessage(queryClient, message),
  onRefused(outgoing) {
    // A reaction has no line of its own that could show the failure.
    if (outgoing.request.type !== "reaction") return;
    outbox.drop(outgoing.key);
    toastProblem("The reaction was not sent", new Error(outgoing.problem?.detail ?? "The server refused it."));
  },
});

let resumedFor: string | undefined;

/** Returns the messages of a conversation that the server has not confirmed. */
export function useOutbox(conversationId: string): readonly Outgoing[] {
  return useSyncExternalStore(outbox.subscribe, () => outbox.of(conversationId));
}

/** Takes over unfinished messages, and goes on as soon as the server is back. */
export function useOutboxRun(): void {
  const { me } = useSigned();
  // Before any component below reads a draft.
  setScope(me.user.id, me.org.id);
  useEffect(() => {
    const scope = `${me.user.id} ${me.org.id}`;
    if (resumedFor !== scope) {
      resumedFor = scope;
      outbox.resume();
    }
    const back = () => {
      if (readLink().online && readLive() === "live") outbox.pumpAll();
    };
    const stops = [
      subscribeLink(back),
      subscribeLive(back),
      onLiveEvents((events) => {
        for (const event of events) {
          if (event.type === "message.queued" && event.data.message.clientReference) outbox.taken(event.data.message.clientReference);
        }
      }),
    ];
    window.addEventListener("online", outbox.pumpAll);
    return () => {
      for (const stop of stops) stop();
      window.removeEventListener("online", outbox.pumpAll);
    };
  }, [me.user.id, me.org.id]);
}
