import { asProblem, type ApiProblem } from "../../../api/problem";
import type { SendRequest } from "../../../api/send";
import type { BareMessage } from "../../../api/types";
import { outboxPrefix, type Keep } from "./keep";

/** A message that the server has not confirmed. The server knows it by its key, and takes it once only. */
export interface Outgoing {
  /** The `Idempotency-Key`. It is also the message's `clientReference`, by which events name it. */
  key: string;
  conversationId: string;
  request: SendRequest;
  /** The content that the thread shows. */
  content: unknown;
  at: string;
  /** `waiting`: behind another message. `retrying`: the last try got no answer. `refused`: the server refused it. */
  state: "sending" | "waiting" | "retrying" | "refused";
  problem?: Pick<ApiProblem, "code" | "title" | "detail" | "remedy" | "requestId" | "fields">;
}

export interface OutboxPorts {
  send: (request: SendRequest, key: string) => Promise<BareMessage>;
  keep: Keep;
  now: () => number;
  /** Calls back after some milliseconds. */
  later: (callback: () => void, ms: number) => void;
  onSent: (message: BareMessage) => void;
  onRefused: (outgoing: Outgoing) => void;
}

/** The server remembers a key for a day. After that it would take the same message as another. */
const REMEMBERED_MS = 23 * 3_600_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** Says whether to retry: the server gave no answer, or one that says nothing about the message. The key makes it harmless. */
function mayPass(problem: ApiProblem): boolean {
  return problem.code === "unreachable" || problem.status >= 500 || [401, 408, 425, 429].includes(problem.status) || problem.code === "idempotency_in_flight";
}

const TOO_OLD: Outgoing["problem"] = {
  code: "not_handed_over",
  title: "This was not handed over in time",
  detail: "It was written more than a day ago, and nobody knows any more whether the server took it.",
  remedy: "Look whether it is in the conversation. If not, edit it and send it anew.",
  fields: {},
};

export function createOutbox(ports: OutboxPorts) {
  let entries: readonly Outgoing[] = [];
  const byConversation = new Map<string, readonly Outgoing[]>();
  const busy = new Set<string>();
  const failures = new Map<string, number>();
  const listeners = new Set<() => void>();
  const EMPTY: readonly Outgoing[] = [];

  function set(next: readonly Outgoing[]): void {
    entries = next;
    byConversation.clear();
    for (const listener of listeners) listener();
  }

  function change(key: string, to: Partial<Outgoing>): void {
    set(entries.map((each) => (each.key === key ? { ...each, ...to } : each)));
    const entry = entries.find((each) => each.key === key);
    if (entry) ports.keep.write(outboxPrefix() + key, JSON.stringify(entry));
  }

  function drop(key: string): void {
    ports.keep.drop(outboxPrefix() + key);
    failures.delete(key);
    set(entries.filter((each) => each.key !== key));
  }

  /** Sends the messages of a conversation one at a time, in the order in which they were written. */
  async function pump(conversationId: string): Promise<void> {
    if (busy.has(conversationId)) return;
    const entry = entries.find((each) => each.conversationId === conversationId && each.state !== "refused");
    if (!entry) return;
    if (ports.now() - Date.parse(entry.at) > REMEMBERED_MS) {
      change(entry.key, { state: "refused", problem: TOO_OLD });
      return pump(conversationId);
    }
    busy.add(conversationId);
    change(entry.key, { state: "sending" });
    try {
      const message = await ports.send(entry.request, entry.key);
      drop(entry.key);
      ports.onSent(message);
    } catch (error) {
      const problem = asProblem(error);
      if (mayPass(problem)) {
        const failed = (failures.get(entry.key) ?? 0) + 1;
        failures.set(entry.key, failed);
        change(entry.key, { state: "retrying", problem: fieldsOf(problem) });
        busy.delete(conversationId);
        ports.later(() => void pump(conversationId), Math.min(FIRST_PAUSE_MS * 2 ** (failed - 1), LONGEST_PAUSE_MS));
        return;
      }
      change(entry.key, { state: "refused", problem: fieldsOf(problem) });
      const refused = entries.find((each) => each.key === entry.key);
      if (refused) ports.onRefused(refused);
    }
    busy.delete(conversationId);
    return pump(conversationId);
  }

  function fieldsOf({ code, title, detail, remedy, requestId, fields }: ApiProblem): Outgoing["problem"] {
    return { code, title, detail, fields, ...(remedy !== undefined && { remedy }), ...(requestId !== undefined && { requestId }) };
  }

  function pumpAll(): void {
    for (const id of new Set(entries.map((each) => each.conversationId))) void pump(id);
  }

  return {
    /** Enqueues messages, in their order. */
    add(fresh: Omit<Outgoing, "state">[]): void {
      set([...entries, ...fresh.map((each): Outgoing => ({ ...each, state: "waiting" }))]);
      for (const each of fresh) ports.keep.write(outboxPrefix() + each.key, JSON.stringify({ ...each, state: "waiting" }));
      for (const id of new Set(fresh.map((each) => each.conversationId))) void pump(id);
    },
    /** Retries at once, without the rest of the delay. */
    pumpAll,
    drop,
    /** Drops a message whose acceptance an event shows: its answer is no longer needed. */
    taken(clientReference: string): void {
      if (entries.some((each) => each.key === clientReference)) drop(clientReference);
    },
    /** Takes over the unfinished messages of an earlier page. */
    resume(): void {
      const found: Outgoing[] = [];
      for (const key of ports.keep.keys()) {
        if (!key.startsWith(outboxPrefix())) continue;
        try {
          const entry = JSON.parse(ports.keep.read(key) ?? "") as Outgoing;
          if (!entries.some((each) => each.key === entry.key)) found.push({ ...entry, state: entry.state === "refused" ? "refused" : "waiting" });
        } catch {
          ports.keep.drop(key);
        }
      }
      if (found.length === 0) return;
      set([...entries, ...found.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))]);
      pumpAll();
    },
    of: (conversationId: string): readonly Outgoing[] => {
      const here = byConversation.get(conversationId);
      if (here) return here;
      const found = entries.filter((each) => each.conversationId === conversationId);
      byConversation.set(conversationId, found.length > 0 ? found : EMPTY);
      return byConversation.get(conversationId) ?? EMPTY;
    },
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;
