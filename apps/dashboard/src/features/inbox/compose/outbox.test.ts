import { describe, expect, it } from "vitest";
import { ApiProblem } from "../../../api/problem";
import type { SendRequest } from "../../../api/send";
import type { Message } from "../../../api/types";
import { aMessage } from "../../../test/inbox";
import type { Keep } from "./keep";
import { createOutbox, type Outgoing } from "./outbox";

const NOW = Date.parse("2026-11-21T12:00:00Z");

function aKeep(): Keep & { all: Map<string, string> } {
  const all = new Map<string, string>();
  return {
    all,
    read: (key) => all.get(key) ?? null,
    write: (key, value) => void all.set(key, value),
    drop: (key) => void all.delete(key),
    keys: () => [...all.keys()],
  };
}

const entry = (key: string, change: Partial<Outgoing> = {}): Omit<Outgoing, "state"> => ({
  key,
  conversationId: "c1",
  content: { type: "text", body: key },
  at: new Date(NOW).toISOString(),
  request: { type: "text", text: { body: key }, accountId: "a1", to: "+1555" },
  ...change,
});

const problem = (status: number, code: string) => new ApiProblem({ status, code, title: "No", detail: "Because.", fields: {} });

/** Makes an outbox whose requests a test answers. */
function setUp(keep = aKeep()) {
  const asked: { key: string; request: SendRequest; answer: (message?: Message) => void; refuse: (error: unknown) => void }[] = [];
  const sent: string[] = [];
  const later: { callback: () => void; ms: number }[] = [];
  const outbox = createOutbox({
    send: (request, key) => new Promise((resolve, reject) => asked.push({ key, request, answer: (message = aMessage()) => resolve(message), refuse: reject })),
    keep,
    now: () => NOW,
    later: (callback, ms) => later.push({ callback, ms }),
    onSent: (message) => sent.push(message.id),
    onRefused: () => undefined,
  });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  const states = () => outbox.of("c1").map((each) => [each.key, each.state]);
  return { outbox, asked, sent, later, keep, settle, states };
}

describe("what is handed to the server", () => {
  it("goes_one_after_the_other_in_the_order_in_which_it_was_written", async () => {
    const { outbox, asked, settle, states } = setUp();
    outbox.add([entry("k1"), entry("k2")]);
    expect(asked.map((each) => each.key)).toEqual(["k1"]);
    expect(states()).toEqual([["k1", "sending"], ["k2", "waiting"]]);
    asked[0]?.answer();
    await settle();
    expect(asked.map((each) => each.key)).toEqual(["k1", "k2"]);
  });

  it("conversations_do_not_wait_for_each_other", () => {
    const { outbox, asked } = setUp();
    outbox.add([entry("k1"), entry("k2", { conversationId: "c2" })]);
    expect(asked.map((each) => each.key)).toEqual(["k1", "k2"]);
  });

  it.each([
    ["no_answer_at_all", new TypeError("network")],
    ["a_failure_of_the_server", problem(503, "unavailable")],
    ["the_same_being_in_flight", problem(409, "idempotency_in_flight")],
    ["too_many_requests", problem(429, "too_many_requests")],
  ])("after_%s_the_very_same_is_sent_again_with_the_same_key", async (_, error) => {
    const { outbox, asked, later, settle, states, sent } = setUp();
    outbox.add([entry("k1"), entry("k2")]);
    asked[0]?.refuse(error);
    await settle();
    expect(states()).toEqual([["k1", "retrying"], ["k2", "waiting"]]);
    expect(later).toHaveLength(1);
    later[0]?.callback();
    expect(asked[1]?.key).toBe("k1");
    expect(asked[1]?.request).toBe(asked[0]?.request);
    asked[1]?.answer();
    await settle();
    expect(sent).toHaveLength(1);
  });

  it("pauses_grow_and_have_an_end", async () => {
    const { outbox, asked, later, settle } = setUp();
    outbox.add([entry("k1")]);
    for (let at = 0; at < 8; at += 1) {
      asked[at]?.refuse(new TypeError("network"));
      await settle();
      later[at]?.callback();
    }
    expect(later.map((each) => each.ms)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("a_refusal_is_shown_and_does_not_hold_up_what_comes_after", async () => {
    const { outbox, asked, later, settle, states } = setUp();
    outbox.add([entry("k1"), entry("k2")]);
    asked[0]?.refuse(problem(422, "window_closed"));
    await settle();
    expect(states()).toEqual([["k1", "refused"], ["k2", "sending"]]);
    expect(outbox.of("c1")[0]?.problem).toMatchObject({ code: "window_closed", detail: "Because." });
    expect(later).toEqual([]);
  });

  it("what_an_event_shows_needs_no_answer_any_more", () => {
    const { outbox, states, keep } = setUp();
    outbox.add([entry("k1")]);
    outbox.taken("somebody-elses");
    expect(states()).toHaveLength(1);
    outbox.taken("k1");
    expect(states()).toEqual([]);
    expect(keep.all.size).toBe(0);
  });

  it("outlives_a_reload_and_keeps_its_key", () => {
    const before = setUp();
    before.outbox.add([entry("k1"), entry("k2", { at: new Date(NOW + 1).toISOString() })]);
    const after = setUp(before.keep);
    after.outbox.resume();
    expect(after.asked.map((each) => each.key)).toEqual(["k1"]);
    expect(after.states()).toEqual([["k1", "sending"], ["k2", "waiting"]]);
  });

  it("what_the_server_no_longer_remembers_the_key_of_is_never_sent_by_itself", () => {
    const before = setUp();
    before.outbox.add([entry("k1", { at: new Date(NOW - 24 * 3_600_000).toISOString() })]);
    expect(before.asked).toEqual([]);
    expect(before.outbox.of("c1")[0]).toMatchObject({ state: "refused", problem: { code: "not_handed_over" } });
  });
});
