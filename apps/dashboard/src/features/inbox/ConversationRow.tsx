import { VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { Conversation } from "../../api/types";
import { RelativeTime } from "../../ui/RelativeTime";
import type { Filters } from "./filters";
import classes from "./Inbox.module.css";
import { PersonMark } from "./PersonMark";
import { TickMark } from "./thread/TickMark";
import { conversationName, lineOf } from "./words";

interface ConversationRowProps {
  conversation: Conversation;
  selected: boolean;
  filters: Filters;
  /** The business's number, where the list has several. */
  number: string | undefined;
  assignee: string | undefined;
}

export const ConversationRow = memo(function ConversationRow({ conversation, selected, filters, number, assignee }: ConversationRowProps) {
  const name = conversationName(conversation);
  const { lastMessage, unread } = conversation;
  const closed = conversation.state === "closed";
  return (
    <Link
      to="/inbox/$conversationId"
      params={{ conversationId: conversation.id }}
      search={filters}
      className={classes.row ?? ""}
      data-list-item
      data-conversation={conversation.id}
      data-selected={selected || undefined}
      data-unread={unread > 0 || undefined}
      aria-current={selected ? "true" : undefined}
      preload={false}
    >
      <PersonMark name={name} size={40} />
      <div style={{ flex: 1, minWidth: 0 }}>
        <div className={classes.line}>
          <span className={classes.name} dir="auto">
            {name}
          </span>
          <span className={classes.when}>
            <RelativeTime at={conversation.lastMessageAt} short />
          </span>
        </div>
        <div className={classes.line}>
          {lastMessage && <TickMark direction={lastMessage.direction} status={lastMessage.status} />}
          <span className={classes.preview} dir="auto">
            {lastMessage && (lastMessage.revoked ? "Taken back" : lineOf(lastMessage.type, lastMessage.preview))}
          </span>
          {number && <span className={classes.tag}>{number}</span>}
          {unread > 0 && (
            <span className={classes.count}>
              {unread > 999 ? "999+" : unread}
              <VisuallyHidden> unread</VisuallyHidden>
            </span>
          )}
        </div>
        {(assignee !== undefined || closed) && (
          <div className={classes.meta}>
            {assignee && <span>{assignee}</span>}
            {closed && <span>Closed</span>}
          </div>
        )}
      </div>
    </Link>
  );
});
