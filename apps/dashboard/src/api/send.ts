import { api, settle, unwrap } from "./client";
import type { ListPage } from "./pages";
import type { BareMessage, Message, MessageError } from "./types";

/** Sending: what goes out to customers, and the queue of each number. */

export type Priority = "high" | "normal" | "low";

/** Why a message is not on its way yet. A reason that is new is shown by its own name. */
export interface Waiting {
  reason: string;
  until?: string | null;
}

/** What a message has that was sent from here; of others there is nothing of it: null, 0, false. */
export interface Sending {
  to: string | null;
  error: MessageError | null;
  priority: Priority | null;
  flow: string | null;
  clientReference: string | null;
  scheduledAt: string | null;
  expiresAt: string | null;
  attempt: number;
  dispatchedAt: string | null;
  waiting: Waiting | null;
  canCancel: boolean;
  canRetry: boolean;
  retryMayRepeat: boolean;
}

/** Meta's own message object, and beside it what Wabakit adds. */
export interface SendRequest {
  to?: string;
  recipient?: string;
  recipient_type?: "individual" | "group";
  type: string;
  context?: { message_id: string };
  accountId: string;
  priority?: Priority;
  clientReference?: string;
  ignoreWindow?: true;
  /** The object that is named as the type. */
  [part: string]: unknown;
}

/** How far the sending of a message is. */
export interface SendingFact {
  messageId: string;
  conversationId: string;
  status: Message["status"];
  metaMessageId: string | null;
  errors: MessageError[];
  waiting: Waiting | null;
  attempt: number;
}

interface Happened {
  id: string;
  sequence: number;
  timestamp: string;
}

export type SendingEvents =
  | (Happened & { type: "message.queued"; data: { message: BareMessage; from: { profileName?: string } } })
  | (Happened & { type: "message.sending"; data: SendingFact });

export type UploadKind = "image" | "video" | "audio" | "document" | "sticker";

/** A file that is stored here and may be sent. */
export interface Uploaded {
  id: string;
  mimeType: string;
  size: number;
  filename: string | null;
  kind: UploadKind;
}

export interface QueueBlock {
  reason: string;
  until?: string | null;
  code?: number | null;
  explanation?: { cause: string; action: string; who: string } | null;
}

/** The queue of one number. */
export interface Queue {
  accountId: string;
  displayName: string;
  displayPhone: string;
  rate: { perSecond: number; level: string | null };
  /** By the server that answered. */
  sentLastMinute: number;
  due: { high: number; normal: number; low: number };
  waiting: { reason: string; count: number }[];
  sending: number;
  proving: number;
  unknown: number;
  failed: number;
  oldestDueAt?: string | null;
  isPaused: boolean;
  block?: QueueBlock | null;
  /** Whether a server is sending from it now. */
  isOwned: boolean;
  /** Counts are exact below this. */
  countsUpTo: number;
}

export interface OutboundFilters {
  accountId?: string;
  status?: string;
}

interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}
type Call = (path: string, init?: { params?: object; body?: unknown; signal?: AbortSignal }) => Promise<Answer>;
const call = api as unknown as { GET: Call; POST: Call };

/** Hands a message to the server. The same key with the same body is one message, however often it is sent. */
export function sendMessage(request: SendRequest, key: string): Promise<Message> {
  const answer = call.POST("/api/messages", { params: { header: { "Idempotency-Key": key } }, body: request });
  return unwrap(answer as Promise<Answer & { data?: Message }>);
}

export type MessageAct = { act: "cancel" } | { act: "retry"; mayRepeat?: boolean } | { act: "dismiss" };

/** What a person does to a message that is queued, failed or unknown. */
export function actOnMessage(id: string, act: MessageAct): Promise<Message> {
  const params = { path: { id } };
  const answer =
    act.act === "retry"
      ? call.POST("/api/messages/{id}/retry", { params, body: act.mayRepeat ? { mayRepeat: true } : {} })
      : call.POST(`/api/messages/{id}/${act.act}`, { params });
  return unwrap(answer as Promise<Answer & { data?: Message }>);
}

/** Tells the customer that their message, and all before it, was read. */
export function tellRead(messageId: string): Promise<void> {
  return settle(call.POST("/api/messages/{id}/read", { params: { path: { id: messageId } }, body: {} }));
}

/** Shows the customer for a while that somebody writes. */
export function tellTyping(conversationId: string): Promise<void> {
  return settle(call.POST("/api/conversations/{id}/typing", { params: { path: { id: conversationId } } }));
}

export function listOutbound(
  filters: OutboundFilters,
  page: { limit: number; cursor?: string },
  signal?: AbortSignal,
): Promise<ListPage<Message>> {
  const answer = call.GET("/api/messages", { params: { query: { ...filters, ...page } }, ...(signal && { signal }) });
  return unwrap(answer as Promise<Answer & { data?: ListPage<Message> }>);
}

export async function listQueues(): Promise<Queue[]> {
  const answer = call.GET("/api/queues") as Promise<Answer & { data?: { data: Queue[] } }>;
  return (await unwrap(answer)).data;
}

export function setPaused(accountId: string, paused: boolean): Promise<Queue> {
  const path = paused ? "/api/queues/{accountId}/pause" : "/api/queues/{accountId}/resume";
  return unwrap(call.POST(path, { params: { path: { accountId } } }) as Promise<Answer & { data?: Queue }>);
}
