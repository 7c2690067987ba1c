import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { readContent } from "../../api/content";
import type { Conversation } from "../../api/types";
import { onLiveEvents } from "../../live/store";
import { keys } from "./data";
import { contactName, lineOf, previewText } from "./words";

/** What a screen reader is told when somebody writes; the words of the message only where its thread is open. */
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
        }
      }),
    [openId, queries],
  );
  return said;
}
