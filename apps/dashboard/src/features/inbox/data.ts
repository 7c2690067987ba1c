import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";
import { flatten, paging, repage, type ListPage, type Pages } from "../../api/pages";
import { problemFrom } from "../../api/problem";
import type { BareMessage, Contact, Conversation, Message } from "../../api/types";
import { newestFirst, whole } from "../../live/apply";
import { actOnMessage, type MessageAct } from "../../api/send";
import { filterQuery, type Filters } from "./filters";

const CONVERSATIONS_PAGE = 50;
const MESSAGES_PAGE = 50;

/** The keys of the caches that live events change. */
export const keys = {
  lists: ["conversations"] as const,
  list: (filters: Filters) => ["conversations", filters] as const,
  conversation: (id: string) => ["conversation", id] as const,
  threads: ["messages"] as const,
  thread: (conversationId: string) => ["messages", conversationId] as const,
  message: (id: string) => ["message", id] as const,
};

export function conversationsQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: keys.list(filters),
    queryFn: ({ pageParam, signal }) =>
      unwrap(
        api.GET("/api/conversations", {
          params: { query: { ...filterQuery(filters), limit: CONVERSATIONS_PAGE, ...(pageParam && { cursor: pageParam }) } },
          signal,
        }),
      ),
    ...paging,
    // Events keep it up to date, so it need not be read again by the clock.
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
}

export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: keys.conversation(id),
    queryFn: () => unwrap(api.GET("/api/conversations/{id}", { params: { path: { id } } })),
  });
}

export function threadQuery(conversationId: string) {
  return infiniteQueryOptions({
    queryKey: keys.thread(conversationId),
    queryFn: ({ pageParam, signal }): Promise<ListPage<Message>> =>
      unwrap(
        api.GET("/api/conversations/{id}/messages", {
          params: {
            path: { id: conversationId },
            query: { limit: MESSAGES_PAGE, ...(pageParam && { cursor: pageParam }) },
          },
          signal,
        }),
      ),
    ...paging,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  });
}

/** Reads a message with its timeline. */
export function messageQuery(id: string) {
  return queryOptions({
    queryKey: keys.message(id),
    queryFn: (): Promise<Message> => unwrap(api.GET("/api/messages/{id}", { params: { path: { id } } })),
  });
}

/** Changes a conversation in all caches. */
export function patchConversation(queries: QueryClient, id: string, change: (old: Conversation) => Conversation): void {
  queries.setQueryData<Conversation>(keys.conversation(id), (old) => old && change(old));
  queries.setQueriesData<Pages<Conversation>>({ queryKey: keys.lists }, (pages) => {
    if (!pages) return pages;
    return repage(
      pages,
      flatten(pages).map((each) => (each.id === id ? change(each) : each)),
    );
  });
}

/** Changes a message in the cache of its thread. */
export function patchMessage(queries: QueryClient, conversationId: string, id: string, change: Partial<Message>): void {
  queries.setQueryData<Pages<Message>>(keys.thread(conversationId), (pages) => {
    if (!pages) return pages;
    return repage(
      pages,
      flatten(pages).map((each) => (each.id === id ? { ...each, ...change } : each)),
    );
  });
}

/** The order of the statuses that one attempt passes through. */
const RANK: Record<string, number> = { queued: 0, sending: 1, unknown: 2, accepted: 3, sent: 4, delivered: 5, read: 6, played: 7, failed: 8, cancelled: 8, expired: 8 };

/** Puts an answered message into its thread, unless events already reported a later status. */
export function meetMessage(queries: QueryClient, message: BareMessage): void {
  put(queries, message, (known) => ((RANK[known.status] ?? 9) > (RANK[message.status] ?? 0) ? known : { ...known, ...message }));
}

function put(queries: QueryClient, message: BareMessage, merge: (known: Message) => Message): void {
  queries.setQueryData<Pages<Message>>(keys.thread(message.conversationId), (pages) => {
    if (!pages) return pages;
    const all = flatten(pages);
    const known = all.find((each) => each.id === message.id);
    const fresh = known ? merge(known) : whole(message, undefined);
    return repage(pages, [...all.filter((each) => each.id !== message.id), fresh].sort(newestFirst));
  });
}

/** Cancels, retries or dismisses a message. The thread shows the answer at once, unless it has a later attempt. */
export function useActOnMessage(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (act: MessageAct) => actOnMessage(id, act),
    onSuccess: (message) => put(queries, message, (known) => (known.attempt > message.attempt ? known : { ...known, ...message })),
    onSettled: () => {
      for (const queryKey of [keys.message(id), ["queues"], ["outbound"]]) void queries.invalidateQueries({ queryKey });
    },
  });
}

export interface ConversationChange {
  state?: "open" | "closed";
  assigneeId?: string | null;
  unread?: boolean;
}

export function useChangeConversation(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ConversationChange) =>
      unwrap(api.PATCH("/api/conversations/{id}", { params: { path: { id } }, body })),
    onSuccess: (fresh) =>
      patchConversation(queries, id, (old) => ({
        ...old,
        state: fresh.state,
        assigneeId: fresh.assigneeId ?? null,
        unread: fresh.unread,
        window: fresh.window ?? null,
      })),
  });
}

export function useRenameContact(contactId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (name: string | null) =>
      unwrap(api.PATCH("/api/contacts/{id}", { params: { path: { id: contactId } }, body: { name } })),
    onSuccess: (contact) => spreadContact(queries, contact),
  });
}

/** Puts a contact's new data into every cached conversation. */
export function spreadContact(queries: QueryClient, contact: Contact): void {
  const apply = (old: Conversation): Conversation => (old.contact?.id === contact.id ? { ...old, contact } : old);
  queries.setQueriesData<Conversation>({ queryKey: ["conversation"] }, (old) => old && apply(old));
  queries.setQueriesData<Pages<Conversation>>({ queryKey: keys.lists }, (pages) =>
    pages ? repage(pages, flatten(pages).map(apply)) : pages,
  );
}

export function useEraseContact(contactId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/api/contacts/{id}", { params: { path: { id: contactId } } })),
    onSuccess: () => void queries.invalidateQueries({ queryKey: keys.lists }),
  });
}

/** Reads the contacts that were merged into this one. */
export function mergesQuery(contactId: string) {
  return queryOptions({
    queryKey: ["merges", contactId],
    queryFn: () => unwrap(api.GET("/api/contacts/{id}/merges", { params: { path: { id: contactId } } })),
    select: ({ items }) => items.filter((merge) => merge.undoneAt === null),
  });
}

/** Undoes a merge. Messages and conversations go back to the merged contact. */
export function useSplitContact(contactId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (mergeId: string) => unwrap(api.POST("/api/contacts/{id}/split", { params: { path: { id: contactId } }, body: { mergeId } })),
    onSuccess: ({ contact }) => {
      spreadContact(queries, contact);
      for (const queryKey of [keys.lists, keys.threads, ["conversation"], ["merges", contactId]]) void queries.invalidateQueries({ queryKey });
    },
  });
}

export function useRefetchMedia(message: Message) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => unwrap(api.POST("/api/media/{id}/refetch", { params: { path: { id } } })),
    onSuccess: (media) => patchMessage(queries, message.conversationId, message.id, { media }),
  });
}

/** Downloads all stored data of a contact as a file. */
export async function downloadExport(contactId: string, name: string): Promise<void> {
  const response = await fetch(`/api/contacts/${encodeURIComponent(contactId)}/export`, { credentials: "same-origin" });
  if (!response.ok) throw problemFrom(response, await response.json().catch(() => undefined));
  saveAs(await response.blob(), `${name.replaceAll(/[^\p{L}\p{N}+-]+/gu, "-")}.json`);
}

export function saveAs(blob: Blob, filename: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = filename;
  link.click();
  // A download that has begun no longer needs the URL.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

