import { Button, Group, Text, VisuallyHidden } from "@mantine/core";
import { FileText, Paperclip } from "lucide-react";
import { isMedia, readContent } from "../../../api/content";
import type { Message } from "../../../api/types";
import { Copy } from "../../../ui/Copy";
import { clock } from "../../../ui/time";
import { addToDraft, focusComposer } from "../compose/drafts";
import type { Outgoing } from "../compose/outbox";
import { outbox } from "../compose/outboxStore";
import { Body } from "../content/Body";
import contentClasses from "../content/Content.module.css";
import { RichText } from "../content/RichText";
import { kindWords } from "../words";
import { TickMark } from "./TickMark";
import classes from "./Thread.module.css";

/** Makes the message that the thread shows until the server answers. */
export function pendingMessage(entry: Outgoing): Message {
  return {
    id: `pending-${entry.key}`,
    conversationId: entry.conversationId,
    accountId: entry.request.accountId,
    contactId: null,
    groupId: null,
    metaMessageId: null,
    direction: "outbound",
    type: entry.request.type,
    content: entry.content as Message["content"],
    context: entry.request.context ? { messageId: entry.request.context.message_id, forwarded: false, frequentlyForwarded: false } : null,
    referral: null,
    status: "queued",
    errors: [],
    pricing: null,
    media: null,
    mediaId: null,
    at: entry.at,
    editedAt: null,
    revokedAt: null,
    createdAt: entry.at,
    timeline: [],
    clientReference: entry.key,
    to: null,
    error: null,
    priority: null,
    flow: null,
    scheduledAt: null,
    expiresAt: null,
    attempt: 0,
    dispatchedAt: null,
    duplicates: [],
    waiting: null,
    isStuck: false,
    canCancel: false,
    canRetry: false,
    retryMayRepeat: false,
  };
}

/** Shows a message that the server has not confirmed. */
export function PendingRow({ entry }: { entry: Outgoing }) {
  const content = readContent(entry.content);
  const media = isMedia(content);
  return (
    <article className={classes.line} data-direction="outbound" data-first data-last data-pending={entry.state}>
      <VisuallyHidden>You wrote:</VisuallyHidden>
      <div className={classes.bubble}>
        {media ? (
          <>
            <div className={contentClasses.file}>
              {content.type === "document" ? <FileText size={24} aria-hidden /> : <Paperclip size={24} aria-hidden />}
              <Text size="sm" fw={600} lineClamp={2}>
                {content.filename ?? (content.voice ? "Voice message" : kindWords(content.type))}
              </Text>
            </div>
            {content.caption && <RichText text={content.caption} />}
          </>
        ) : (
          <Body message={pendingMessage(entry)} content={content} mayAct={false} onView={() => undefined} />
        )}
        <div className={classes.foot}>
          <time dateTime={entry.at}>{clock(entry.at)}</time>
          {entry.state !== "refused" && <TickMark direction="outbound" status="handing" />}
        </div>
      </div>
      <State entry={entry} />
    </article>
  );
}

function State({ entry }: { entry: Outgoing }) {
  if (entry.state === "sending") return <div className={classes.sendNote}>Sending to the server…</div>;
  if (entry.state === "waiting") return <div className={classes.sendNote}>Waits for the message before it.</div>;
  if (entry.state === "retrying") {
    return (
      <div className={classes.sendNote} data-tone="warn">
        The server has not confirmed it yet. It is tried again by itself, and is never sent twice by that.{" "}
        <Button size="compact-xs" variant="default" onClick={() => outbox.pumpAll()}>
          Try now
        </Button>
      </div>
    );
  }
  return <Refused entry={entry} />;
}

function Refused({ entry }: { entry: Outgoing }) {
  const content = readContent(entry.content);
  const { problem } = entry;
  const fields = Object.entries(problem?.fields ?? {});
  return (
    <div className={classes.fault} role="alert">
      <strong>Not sent.</strong> {problem?.detail} {problem?.remedy}
      {fields.map(([field, words]) => (
        <div key={field}>
          <span className="wk-mono">{field}</span>: {words}
        </div>
      ))}{" "}
      <small>
        <Copy value={problem?.code ?? "refused"} what="error code" mono />
        {problem?.requestId && (
          <>
            {" · request "}
            <Copy value={problem.requestId} what="request id" mono />
          </>
        )}
      </small>
      <Group gap={6} mt={4}>
        {content.type === "text" && (
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              addToDraft(entry.conversationId, content.body);
              outbox.drop(entry.key);
              focusComposer();
            }}
          >
            Edit message
          </Button>
        )}
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => outbox.drop(entry.key)}>
          Discard message
        </Button>
      </Group>
    </div>
  );
}
