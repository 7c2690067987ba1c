import { Text, VisuallyHidden } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Forward, Phone, PhoneMissed, Undo2 } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { Content } from "../../../api/content";
import type { Conversation, Message } from "../../../api/types";
import { clock, exactTime } from "../../../ui/time";
import { Body } from "../content/Body";
import { ReferralCard } from "../content/Cards";
import contentClasses from "../content/Content.module.css";
import { changedTo, durationWords, messageLine, noticeWords, phoneWords } from "../words";
import { Actions } from "./Actions";
import { MessageDetails } from "./MessageDetails";
import { isCentred, type Row } from "./rows";
import { SendState } from "./SendState";
import { Separators } from "./Separators";
import classes from "./Thread.module.css";

interface MessageRowProps {
  row: Row;
  /** The customer's name. */
  them: string;
  mayAct: boolean;
  /** The conversation, if a message can be written in it now. */
  answerIn: Conversation | undefined;
  highlighted: boolean;
  onJump: (metaMessageId: string) => void;
  onView: (messageId: string) => void;
}

/** Shows one line of the thread, with the separators before it. */
export const MessageRow = memo(function MessageRow({ row, them, mayAct, answerIn, highlighted, onJump, onView }: MessageRowProps) {
  const { message, content } = row;
  return (
    <>
      <Separators row={row} />
      {isCentred(content) && !message.revokedAt ? (
        <Centred message={message} content={content} them={them} />
      ) : (
        <article
          className={classes.line}
          data-direction={message.direction}
          data-first={row.first || undefined}
          data-last={row.last || undefined}
          data-message={message.id}
        >
          <VisuallyHidden>{message.direction === "inbound" ? `${them} wrote:` : "You wrote:"}</VisuallyHidden>
          <div className={classes.bubbleRow}>
            <div className={highlighted ? `${classes.bubble ?? ""} wk-highlight` : classes.bubble}>
              {message.revokedAt ? (
                <Text size="sm" c="dimmed" fs="italic">
                  <Undo2 size={14} aria-hidden style={{ verticalAlign: "-2px" }} /> This message was taken back.
                </Text>
              ) : (
                <>
                  <Marks message={message} />
                  {message.referral && <ReferralCard referral={message.referral} />}
                  {message.context?.messageId && <Quote row={row} them={them} onJump={onJump} />}
                  <Body message={message} content={content} mayAct={mayAct} onView={() => onView(message.id)} />
                </>
              )}
              <div className={classes.foot}>
                {message.editedAt && !message.revokedAt && <span title={exactTime(message.editedAt)}>edited</span>}
                <MessageDetails message={message} />
              </div>
            </div>
            {answerIn && <Actions message={message} conversation={answerIn} reactions={row.reactions} />}
          </div>
          {row.reactions.length > 0 && (
            <div className={classes.reactions}>
              {row.reactions.map((reaction) => (
                <span key={reaction.emoji} className={classes.reaction}>
                  <VisuallyHidden>{reaction.own ? "You reacted with " : "Reaction: "}</VisuallyHidden>
                  {reaction.emoji}
                  {reaction.count > 1 && ` ${reaction.count}`}
                </span>
              ))}
            </div>
          )}
          <SendState message={message} mayAct={mayAct} />
        </article>
      )}
    </>
  );
});

function Marks({ message }: { message: Message }) {
  const { context } = message;
  if (!context?.forwarded && !context?.frequentlyForwarded) return null;
  return (
    <div className={classes.mark}>
      <Forward size={14} aria-hidden />
      {context.frequentlyForwarded ? "Forwarded many times" : "Forwarded"}
    </div>
  );
}

function Quote({ row, them, onJump }: { row: Row; them: string; onJump: (metaMessageId: string) => void }) {
  const { context } = row.message;
  const { quoted } = row;
  const id = context?.messageId;
  if (!id) return null;
  return (
    <button type="button" className={contentClasses.quote} onClick={() => onJump(id)} aria-label="Go to the message that this answers">
      <Text span size="xs" fw={600} style={{ display: "block" }}>
        {quoted ? (quoted.direction === "inbound" ? them : "You") : "An earlier message"}
      </Text>
      <Text span size="sm" lineClamp={2}>
        {quoted ? messageLine(quoted) : "Go to it"}
      </Text>
      {context.referredProduct && (
        <Text span size="xs" c="dimmed">
          About product <span className="wk-mono">{context.referredProduct.productRetailerId}</span>
        </Text>
      )}
    </button>
  );
}

function callWords(content: Extract<Content, { type: "call" }>, them: string): { words: string; missed: boolean } {
  const who = content.byCustomer ? `${them} called` : `You called ${them}`;
  const ended = (content.status ?? content.event).toUpperCase();
  if (content.duration != null && content.duration > 0) return { words: `${who} · ${durationWords(content.duration)}`, missed: false };
  if (["CONNECT", "RINGING", "ACCEPTED"].includes(ended)) return { words: who, missed: false };
  if (ended === "REJECTED") return { words: `${who} · declined`, missed: true };
  return { words: content.byCustomer ? `Missed call from ${them}` : `${who} · no answer`, missed: true };
}

function systemWords(content: Content, them: string): ReactNode {
  if (content.type === "pin") return content.pinned === false ? "You took the pin off a message" : "You pinned a message";
  if (content.type === "request_welcome") return `${them} opened the chat for the first time`;
  if (content.type !== "system") return "";
  return <NoticeLine words={noticeWords(content, them)} phone={changedTo(content)} />;
}

/** Words of a notice. A new number in them leads to the conversations of the contact who has it now. */
function NoticeLine({ words, phone }: { words: string; phone: string | undefined }) {
  const number = phone === undefined ? "" : phoneWords(phone);
  const at = number === "" ? -1 : words.lastIndexOf(number);
  if (at < 0) return words;
  return (
    <>
      {words.slice(0, at)}
      <Link to="/inbox" search={{ search: number, state: "all" }} className={classes.noteLink ?? ""}>
        {number}
      </Link>
      {words.slice(at + number.length)}
    </>
  );
}

/** Shows a line that nobody wrote, in the middle: a call, or a notice of WhatsApp. */
function Centred({ message, content, them }: { message: Message; content: Content; them: string }) {
  const call = content.type === "call" ? callWords(content, them) : undefined;
  const Icon = call?.missed ? PhoneMissed : Phone;
  return (
    <div className={classes.centred} data-message={message.id}>
      <span className={classes.pill} title={exactTime(message.at)}>
        {call && <Icon size={14} aria-hidden style={{ verticalAlign: "-2px", marginInlineEnd: 6 }} />}
        {call ? call.words : systemWords(content, them)} · {clock(message.at)}
      </span>
    </div>
  );
}
