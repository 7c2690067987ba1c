import type { Conversation, LiveEvent, Message } from "../api/types";

let made = 0;

export function aMessage(change: Partial<Message> = {}): Message {
  made += 1;
  return {
    id: `m${String(made).padStart(6, "0")}`,
    conversationId: "c1",
    accountId: "a1",
    contactId: "p1",
    groupId: null,
    metaMessageId: `wamid.${made}`,
    direction: "inbound",
    type: "text",
    content: { type: "text", body: `Text ${made}` },
    context: null,
    referral: null,
    status: "received",
    errors: [],
    pricing: null,
    media: null,
    mediaId: null,
    at: new Date(Date.UTC(2026, 10, 20, 12, 0, made)).toISOString(),
    editedAt: null,
    revokedAt: null,
    createdAt: "2026-11-20T12:00:00Z",
    timeline: [],
    to: null,
    error: null,
    priority: null,
    flow: null,
    clientReference: null,
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
    ...change,
  };
}

export function aConversation(change: Partial<Conversation> = {}): Conversation {
  return {
    id: "c1",
    accountId: "a1",
    contactId: "p1",
    contact: {
      id: "p1",
      name: null,
      profileName: "Maria Silva",
      shownName: "Maria Silva",
      phone: "5511987654321",
      username: null,
      userId: null,
      parentUserId: null,
      bookName: null,
      phonePassedOn: null,
      optedOut: false,
      createdAt: "2026-11-20T12:00:00Z",
      updatedAt: "2026-11-20T12:00:00Z",
    },
    groupId: null,
    userId: null,
    isPhoneStale: false,
    state: "open",
    assigneeId: null,
    unread: 0,
    lastMessageAt: "2026-11-20T12:00:00Z",
    lastMessage: null,
    window: null,
    createdAt: "2026-11-20T12:00:00Z",
    updatedAt: "2026-11-20T12:00:00Z",
    ...change,
  };
}

/** Makes an event of the log. */
export function anEvent(type: LiveEvent["type"], data: unknown, sequence = 1): LiveEvent {
  return { id: `e${sequence}`, sequence, timestamp: "2026-11-20T12:00:00Z", type, data } as LiveEvent;
}
