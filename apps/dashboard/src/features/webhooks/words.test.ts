import { describe, expect, it } from "vitest";
import type { WebhookHealth } from "../../api/types";
import { readWebhookSearch } from "./search";
import { bars, healthSentence, laneWords, pretty, stateWords } from "./words";

const NOW = Date.parse("2026-11-20T12:00:30Z");
const health = (perMinute: number, lastAt: string | null): WebhookHealth => ({
  receiving: { perMinute, lastAt },
  wabas: [],
  queued: 0,
  parked: 0,
});

describe("the health of webhooks", () => {
  it.each([
    [health(12, "2026-11-20T12:00:27Z"), "Receiving: 12 a minute, last 3 s ago"],
    [health(0, "2026-11-20T10:00:30Z"), "Quiet: last 2 hours ago"],
    [health(0, null), "Nothing has arrived yet"],
  ])("is a sentence", (told, words) => {
    expect(healthSentence(told, NOW).words).toBe(words);
  });

  it("the_chart_has_a_bar_for_every_minute_and_adds_up_the_wabas", () => {
    const minute = { minute: "2026-11-20T12:00:00Z", changes: 3, items: 5, parked: 1, latencyAverageMs: 10 };
    const shown = bars([{ minutes: [minute] }, { minutes: [minute] }], NOW);
    expect(shown).toHaveLength(60);
    expect(shown.at(-1)).toMatchObject({ changes: 6, parked: 2 });
    expect(shown[0]).toMatchObject({ minute: "2026-11-20T11:01:00.000Z", changes: 0 });
  });
});

describe("words of changes", () => {
  it("a_lane_is_what_it_names", () => {
    expect(laneWords("n:53")).toEqual({ kind: "Number", id: "53" });
    expect(laneWords("w:42:1")).toEqual({ kind: "WABA", id: "42:1" });
    expect(laneWords("-").kind).toBe("Names no number");
  });

  it("a_state_that_is_new_is_named_as_it_is", () => {
    expect(stateWords("applied").words).toBe("Applied");
    expect(stateWords("half_done")).toEqual({ words: "half done", tone: "quiet" });
  });

  it("what_is_no_json_stays_as_it_came", () => {
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(pretty("{broken")).toBe("{broken");
  });

  it("an_address_with_nonsense_filters_nothing", () => {
    expect(readWebhookSearch({ from: "yesterday", to: 3, field: "", change: "x" })).toEqual({ change: "x" });
  });
});
