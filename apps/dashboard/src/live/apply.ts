import { readContent } from "../api/content";
import type { Contact, Conversation, LiveEvent, Message, TimelineEntry } from "../api/receive";
import { stays, type Filters } from "../features/inbox/filters";
import { previewText } from "../features/inbox/words";

/** What events do to lists that are on the page; nothing here asks a server. */

interface StatusData {
  messageId: string;
  conversationId: string;
  status: string;
  entry: TimelineEntry;
}

interface MediaData {
  mediaId: string;
  messageId: string;
  conversationId: string;
  state: "pending" | "stored" | "failed";
}

type Fact =
  | { kind: "message"; message: Message; isNew: boolean }
  | { kind: "status"; status: StatusData }
  | { kind: "media"; media: MediaData }
  | { kind: "conversation"; conversation: Partial<Conversation> & { id: string } }
  | { kind: "contact"; contact: Contact }
  | { kind: "merged"; contact: Contact; conversations: [string, string][] }
  | { kind: "erased"; contactId: string }
  | { kind: "account" };

function has(value: unknown, ...fields: string[]): boolean {
  return typeof value === "object" && value !== null && fields.every((field) => field in value);
}

/** Reads an event; one that is new to this page, or not of its shape, says nothing. */
export function readFact(event: LiveEvent): Fact | undefined {
  const { type, data } = event;
  switch (type) {
    case "message.received":
    case "message.echoed":
    case "message.imported":
    case "message.updated":
    case "call.updated":
      if (!has(data.message, "id", "conversationId", "at")) return undefined;
      return { kind: "message", message: data.message as Message, isNew: type === "message.received" };
    case "message.status":
      return has(data, "messageId", "conversationId", "status", "entry")
        ? { kind: "status", status: data as unknown as StatusData }
        : undefined;
    case "media.updated":
      return has(data, "messageId", "conversationId", "state") ? { kind: "media", media: data as unknown as MediaData } : undefined;
    case "conversation.updated":
      return has(data.conversation, "id")
        ? { kind: "conversation", conversation: data.conversation as Partial<Conversation> & { id: string } }
        : undefined;
    case "contact.updated": {
      const contact = has(data.contact, "id") ? data.contact : data;
      return has(contact, "id") ? { kind: "contact", contact: contact as Contact } : undefined;
    }
    case "contact.merged":
      return has(data.contact, "id")
        ? { kind: "merged", contact: data.contact as Contact, conversations: (data.conversations ?? []) as [string, string][] }
        : undefined;
    case "contact.erased":
      return typeof data.contactId === "string" ? { kind: "erased", contactId: data.contactId } : undefined;
    case "template.updated":
    case "account.updated":
    case "account.notice":
    case "account.errors":
      return { kind: "account" };
    default:
      return undefined;
  }
}

/** Newest first; within the same second the later id. */
export function newestFirst(a: { at: string; id: string }, b: { at: string; id: string }): number {
  const distance = Date.parse(b.at) - Date.parse(a.at);
  return distance !== 0 ? distance : a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** A thread after what happened; `items` newest first. What is older than all that is loaded comes when it is scrolled to. */
export function applyToThread(items: Message[], facts: Fact[], conversationId: string, complete: boolean): Message[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const oldest = items.at(-1);
  let changed = false;
  for (const fact of facts) {
    if (fact.kind === "message" && fact.message.conversationId === conversationId) {
      const known = byId.get(fact.message.id);
      if (!known && oldest && !complete && newestFirst(fact.message, oldest) > 0) continue;
      byId.set(fact.message.id, { ...known, ...fact.message });
    } else if (fact.kind === "status" && fact.status.conversationId === conversationId) {
      const known = byId.get(fact.status.messageId);
      if (!known) continue;
      byId.set(known.id, withStatus(known, fact.status));
    } else if (fact.kind === "media" && fact.media.conversationId === conversationId) {
      const known = byId.get(fact.media.messageId);
      if (!known?.media) continue;
      byId.set(known.id, { ...known, media: { ...known.media, state: fact.media.state } });
    } else continue;
    changed = true;
  }
  return changed ? [...byId.values()].sort(newestFirst) : items;
}

function withStatus(message: Message, { status, entry }: StatusData): Message {
  return {
    ...message,
    status,
    errors: status === "failed" && entry.errors ? entry.errors : message.errors ?? null,
    pricing: entry.pricing ?? message.pricing ?? null,
  };
}

const AMENDS = new Set(["reaction", "edit", "revoke"]);

function withMessage(conversation: Conversation, message: Message): Conversation {
  const last = conversation.lastMessage;
  const same = last?.id === message.id;
  if (AMENDS.has(message.type)) return conversation;
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

/** A conversation after one fact; the same object where the fact is not about it. */
export function applyToConversation(conversation: Conversation, fact: Fact): Conversation {
  switch (fact.kind) {
    case "message":
      return fact.message.conversationId === conversation.id ? withMessage(conversation, fact.message) : conversation;
    case "conversation":
      if (fact.conversation.id !== conversation.id) return conversation;
      return {
        ...conversation,
        ...fact.conversation,
        // Absent is none here: an event tells the conversation whole, but for these two.
        assigneeId: fact.conversation.assigneeId ?? null,
        window: fact.conversation.window ?? null,
        contact: conversation.contact ?? null,
        lastMessage: conversation.lastMessage ?? null,
      };
    case "status":
      return conversation.lastMessage?.id === fact.status.messageId
        ? { ...conversation, lastMessage: { ...conversation.lastMessage, status: fact.status.status } }
        : conversation;
    case "contact":
    case "merged":
      return conversation.contact?.id === fact.contact.id ? { ...conversation, contact: fact.contact } : conversation;
    default:
      return conversation;
  }
}

/** The conversation that a fact is about, where it is about one. */
export function aboutConversation(fact: Fact): string | undefined {
  if (fact.kind === "message") return fact.message.conversationId;
  if (fact.kind === "conversation") return fact.conversation.id;
  return undefined;
}

const byNewest = (a: Conversation, b: Conversation) =>
  newestFirst({ at: a.lastMessageAt, id: a.id }, { at: b.lastMessageAt, id: b.id });

/** A list after what happened, and the conversations that it does not know: they may belong to it now. */
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
        byId.delete(from);
        if (!byId.has(into)) unknown.add(into);
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

/** Puts a conversation that was not in the list where it belongs, unless that is below what is loaded. */
export function insert(items: Conversation[], conversation: Conversation, complete: boolean): Conversation[] {
  const rest = items.filter((each) => each.id !== conversation.id);
  const oldest = rest.at(-1);
  if (oldest && !complete && byNewest(conversation, oldest) > 0) return rest;
  return [...rest, conversation].sort(byNewest);
}

export type { Fact };
