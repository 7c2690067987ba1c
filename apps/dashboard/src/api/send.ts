import { api, settle, unwrap } from "./client";
import type { ListPage } from "./pages";
import type { components } from "./schema";
import type { BareMessage } from "./types";

/** Requests about sending: messages to customers, and the queue of each number. */

type Schemas = components["schemas"];

export type Queue = Schemas["Queue"];
export type Uploaded = Schemas["Uploaded"];

/** The progress of a message, as an event reports it. */
export type SendingFact = Schemas["SendingEvent"];

/** The acts that the server allows on a message of the business. */
export type MayBeDone = Pick<BareMessage, "canCancel" | "canRetry" | "retryMayRepeat">;

/** The reason why a message waits. The page shows an unknown reason by its own name. */
export interface Waiting {
  reason: string;
  until?: string | null;
}

/** Meta's own message object, with the fields that Wabakit adds. */
export interface SendRequest {
  to?: string;
  recipient?: string;
  recipient_type?: "individual" | "group";
  type: string;
  context?: { message_id: string };
  accountId: string;
  priority?: Schemas["Priority"];
  clientReference?: string;
  ignoreWindow?: true;
  /** The content, under the name of the type. */
  [part: string]: unknown;
}

export interface OutboundFilters {
  accountId?: string;
  status?: BareMessage["status"];
  /** Only messages that Meta accepted long ago and that have neither arrived nor failed since. */
  stuck?: true;
}

/** Submits a message. Requests with the same key and body are one message, however often they are sent. */
export function sendMessage(request: SendRequest, key: string): Promise<BareMessage> {
  // The OpenAPI document leaves the content's shape open.
  return unwrap(api.POST("/api/messages", { params: { header: { "Idempotency-Key": key } }, body: request as unknown as Schemas["SendMessage"] }));
}

export type MessageAct = { act: "cancel" } | { act: "retry"; mayRepeat?: boolean } | { act: "dismiss" };

/** Cancels, retries or dismisses a message that is queued, failed or unknown. */
export function actOnMessage(id: string, act: MessageAct): Promise<BareMessage> {
  const params = { path: { id } };
  switch (act.act) {
    case "cancel":
      return unwrap(api.POST("/api/messages/{id}/cancel", { params }));
    case "retry":
      return unwrap(api.POST("/api/messages/{id}/retry", { params, body: act.mayRepeat ? { mayRepeat: true } : {} }));
    case "dismiss":
      return unwrap(api.POST("/api/messages/{id}/dismiss", { params }));
  }
}

/** Marks a customer's message, and all before it, as read at Meta. */
export function tellRead(messageId: string): Promise<void> {
  return settle(api.POST("/api/messages/{id}/read", { params: { path: { id: messageId } }, body: {} }));
}

/** Shows the typing indicator to the customer for a while. */
export function tellTyping(conversationId: string): Promise<void> {
  return settle(api.POST("/api/conversations/{id}/typing", { params: { path: { id: conversationId } } }));
}

export function listOutbound(
  filters: OutboundFilters,
  page: { limit: number; cursor?: string },
  signal?: AbortSignal,
): Promise<ListPage<BareMessage>> {
  return unwrap(api.GET("/api/messages", { params: { query: { ...filters, ...page } }, ...(signal && { signal }) }));
}

export async function listQueues(): Promise<Queue[]> {
  return (await unwrap(api.GET("/api/queues"))).data;
}

export function setPaused(accountId: string, paused: boolean): Promise<Queue> {
  const params = { path: { accountId } };
  return unwrap(paused ? api.POST("/api/queues/{accountId}/pause", { params }) : api.POST("/api/queues/{accountId}/resume", { params }));
}
