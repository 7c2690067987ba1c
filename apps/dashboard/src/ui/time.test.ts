import { describe, expect, it } from "vitest";
import { relativeTime } from "./time";

const NOW = Date.parse("2026-11-20T12:00:00Z");
const HOUR = 3_600_000;

describe("times as people say them", () => {
  it.each([
    [-5_000, "just now"],
    [5_000, "in a moment"],
    [-60_000, "1 minute ago"],
    [-3 * HOUR, "3 hours ago"],
    [-24 * HOUR, "yesterday"],
    [5 * 24 * HOUR, "in 5 days"],
    [60 * 24 * HOUR, "in 2 months"],
  ])("%d ms away is %s", (distance, words) => {
    expect(relativeTime(NOW + distance, NOW)).toBe(words);
  });
});
