import { api, settle, unwrap } from "./client";
import type { ListPage } from "./pages";
import type { components } from "./schema";
import type { BareMessage } from "./types";

/** Sending: what goes out to customers, and the queue of each number. */

type Schemas = components["schemas"];

export type Queue = Schemas["Queue"];
export type Uploaded = Schemas["Uploaded"];

/** How far the sending of a message is. */
export type SendingFact = Schemas["SendingEvent"];

/** What may be done about a message that was sent from here. */
export type MayBeDone = Pick<BareMessage, "canCancel" | "canRetry" | "retryMayRepeat">;

/** Why a message is not on its way yet. A reason that is new is shown by its own name. */
export interface Waiting {
  reason: string;
  until?: string | null;
}

/** Meta's own message object, and beside it what Wabakit adds. */
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
  /** The object that is named as the type. */
  [part: string]: unknown;
}

export interface OutboundFilters {
  accountId?: string;
  status?: BareMessage["status"];
  /** Only what Meta took long ago and what has neither arrived nor failed since. */
  stuck?: true;
}

/** Hands a message to the server. The same key with the same body is one message, however often it is sent. */
export function sendMessage(request: SendRequest, key: string): Promise<BareMessage> {
  // The document leaves open what is in the object that is named as the type.
  return unwrap(api.POST("/api/messages", { params: { header: { "Idempotency-Key": key } }, body: request as unknown as Schemas["SendMessage"] }));
}

export type MessageAct = { act: "cancel" } | { act: "retry"; mayRepeat?: boolean } | { act: "dismiss" };

/** What a person does to a message that is queued, failed or unknown. */
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

/** Tells the customer that their message, and all before it, was read. */
export function tellRead(messageId: string): Promise<void> {
  return settle(api.POST("/api/messages/{id}/read", { params: { path: { id: messageId } }, body: {} }));
}

/** Shows the customer for a while that somebody writes. */
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
