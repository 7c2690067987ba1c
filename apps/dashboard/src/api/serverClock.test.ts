import { afterEach, describe, expect, it, vi } from "vitest";
import { learnServerTime, serverNow } from "./serverClock";

const HERE = Date.parse("2026-11-22T12:00:00Z");

afterEach(() => {
  vi.useRealTimers();
  learnServerTime(new Date().toUTCString(), Date.now());
});

describe("the server's clock", () => {
  it.each([-3_600_000, -600_000, 600_000, 86_400_000])("is_followed_where_this_machine_is_off_by %d ms", (skew) => {
    vi.useFakeTimers({ now: HERE });
    learnServerTime(new Date(HERE + skew).toUTCString(), HERE);
    expect(serverNow()).toBe(HERE + skew);
  });

  it.each([
    ["the time that an answer takes", new Date(HERE - 2_000).toUTCString()],
    ["no date", null],
    ["what is no date", "soon"],
  ])("stays_this_machine's_for %s", (_, date) => {
    vi.useFakeTimers({ now: HERE });
    learnServerTime(date, HERE);
    expect(serverNow()).toBe(HERE);
  });
});
