import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, unwrap } from "../api/client";
import { flatten, hasMore, repage, type Pages } from "../api/pages";
import type { SendingFact } from "../api/send";
import { ApiProblem } from "../api/problem";
import type { Conversation, LiveEvent, Message } from "../api/types";
import { conversationQuery, keys, messageQuery, patchMessage, spreadContact } from "../features/inbox/data";
import { enters, type Filters } from "../features/inbox/filters";
import { applyToConversation, applyToList, applyToThread, insert, readFact, type Fact } from "./apply";
import { keepLive, type LiveSocket } from "./connection";
import { setLive, tellLiveEvents } from "./store";

/** Events within this time are applied together: at a thousand a second the page is drawn ten times, not a thousand. */
const GATHER_MS = 100;
/** The most unknown conversations that are read one by one. With more, the lists are read again. */
const ONE_BY_ONE = 10;
/** A timer that is this late means that the computer slept, and the socket with it. */
const SLEPT_MS = 40_000;
const WATCH_EVERY_MS = 10_000;

function openSocket(after: number | undefined): LiveSocket {
  const url = new URL("/api/events/ws", window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  if (after !== undefined) url.searchParams.set("after", String(after));
  const socket = new WebSocket(url);
  const own: LiveSocket = { onmessage: null, onclose: null, close: () => socket.close() };
  socket.onmessage = ({ data }: MessageEvent<unknown>) => own.onmessage?.({ data });
  socket.onclose = ({ code }) => own.onclose?.({ code });
  return own;
}

async function probe(after: number | undefined): Promise<"retry" | "gone"> {
  try {
    await unwrap(api.GET("/api/events", { params: { query: { limit: 1, ...(after !== undefined && { after }) } } }));
    return "retry";
  } catch (error) {
    return error instanceof ApiProblem && error.status === 410 ? "gone" : "retry";
  }
}

/** Reads all data again that events keep up to date. */
function resetLive(queries: QueryClient): void {
  for (const queryKey of [keys.lists, keys.threads, ["conversation"], ["message"]]) {
    void queries.invalidateQueries({ queryKey });
  }
}

function applyToLists(queries: QueryClient, facts: Fact[], me: string): Set<string> {
  const unknown = new Set<string>();
  for (const [queryKey, pages] of queries.getQueriesData<Pages<Conversation>>({ queryKey: keys.lists })) {
    if (!pages) continue;
    const before = flatten(pages);
    const after = applyToList(before, facts, (queryKey[1] ?? {}), me);
    if (after.items !== before) queries.setQueryData(queryKey, repage(pages, after.items));
    for (const id of after.unknown) unknown.add(id);
  }
  return unknown;
}

/** Reads conversations that are in no list yet, and inserts them. */
async function meet(queries: QueryClient, unknown: Set<string>, me: string): Promise<void> {
  if (unknown.size === 0) return;
  if (unknown.size > ONE_BY_ONE) {
    await queries.invalidateQueries({ queryKey: keys.lists });
    return;
  }
  const met = await Promise.all(
    [...unknown].map((id) => queries.query({ ...conversationQuery(id), staleTime: 0, retry: false }).catch(() => undefined)),
  );
  for (const [queryKey, pages] of queries.getQueriesData<Pages<Conversation>>({ queryKey: keys.lists })) {
    if (!pages) continue;
    const filters = (queryKey[1] ?? {}) as Filters;
    const before = flatten(pages);
    const fresh = met.filter((each) => each !== undefined).filter((each) => enters(each, filters, me));
    const after = fresh.reduce((items, each) => insert(items, each, !hasMore(pages)), before);
    if (fresh.length > 0) queries.setQueryData(queryKey, repage(pages, after));
  }
}

function applyToThreads(queries: QueryClient, facts: Fact[]): void {
  for (const [queryKey, pages] of queries.getQueriesData<Pages<Message>>({ queryKey: keys.threads })) {
    const id = queryKey[1];
    if (!pages || typeof id !== "string") continue;
    const before = flatten(pages);
    const after = applyToThread(before, facts, id, !hasMore(pages));
    if (after !== before) queries.setQueryData(queryKey, repage(pages, after));
  }
}

/** Applies events to all caches. */
export function applyEvents(queries: QueryClient, events: LiveEvent[], me: string): void {
  const facts = events.map(readFact).filter((fact) => fact !== undefined);
  if (facts.length === 0) return;
  const unknown = applyToLists(queries, facts, me);
  applyToThreads(queries, facts);
  for (const [queryKey, old] of queries.getQueriesData<Conversation>({ queryKey: ["conversation"] })) {
    if (old) queries.setQueryData(queryKey, facts.reduce(applyToConversation, old));
  }
  for (const fact of facts) {
    if (fact.kind === "contact" || fact.kind === "merged") spreadContact(queries, fact.contact);
    if (fact.kind === "erased" || fact.kind === "merged") void queries.invalidateQueries({ queryKey: ["conversation"] });
    if (fact.kind === "status") void queries.invalidateQueries({ queryKey: keys.message(fact.status.messageId) });
    if (fact.kind === "sending") void readSent(queries, fact.sending);
    if (fact.kind === "media") void readMedia(queries, fact);
    if (fact.kind === "account") void queries.invalidateQueries({ queryKey: ["accounts"] });
  }
  void meet(queries, unknown, me);
}

/** Reads a failed message of a loaded thread, as the event does not explain the failure. */
async function readSent(queries: QueryClient, { messageId, conversationId, status }: SendingFact): Promise<void> {
  void queries.invalidateQueries({ queryKey: keys.message(messageId) });
  if (status !== "failed" && status !== "unknown") return;
  const thread = queries.getQueryData<Pages<Message>>(keys.thread(conversationId));
  if (!flatten(thread).some((each) => each.id === messageId)) return;
  const fresh = await queries.query({ ...messageQuery(messageId), staleTime: 0 }).catch(() => undefined);
  if (fresh?.status === status) patchMessage(queries, conversationId, messageId, fresh);
}

/** Reads the file of a message of a loaded thread, as the event reports only the file's state. */
async function readMedia(queries: QueryClient, of: { messageId: string; conversationId: string }): Promise<void> {
  const thread = queries.getQueryData<Pages<Message>>(keys.thread(of.conversationId));
  if (!flatten(thread).some((each) => each.id === of.messageId)) return;
  const fresh = await queries.query({ ...messageQuery(of.messageId), staleTime: 0 }).catch(() => undefined);
  if (fresh) patchMessage(queries, of.conversationId, of.messageId, { media: fresh.media });
}

/** Keeps the page's socket open while a person is signed in. */
export function useLive(userId: string, orgId: string): void {
  const queries = useQueryClient();

  useEffect(() => {
    let gathered: LiveEvent[] = [];
    let flush: ReturnType<typeof setTimeout> | undefined;
    const connection = keepLive({
      connect: openSocket,
      probe,
      random: Math.random,
      onState: setLive,
      onReset: () => resetLive(queries),
      onEvents(events) {
        gathered.push(...events);
        flush ??= setTimeout(() => {
          const now = gathered;
          gathered = [];
          flush = undefined;
          applyEvents(queries, now, userId);
          tellLiveEvents(now);
        }, GATHER_MS);
      },
    });

    let seen = Date.now();
    const watch = setInterval(() => {
      const late = Date.now() - seen > SLEPT_MS;
      seen = Date.now();
      if (late) connection.renew();
    }, WATCH_EVERY_MS);
    const wake = () => connection.wake();
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);

    return () => {
      connection.stop();
      clearTimeout(flush);
      clearInterval(watch);
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
    };
  }, [queries, userId, orgId]);
}
