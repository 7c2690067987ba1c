import { isMedia, readContent } from "../api/content";
import type { MayBeDone, SendingFact } from "../api/send";
import type { BareConversation, BareMessage, Contact, Conversation, LiveEvent, MediaFile, Message, StatusEvent } from "../api/types";
import { stays, type Filters } from "../features/inbox/filters";
import { previewText } from "../features/inbox/words";

/** Applies events to cached lists. Nothing here sends a request. */

type Fact =
  | { kind: "message"; message: BareMessage }
  | { kind: "status"; status: StatusEvent }
  | { kind: "sending"; sending: SendingFact }
  | { kind: "media"; conversationId: string; messageId: string; state: MediaFile["state"] }
  | { kind: "conversation"; conversation: BareConversation }
  | { kind: "contact"; contact: Contact }
  | { kind: "merged"; contact: Contact; conversations: string[][] }
  | { kind: "erased"; contactId: string }
  | { kind: "account" };

function has(value: unknown, ...fields: string[]): boolean {
  return typeof value === "object" && value !== null && fields.every((field) => field in value);
}

/** Reads the fact that an event reports, or undefined for an event of an unknown type or shape. */
export function readFact(event: LiveEvent): Fact | undefined {
  switch (event.type) {
    case "message.queued":
    case "message.received":
    case "message.notice":
    case "message.echoed":
    case "message.imported":
    case "message.updated":
    case "call.updated":
      return has(event.data.message, "id", "conversationId", "at") ? { kind: "message", message: event.data.message } : undefined;
    case "message.sending":
      return has(event.data, "messageId", "conversationId", "status") ? { kind: "sending", sending: event.data } : undefined;
    case "message.status":
      return has(event.data, "messageId", "conversationId", "entry") ? { kind: "status", status: event.data } : undefined;
    case "media.updated": {
      const { conversationId, messageId, state } = event.data;
      return { kind: "media", conversationId, messageId, state };
    }
    case "conversation.updated":
      return has(event.data.conversation, "id") ? { kind: "conversation", conversation: event.data.conversation } : undefined;
    case "contact.updated":
      return has(event.data, "id") ? { kind: "contact", contact: event.data } : undefined;
    case "contact.identity_changed":
      return has(event.data.contact, "id") ? { kind: "contact", contact: event.data.contact } : undefined;
    case "contact.merged":
      return has(event.data.contact, "id")
        ? { kind: "merged", contact: event.data.contact, conversations: event.data.conversations }
        : undefined;
    case "contact.erased":
      return { kind: "erased", contactId: event.data.contactId };
    case "template.updated":
    case "account.connected":
    case "account.disconnected":
    case "account.updated":
    case "connection.needs_reconnect":
    case "account.notice":
    case "account.errors":
      return { kind: "account" };
    default:
      return undefined;
  }
}

/**
 * Completes the message of an event. An event only names a message's file, and another event reports the file's state. The
 * file of a message that was sent from here is stored already.
 */
export function whole(message: BareMessage, known: Message | undefined): Message {
  const { mediaId } = message;
  const content = readContent(message.content);
  const file = isMedia(content) ? content : undefined;
  const fresh: MediaFile | null = mediaId
    ? {
        id: mediaId,
        state: message.priority != null ? "stored" : "pending",
        mimeType: file?.mimeType ?? null,
        filename: file?.filename ?? null,
        size: null,
        error: null,
        url: null,
      }
    : null;
  const kept = known?.media;
  return { timeline: [], ...known, ...message, media: kept?.id === mediaId ? kept : fresh };
}

/** Sorts newest first, and within the same second by the later id. */
export function newestFirst(a: { at: string; id: string }, b: { at: string; id: string }): number {
  const distance = Date.parse(b.at) - Date.parse(a.at);
  return distance !== 0 ? distance : a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** Applies facts to a thread, newest first. A message that is older than all loaded ones is left out until it is scrolled to. */
export function applyToThread(items: Message[], facts: Fact[], conversationId: string, complete: boolean): Message[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const oldest = items.at(-1);
  let changed = false;
  for (const fact of facts) {
    if (fact.kind === "message" && fact.message.conversationId === conversationId) {
      const known = byId.get(fact.message.id);
      if (!known && oldest && !complete && newestFirst(fact.message, oldest) > 0) continue;
      byId.set(fact.message.id, whole(fact.message, known));
    } else if (fact.kind === "status" && fact.status.conversationId === conversationId) {
      const known = byId.get(fact.status.messageId);
      if (!known) continue;
      byId.set(known.id, withStatus(known, fact.status));
    } else if (fact.kind === "sending" && fact.sending.conversationId === conversationId) {
      const known = byId.get(fact.sending.messageId);
      if (!known) continue;
      byId.set(known.id, withSending(known, fact.sending));
    } else if (fact.kind === "media" && fact.conversationId === conversationId) {
      const known = byId.get(fact.messageId);
      if (!known?.media) continue;
      byId.set(known.id, { ...known, media: { ...known.media, state: fact.state } });
    } else continue;
    changed = true;
  }
  return changed ? [...byId.values()].sort(newestFirst) : items;
}

/** Returns the acts that a status allows on a message of the business. */
function mayBeDone(status: string): MayBeDone {
  return {
    canCancel: status === "queued",
    canRetry: ["failed", "unknown", "cancelled", "expired"].includes(status),
    retryMayRepeat: status === "unknown",
  };
}

/** Says whether a stuck message still is: any other status ends it, as a new attempt has its own time. */
function isStuck(message: Message, status: string): boolean {
  return message.isStuck && (status === "accepted" || status === "sent");
}

function withSending(message: Message, { status, metaMessageId, errors, waiting, attempt }: SendingFact): Message {
  return { ...message, ...mayBeDone(status), isStuck: isStuck(message, status), status, metaMessageId: metaMessageId ?? message.metaMessageId, errors, waiting, attempt };
}

function withStatus(message: Message, { status, metaMessageId, entry }: StatusEvent): Message {
  return {
    ...message,
    // A message that was written on the phone is in no queue.
    ...(message.priority != null && { ...mayBeDone(status), waiting: null }),
    isStuck: isStuck(message, status),
    status,
    metaMessageId: metaMessageId ?? message.metaMessageId,
    errors: status === "failed" && entry.errors.length > 0 ? entry.errors : message.errors,
    pricing: entry.pricing ?? message.pricing,
  };
}

const AMENDS = new Set(["reaction", "edit", "revoke"]);
const NOTICES = new Set(["system", "request_welcome"]);
const NO_WORDS = new Set([...NOTICES, "edit", "revoke"]);

const DAY = 86_400_000;

/** Opens the window for a day from the time of a customer's message, wherever that stands in the thread. */
function heard(conversation: Conversation, message: BareMessage): Conversation {
  if (message.direction !== "inbound" || NO_WORDS.has(message.type)) return conversation;
  const until = Date.parse(message.at) + DAY;
  if (conversation.window && Date.parse(conversation.window.until) >= until) return conversation;
  return { ...conversation, window: { kind: "service", open: until > Date.now(), until: new Date(until).toISOString() } };
}

function withMessage(before: Conversation, message: BareMessage): Conversation {
  const conversation = heard(before, message);
  const last = conversation.lastMessage;
  const same = last?.id === message.id;
  if (AMENDS.has(message.type)) return conversation;
  if (last && NOTICES.has(message.type)) return conversation;
  if (last && !same && Date.parse(message.at) < Date.parse(last.at)) return conversation;
  return {
    ...conversation,
    lastMessageAt: message.at,
    lastMessage: {
      id: message.id,
      type: message.type,
      preview: previewText(readContent(message.content)) ?? null,
      direction: message.direction,
      status: message.status,
      at: message.at,
      revoked: message.revokedAt != null,
    },
  };
}

/** Applies a fact to a conversation. Returns the same object where the fact is about another. */
export function applyToConversation(conversation: Conversation, fact: Fact): Conversation {
  switch (fact.kind) {
    case "message":
      return fact.message.conversationId === conversation.id ? withMessage(conversation, fact.message) : conversation;
    case "conversation":
      if (fact.conversation.id !== conversation.id) return conversation;
      return {
        ...conversation,
        state: fact.conversation.state,
        assigneeId: fact.conversation.assigneeId,
        unread: fact.conversation.unread,
        lastMessageAt: fact.conversation.lastMessageAt,
        window: fact.conversation.window,
        userId: fact.conversation.userId,
        isPhoneStale: fact.conversation.isPhoneStale,
        updatedAt: fact.conversation.updatedAt,
      };
    case "status":
      return conversation.lastMessage?.id === fact.status.messageId
        ? { ...conversation, lastMessage: { ...conversation.lastMessage, status: fact.status.status } }
        : conversation;
    case "sending":
      return conversation.lastMessage?.id === fact.sending.messageId
        ? { ...conversation, lastMessage: { ...conversation.lastMessage, status: fact.sending.status } }
        : conversation;
    case "contact":
    case "merged":
      return conversation.contact?.id === fact.contact.id ? { ...conversation, contact: fact.contact } : conversation;
    default:
      return conversation;
  }
}

/** Returns the id of the conversation that a fact is about. */
export function aboutConversation(fact: Fact): string | undefined {
  if (fact.kind === "message") return fact.message.conversationId;
  if (fact.kind === "conversation") return fact.conversation.id;
  return undefined;
}

const byNewest = (a: Conversation, b: Conversation) =>
  newestFirst({ at: a.lastMessageAt, id: a.id }, { at: b.lastMessageAt, id: b.id });

/** Applies facts to a list. Returns also the ids of conversations that are not in it and may belong to it now. */
export function applyToList(
  items: Conversation[],
  facts: Fact[],
  filters: Filters,
  me: string,
): { items: Conversation[]; unknown: Set<string> } {
  const byId = new Map(items.map((item) => [item.id, item]));
  const unknown = new Set<string>();
  for (const fact of facts) {
    const about = aboutConversation(fact);
    if (about !== undefined) {
      const known = byId.get(about);
      if (!known) unknown.add(about);
      else byId.set(about, applyToConversation(known, fact));
    } else if (fact.kind === "merged") {
      for (const [from, into] of fact.conversations) {
        if (from !== undefined) byId.delete(from);
        if (into !== undefined && !byId.has(into)) unknown.add(into);
      }
      for (const [id, each] of byId) byId.set(id, applyToConversation(each, fact));
    } else if (fact.kind === "erased") {
      for (const [id, each] of byId) if (each.contact?.id === fact.contactId) byId.delete(id);
    } else {
      for (const [id, each] of byId) byId.set(id, applyToConversation(each, fact));
    }
  }
  const kept = [...byId.values()].filter((each) => stays(each, filters, me)).sort(byNewest);
  const same = kept.length === items.length && kept.every((each, at) => each === items[at]);
  return { items: same ? items : kept, unknown };
}

/** Inserts a conversation at its place in the list, unless that is below the loaded part. */
export function insert(items: Conversation[], conversation: Conversation, complete: boolean): Conversation[] {
  const rest = items.filter((each) => each.id !== conversation.id);
  const oldest = rest.at(-1);
  if (oldest && !complete && byNewest(conversation, oldest) > 0) return rest;
  return [...rest, conversation].sort(byNewest);
}

export type { Fact };
