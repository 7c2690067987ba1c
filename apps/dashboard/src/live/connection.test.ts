import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LiveEvent } from "../api/types";
import { delayBefore, keepLive, type LiveOptions, type LiveSocket } from "./connection";

class FakeSocket implements LiveSocket {
  onmessage: LiveSocket["onmessage"] = null;
  onclose: LiveSocket["onclose"] = null;
  closed = false;
  constructor(readonly after: number | undefined) {}
  close(): void {
    this.closed = true;
  }
  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  end(code = 1006): void {
    this.onclose?.({ code });
  }
}

function event(sequence: number): LiveEvent {
  return { id: `e${sequence}`, sequence, type: "webhook.test", timestamp: "2026-11-21T08:00:00Z", data: {} };
}

function start(change: Partial<LiveOptions> = {}) {
  const sockets: FakeSocket[] = [];
  const seen: number[] = [];
  const states: string[] = [];
  const onReset = vi.fn();
  const connection = keepLive({
    connect: (after) => {
      const socket = new FakeSocket(after);
      sockets.push(socket);
      return socket;
    },
    onEvents: (events) => seen.push(...events.map((each) => each.sequence)),
    onReset,
    onState: (state) => states.push(state),
    probe: () => Promise.resolve("retry"),
    random: () => 1,
    ...change,
  });
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  };
  return { connection, sockets, seen, states, onReset, last };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("the live connection", () => {
  it("goes_on_after_the_last_event_that_it_saw", async () => {
    const { sockets, seen, last, states } = start();
    last().say({ kind: "ready", head: 7 });
    last().say({ kind: "events", events: [event(8), event(9)] });
    last().end();
    expect(states.at(-1)).toBe("lost");
    await vi.advanceTimersByTimeAsync(500);
    expect(sockets.map((socket) => socket.after)).toEqual([undefined, 9]);
    last().say({ kind: "ready", head: 11 });
    last().say({ kind: "events", events: [event(9), event(10), event(11)] });
    expect(seen).toEqual([8, 9, 10, 11]);
    expect(states.at(-1)).toBe("live");
  });

  it("resumes_from_the_head_where_nothing_came_in_between", async () => {
    const { last } = start();
    last().say({ kind: "ready", head: 7 });
    last().end();
    await vi.advanceTimersByTimeAsync(500);
    expect(last().after).toBe(7);
  });

  it("the_first_connection_has_what_was_read_before_it_read_again", () => {
    const { onReset, last } = start();
    last().say({ kind: "ready", head: 7 });
    expect(onReset).toHaveBeenCalledOnce();
  });

  it("a_resumed_connection_reads_nothing_anew", async () => {
    const { onReset, last } = start();
    last().say({ kind: "ready", head: 7 });
    last().end();
    await vi.advanceTimersByTimeAsync(500);
    last().say({ kind: "ready", head: 9 });
    expect(onReset).toHaveBeenCalledOnce();
  });

  it("a_cursor_past_retention_begins_at_the_head_and_reads_all_anew", async () => {
    const { onReset, last } = start();
    last().say({ kind: "ready", head: 7 });
    last().end();
    await vi.advanceTimersByTimeAsync(500);
    last().say({ kind: "gone", oldest: 50 });
    last().end(4410);
    await vi.advanceTimersByTimeAsync(1000);
    expect(last().after).toBeUndefined();
    expect(onReset).toHaveBeenCalledTimes(2);
  });

  it("a_gap_in_the_sequence_has_everything_read_anew", () => {
    const { onReset, last, seen } = start();
    last().say({ kind: "ready", head: 7 });
    last().say({ kind: "events", events: [event(9)] });
    expect(onReset).toHaveBeenCalledTimes(2);
    expect(seen).toEqual([9]);
  });

  it("asks_over_http_why_a_socket_never_got_ready", async () => {
    const probe = vi.fn(() => Promise.resolve("gone" as const));
    const { last, onReset, sockets } = start({ probe });
    last().end();
    await vi.advanceTimersByTimeAsync(500);
    expect(probe).toHaveBeenCalledOnce();
    expect(onReset).toHaveBeenCalledOnce();
    expect(sockets).toHaveLength(2);
  });

  it("waits_longer_each_time_up_to_half_a_minute_and_never_all_at_once", () => {
    expect([0, 1, 2].map((attempt) => delayBefore(attempt, 1))).toEqual([500, 1000, 2000]);
    expect(delayBefore(30, 1)).toBe(30_000);
    expect(delayBefore(30, 0)).toBe(15_000);
  });

  it("waking_does_not_wait", async () => {
    const { connection, last, sockets } = start();
    last().say({ kind: "ready", head: 1 });
    last().end();
    connection.wake();
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(2);
  });

  it("stopping_closes_and_never_comes_back", async () => {
    const { connection, last, sockets } = start();
    connection.stop();
    expect(last().closed).toBe(true);
    last().end();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });

  it("what_is_no_frame_of_ours_is_passed_over", () => {
    const { last, seen } = start();
    last().onmessage?.({ data: "not json" });
    last().onmessage?.({ data: new Uint8Array(2) });
    last().say({ kind: "something new" });
    expect(seen).toEqual([]);
  });
});
