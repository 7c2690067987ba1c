import { describe, expect, it } from "vitest";
import { aQueue } from "../../test/queue";
import { REASONS, reasonOf, waitingWords } from "./reasons";
import { readQueueSearch } from "./search";
import { blockWords, countWords, queuesSentence, queueState } from "./words";

const NOW = Date.parse("2026-11-21T12:00:00Z");

describe("why something waits", () => {
  it("until_a_time_that_is_to_come_and_without_one_that_has_passed", () => {
    expect(waitingWords({ reason: "retry", until: "2026-11-21T12:04:00Z" }, NOW)).toMatch(/^Meta could not take it; it is tried again, until about \d\d:04\.$/);
    expect(waitingWords({ reason: "retry", until: "2026-11-21T11:00:00Z" }, NOW)).toBe("Meta could not take it; it is tried again.");
    expect(waitingWords({ reason: "pace" }, NOW)).toBe("Waits for its turn at the number's pace.");
  });

  it("another_day_is_named", () => {
    expect(waitingWords({ reason: "scheduled", until: "2026-11-25T08:00:00Z" }, NOW)).toMatch(/^Scheduled for later: 25 Nov 2026/);
  });

  it("every_reason_of_the_server_has_words_and_a_new_one_its_own_name", () => {
    const reasons = Object.keys(REASONS);
    expect(new Set(reasons.map((reason) => reasonOf(reason).words)).size).toBe(reasons.length);
    for (const reason of reasons) expect(reasonOf(reason).words).not.toBe(reason.replaceAll("_", " "));
    expect(reasonOf("moon_phase").words).toBe("Moon phase");
  });

  it("where_somebody_must_act_it_says_what_to_do", () => {
    for (const reason of ["paused", "token_invalid", "account_blocked", "not_connected"]) expect(reasonOf(reason).remedy).toBeTruthy();
  });
});

describe("the queues in a sentence", () => {
  it("says_what_goes_and_what_waits", () => {
    expect(queuesSentence([aQueue({ sentLastMinute: 1200, due: { high: 1, normal: 0, low: 4 } })]).words).toBe("Sending: 1,200 in the last minute, 5 wait");
    expect(queuesSentence([aQueue()])).toEqual({ words: "Quiet, nothing waits", tone: "quiet" });
  });

  it("a_stopped_number_is_named_and_a_bounded_count_is_no_exact_one", () => {
    const paused = aQueue({ isPaused: true, due: { high: 0, normal: 0, low: 10_000 } });
    expect(queuesSentence([paused])).toEqual({ words: "Not sending, 10,000 or more wait, 1 number is stopped", tone: "warn" });
    expect([countWords(9_999, 10_000), countWords(10_000, 10_000)]).toEqual(["9,999", "10,000 or more"]);
  });
});

describe("one number's queue", () => {
  it.each([
    [{ isPaused: true }, "Paused"],
    [{ block: { reason: "waba_limited" as const, until: "2026-11-21T12:10:00Z", code: null, explanation: null } }, "Held"],
    [{}, "Nothing to send"],
    [{ due: { high: 1, normal: 0, low: 0 } }, "Sending"],
    [{ due: { high: 1, normal: 0, low: 0 }, isOwned: false }, "Starting"],
  ])("%j is %s", (change, words) => {
    expect(queueState(aQueue(change)).words).toBe(words);
  });

  it("a_block_says_why_what_to_do_and_that_nothing_is_lost", () => {
    const explanation = { cause: "There is no way to pay.", action: "Add one.", who: "business" as const, retry: "never" as const, retrySafe: false };
    const block = { reason: "account_blocked" as const, until: "2026-11-21T12:10:00Z", code: 131042, explanation };
    const said = blockWords(aQueue({ block }), NOW);
    expect(said?.title).toContain("nothing is sent from +1 555-013-4201");
    expect(said?.words).toMatch(/^There is no way to pay\. Add one\. It is tried again at \d\d:10\. What waits is kept\.$/);
    expect(blockWords(aQueue(), NOW)).toBeUndefined();
  });
});

describe("the page's address", () => {
  it("keeps_filters_and_what_is_open_and_nothing_else", () => {
    expect(readQueueSearch({ status: "failed", accountId: "a1", message: "m1", x: "y", cursor: 3 })).toEqual({ status: "failed", accountId: "a1", message: "m1" });
    expect(readQueueSearch({ status: "odd" })).toEqual({});
    expect(readQueueSearch({ stuck: true, status: "stuck" })).toEqual({ stuck: true });
    expect(readQueueSearch({ stuck: "true", status: "failed" })).toEqual({ stuck: true });
    expect(readQueueSearch({ stuck: false, status: "failed" })).toEqual({ status: "failed" });
  });
});
