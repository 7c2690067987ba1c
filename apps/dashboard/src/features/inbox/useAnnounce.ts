import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { readContent } from "../../api/content";
import type { Conversation } from "../../api/types";
import { readFact, type Fact } from "../../live/apply";
import { onLiveEvents } from "../../live/store";
import { keys } from "./data";
import { contactName, lineOf, previewText } from "./words";

/** Words the failure of a message in the open conversation. Successes are not announced. */
function sendingWords(fact: Fact | undefined, openId: string | undefined): string | undefined {
  const told = fact?.kind === "sending" ? fact.sending : fact?.kind === "status" ? fact.status : undefined;
  if (!told || told.conversationId !== openId) return undefined;
  if (told.status === "failed") return "A message of yours was not delivered.";
  if (told.status === "unknown") return "Nobody knows whether a message of yours was sent.";
  return told.status === "expired" ? "A message of yours was not sent in time." : undefined;
}

/** Returns the announcement for screen readers when a customer writes. It quotes only messages of the open thread. */
export function useAnnounce(openId: string | undefined): string {
  const queries = useQueryClient();
  const [said, setSaid] = useState("");

  useEffect(
    () =>
      onLiveEvents((events) => {
        const received = events.filter((event) => event.type === "message.received").map((event) => event.data);
        const here = received.filter((each) => each.message.conversationId === openId).at(-1);
        if (here && openId) {
          const contact = queries.getQueryData<Conversation>(keys.conversation(openId))?.contact;
          const { message } = here;
          setSaid(`${contactName(contact)} wrote: ${lineOf(message.type, previewText(readContent(message.content)))}`);
        } else if (received.length > 0) {
          const from = received.at(-1)?.from;
          const who = from?.profileName ?? "A customer";
          setSaid(received.length === 1 ? `${who} wrote in another conversation` : `${received.length} new messages`);
        } else {
          const said = events.map(readFact).map((fact) => sendingWords(fact, openId)).filter((each) => each !== undefined).at(-1);
          if (said) setSaid(said);
        }
      }),
    [openId, queries],
  );
  return said;
}
