import { describe, expect, it } from "vitest";
import { dayTitle, relativeTime, secondsAgo, shortTime } from "./time";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("times as people say them", () => {
  it.each([
    [-3_000, "just now"],
    [-60_000, "1 minute ago"],
    [-90 * 60_000, "1 hour ago"],
    [-DAY, "yesterday"],
  ])("what happened %d ms away is %s", (distance, words) => {
    expect(relativeTime(NOW + distance, NOW)).toBe(words);
  });

  it.each([
    [5_000, "in a moment"],
    [5 * DAY, "in 5 days"],
    [60 * DAY, "in 2 months"],
  ])("what is to come %d ms away is %s", (distance, words) => {
    expect(relativeTime(NOW + distance, NOW, "future")).toBe(words);
  });

  it.each([1, 5_000, 10 * 60_000, 3 * DAY])("what_happened_is_never_said_to_come: %d ms ahead of this clock", (ahead) => {
    expect(relativeTime(NOW + ahead, NOW)).toBe("just now");
    expect(shortTime(NOW + ahead, NOW)).toBe("now");
    expect(secondsAgo(NOW + ahead, NOW)).toBe("0 s ago");
    expect(dayTitle(new Date(NOW + ahead).toISOString(), NOW)).toBe("Today");
  });

  it.each([0, -1, -5_000, -3 * DAY])("what_is_to_come_is_never_said_to_be_over: %d ms behind this clock", (behind) => {
    expect(relativeTime(NOW + behind, NOW, "future")).toBe("any moment now");
  });
});
