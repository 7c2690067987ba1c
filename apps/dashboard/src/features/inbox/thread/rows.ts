import { readContent, type Content } from "../../../api/content";
import type { Message } from "../../../api/types";
import { dayKey } from "../../../ui/time";

export interface Reaction {
  emoji: string;
  count: number;
  /** Whether the business is among those who gave it. */
  own: boolean;
}

/** One line of a thread. */
export interface Row {
  message: Message;
  content: Content;
  /** It is the first of its day. */
  newDay: boolean;
  /** It begins, or ends, a group of one writer. */
  first: boolean;
  last: boolean;
  /** It is the first unread message. */
  unreadFrom: boolean;
  reactions: Reaction[];
  /** The message that it answers, if that is loaded. */
  quoted: Message | undefined;
}

const GROUP_MS = 5 * 60_000;
const NO_LINE = new Set(["reaction", "edit", "revoke"]);
/** Statuses of a reaction that never arrived: it is not shown. */
const NOT_SENT = new Set(["failed", "cancelled", "expired"]);
/** Types that nobody typed. They are never unread. */
const NOTICES = new Set(["system", "request_welcome"]);
const CENTRED = new Set(["system", "request_welcome", "call", "pin"]);

/** Says whether a message can be marked as read at Meta: a customer's, with an id that Meta knows. */
export function isReadAtMeta({ direction, type, metaMessageId }: Message): boolean {
  return direction === "inbound" && !NOTICES.has(type) && type !== "call" && !!metaMessageId && !metaMessageId.startsWith("wacid.");
}

/** Says whether a message counts as unread: a customer's message, or a call that nobody answered. */
function isNoticed(message: Message): boolean {
  if (message.direction !== "inbound" || NO_LINE.has(message.type) || NOTICES.has(message.type)) return false;
  const content = readContent(message.content);
  return content.type !== "call" || (content.event === "terminate" && content.status !== "COMPLETED" && !content.duration);
}

/**
 * Returns the token inside a message's id, or undefined for an id of another form. Meta has several ids for one message, by
 * the person's phone or user id and from either side. The token is the same in all of them.
 */
export function tokenOf(metaMessageId: string): string | undefined {
  if (!metaMessageId.startsWith("wamid.")) return undefined;
  let bytes: string;
  try {
    bytes = atob(metaMessageId.slice(6).replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return undefined;
  }
  const who = bytes.charCodeAt(2);
  const rest = bytes.startsWith("\x1c\x18") ? bytes.slice(3 + who) : "";
  const length = rest.charCodeAt(5);
  const token = rest.slice(6, 6 + length);
  const isWhole = /^\x15[^]\0[\x11\x12]\x18/.test(rest) && token.length === length && length > 0 && rest.length === length + 7 && rest.endsWith("\0");
  return isWhole ? token : undefined;
}

/** Says whether a line stands in the middle, as nobody wrote it. */
export function isCentred(content: Content): boolean {
  return CENTRED.has(content.type);
}

/** Groups reactions by their message. The newest of each person counts, and an empty one takes it back. */
function reactionsByTarget(newestFirst: readonly Message[]): Map<string, Reaction[]> {
  const byTarget = new Map<string, Map<string, { emoji: string; own: boolean }>>();
  for (const message of newestFirst) {
    if (message.type !== "reaction" || message.revokedAt || NOT_SENT.has(message.status)) continue;
    const content = readContent(message.content);
    if (content.type !== "reaction") continue;
    const who = message.direction === "outbound" ? "us" : message.contactId ?? "them";
    const on = byTarget.get(content.messageId) ?? new Map<string, { emoji: string; own: boolean }>();
    if (!on.has(who)) on.set(who, { emoji: content.emoji ?? "", own: message.direction === "outbound" });
    byTarget.set(content.messageId, on);
  }
  return new Map(
    [...byTarget].map(([target, people]) => {
      const counted = new Map<string, Reaction>();
      for (const { emoji, own } of people.values()) {
        if (emoji === "") continue;
        const known = counted.get(emoji) ?? { emoji, count: 0, own: false };
        counted.set(emoji, { emoji, count: known.count + 1, own: known.own || own });
      }
      return [target, [...counted.values()]];
    }),
  );
}

function sameGroup(a: Row | undefined, b: Row): boolean {
  return (
    a !== undefined &&
    !b.newDay &&
    !b.unreadFrom &&
    a.message.direction === b.message.direction &&
    a.message.contactId === b.message.contactId &&
    !isCentred(a.content) &&
    !isCentred(b.content) &&
    Date.parse(b.message.at) - Date.parse(a.message.at) < GROUP_MS
  );
}

/**
 * Builds the rows of a thread, oldest first, from messages that come newest first. Only when all are loaded (`complete`) is
 * it known whether the oldest begins its day. A title that came and went with older messages would make the thread jump.
 */
export function buildRows(newestFirst: readonly Message[], complete: boolean, unreadFromId?: string): Row[] {
  const reactions = reactionsByTarget(newestFirst);
  const byMetaId = new Map<string, Message>();
  const byToken = new Map<string, Message>();
  for (const message of newestFirst) {
    if (!message.metaMessageId || NO_LINE.has(message.type)) continue;
    byMetaId.set(message.metaMessageId, message);
    const token = tokenOf(message.metaMessageId);
    if (token !== undefined) byToken.set(token, message);
  }
  const named = (id: string) => byMetaId.get(id) ?? byToken.get(tokenOf(id) ?? "");

  const rows: Row[] = [];
  for (let at = newestFirst.length - 1; at >= 0; at -= 1) {
    const message = newestFirst[at];
    if (!message || NO_LINE.has(message.type)) continue;
    const before = rows.at(-1);
    const row: Row = {
      message,
      content: readContent(message.content),
      newDay: before ? dayKey(before.message.at) !== dayKey(message.at) : complete,
      first: true,
      last: true,
      unreadFrom: message.id === unreadFromId,
      reactions: (message.metaMessageId ? reactions.get(message.metaMessageId) : undefined) ?? [],
      quoted: message.context?.messageId ? named(message.context.messageId) : undefined,
    };
    if (before && sameGroup(before, row)) {
      row.first = false;
      before.last = false;
    }
    rows.push(row);
  }
  return rows;
}

/**
 * Returns the first unread message, or undefined where it is not loaded or nothing is unread. Reading a conversation reads
 * all of it, so the unread messages are those that arrived last. A late one stands among messages that were read.
 */
export function firstUnread(newestFirst: readonly Message[], unread: number): string | undefined {
  if (unread <= 0) return undefined;
  const noticed = newestFirst.filter(isNoticed);
  if (noticed.length < unread) return undefined;
  const arrived = noticed.toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  const fresh = new Set(arrived.slice(0, unread));
  return noticed.findLast((message) => fresh.has(message))?.id;
}
