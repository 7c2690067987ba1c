/** Shapes of receiving: conversations, messages, events and webhooks. */
import type { Problem } from "./content";

export interface ContactRef {
  id: string;
  name?: string | null;
  shownName?: string | null;
  phone?: string | null;
  username?: string | null;
  profileName?: string | null;
  userId?: string | null;
  optedOut: boolean;
}

export interface Contact extends ContactRef {
  createdAt: string;
  updatedAt: string;
}

export type Direction = "inbound" | "outbound";

export interface LastMessage {
  id: string;
  type: string;
  preview?: string | null;
  direction: Direction;
  status: string;
  at: string;
  revoked: boolean;
}

export interface ReplyWindow {
  open: boolean;
  until: string;
  kind: "service" | "freeEntryPoint";
}

export interface Conversation {
  id: string;
  accountId: string;
  contact?: ContactRef | null;
  groupId?: string | null;
  state: "open" | "closed";
  assigneeId?: string | null;
  unread: number;
  lastMessageAt: string;
  lastMessage?: LastMessage | null;
  window?: ReplyWindow | null;
  createdAt: string;
  updatedAt: string;
}

export interface MessageContext {
  messageId?: string | null;
  from?: string | null;
  forwarded?: boolean;
  frequentlyForwarded?: boolean;
  referredProduct?: { catalogId: string; productRetailerId: string } | null;
}

export interface Referral {
  sourceUrl?: string | null;
  sourceId?: string | null;
  sourceType?: string | null;
  headline?: string | null;
  body?: string | null;
  mediaType?: string | null;
  imageUrl?: string | null;
  videoUrl?: string | null;
  thumbnailUrl?: string | null;
  ctwaClid?: string | null;
  welcomeMessage?: string | null;
}

export interface Pricing {
  billable?: boolean | null;
  model?: string | null;
  type?: string | null;
  category?: string | null;
}

export interface MediaView {
  id: string;
  state: "pending" | "stored" | "failed";
  mimeType?: string | null;
  filename?: string | null;
  size?: number | null;
  error?: string | null;
  url?: string | null;
}

export interface TimelineEntry {
  status: string;
  at: string;
  participant?: string | null;
  errors?: Problem[] | null;
  pricing?: Pricing | null;
}

export interface Message {
  id: string;
  conversationId: string;
  accountId: string;
  contactId?: string | null;
  groupId?: string | null;
  metaMessageId?: string | null;
  direction: Direction;
  type: string;
  /** Tagged by `type`; null once its writer took the message back. Read it with `contentOf`. */
  content?: unknown;
  context?: MessageContext | null;
  referral?: Referral | null;
  status: string;
  errors?: Problem[] | null;
  pricing?: Pricing | null;
  media?: MediaView | null;
  at: string;
  editedAt?: string | null;
  revokedAt?: string | null;
  createdAt: string;
  timeline?: TimelineEntry[] | null;
}

export interface MinuteView {
  minute: string;
  changes: number;
  items: number;
  parked: number;
  latencyAverageMs?: number | null;
}

export interface WabaHealth {
  wabaId: string;
  wabaName?: string | null;
  lastAt?: string | null;
  perMinute: number;
  latencyMs?: { average?: number | null; max?: number | null } | null;
  parked: number;
  minutes: MinuteView[];
}

export interface WebhookHealth {
  receiving: { perMinute: number; lastAt?: string | null };
  wabas: WabaHealth[];
  queued: number;
  parked: number;
}

export interface ParkedItem {
  id: string;
  changeId?: string | null;
  index: number;
  field?: string | null;
  lane?: string | null;
  state: string;
  reason: string;
  detail?: string | null;
  attempts: number;
  nextAt?: string | null;
  createdAt?: string | null;
  raw?: string | null;
}

export interface WebhookChange {
  id: string;
  deliveryId: string;
  field: string;
  lane: string;
  receivedAt: string;
  size: number;
  state: string;
  parked?: ParkedItem[] | null;
  raw?: string | null;
}

export interface PlatformHealth {
  unsplit: number;
  queued: number;
  parked: number;
  homeless: number;
  rejected: number;
  writer?: { pending: number } | null;
}

export interface Delivery {
  id: string;
  appId?: string | null;
  receivedAt: string;
  size: number;
  unreadable?: boolean | null;
  raw?: string | null;
}

export interface Rejection {
  id?: string | null;
  at: string;
  appId?: string | null;
  reason: string;
  size?: number | null;
  remote?: string | null;
}

/** One entry of the organisation's log, as it comes by HTTP and over the socket. */
export interface LiveEvent {
  id: string;
  sequence: number;
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}

interface Page<Item> {
  data: Item[];
  nextCursor?: string | null;
}

interface Paged {
  cursor?: string;
  limit?: number;
}

interface Answer<Body> {
  200: { headers: Record<string, unknown>; content: { "application/json": Body } };
}

type Op<Body, Query = never, Path = never, Sent = never> = {
  parameters: { query?: Query; header?: never; cookie?: never } & ([Path] extends [never] ? { path?: never } : { path: Path });
  responses: Answer<Body>;
} & ([Sent] extends [never] ? { requestBody?: never } : { requestBody: { content: { "application/json": Sent } } });

interface ById {
  id: string;
}

interface Replay {
  parked?: boolean;
  from?: string;
  to?: string;
}

/** The routes of receiving, in the form of the generated client's. */
export interface ReceivePaths {
  "/api/conversations": {
    get: Op<
      Page<Conversation>,
      Paged & { accountId?: string; state?: string; unread?: boolean; assignee?: string; contactId?: string; search?: string }
    >;
  };
  "/api/conversations/{id}": {
    get: Op<Conversation, never, ById>;
    patch: Op<Conversation, never, ById, { state?: "open" | "closed"; assigneeId?: string | null; unread?: boolean }>;
  };
  "/api/conversations/{id}/messages": { get: Op<Page<Message>, Paged, ById> };
  "/api/messages/{id}": { get: Op<Message, never, ById> };
  "/api/contacts/{id}": {
    get: Op<Contact, never, ById>;
    patch: Op<Contact, never, ById, { name: string | null }>;
    delete: Op<{ success: boolean; messages: number }, never, ById>;
  };
  "/api/media/{id}/refetch": { post: Op<MediaView, never, ById> };
  "/api/events": { get: Op<{ data: LiveEvent[]; head: number }, { after?: number; limit?: number }> };
  "/api/webhooks/health": { get: Op<WebhookHealth> };
  "/api/webhooks/changes": { get: Op<Page<WebhookChange>, Paged & { field?: string; from?: string; to?: string }> };
  "/api/webhooks/changes/{id}": { get: Op<WebhookChange, { reveal?: boolean }, ById> };
  "/api/webhooks/parked": { get: Op<Page<ParkedItem>, Paged & { state?: string }> };
  "/api/webhooks/parked/{id}": {
    get: Op<ParkedItem, { reveal?: boolean }, ById>;
    delete: Op<unknown, never, ById>;
  };
  "/api/webhooks/parked/{id}/replay": { post: Op<unknown, never, ById> };
  "/api/webhooks/replay": { post: Op<{ replayed: number }, never, never, Replay> };
  "/api/webhooks/test": { post: Op<{ deliveryId: string }, never, never, { accountId?: string }> };
  "/api/operator/webhooks/health": { get: Op<PlatformHealth> };
  "/api/operator/webhooks/deliveries": { get: Op<Page<Delivery>, Paged & { unreadable?: boolean }> };
  "/api/operator/webhooks/deliveries/{id}": { get: Op<Delivery, { reveal?: boolean }, ById> };
  "/api/operator/webhooks/rejections": { get: Op<Page<Rejection>, Paged> };
  "/api/operator/webhooks/parked": { get: Op<Page<ParkedItem>, Paged & { state?: string }> };
  "/api/operator/webhooks/parked/{id}": { delete: Op<unknown, never, ById> };
  "/api/operator/webhooks/parked/{id}/replay": { post: Op<unknown, never, ById> };
  "/api/operator/webhooks/replay": { post: Op<{ replayed: number }, never, never, Replay> };
}
