import { describe, expect, it } from "vitest";
import { REFUSALS } from "../../api/refusals";
import { anAccount, aGrant, aWarning } from "../../test/fixtures";
import { refusalOf } from "./refusals";
import { byStanding, byUrgency, dataClock, limitWords, numbers, plain, qualityWords, throughputWords, tokenClock } from "./words";

const NOW = Date.parse("2026-11-20T12:00:00Z");

describe("refusals", () => {
  it("each_has_words_of_its_own", () => {
    const codes = Object.keys(REFUSALS);
    expect(codes).toContain("access_denied");
    const details = codes.map((code) => refusalOf(code).detail);
    expect(new Set(details).size).toBe(codes.length);
    for (const code of codes) {
      expect(refusalOf(code).title).not.toBe("");
      expect(refusalOf(code).remedy).not.toBe("");
      expect(refusalOf(code).detail).not.toContain("refused with the code");
    }
  });

  it("an_unknown_one_is_named_and_has_a_remedy", () => {
    expect(refusalOf("brand_new")).toMatchObject({ detail: expect.stringContaining("brand_new") as string });
    expect(refusalOf("brand_new").remedy).not.toBe("");
  });
});

describe("warnings", () => {
  it("the_most_urgent_comes_first_then_what_is_due_first", () => {
    const info = aWarning({ severity: "info", code: "info", at: "2026-11-21T00:00:00Z" });
    const late = aWarning({ severity: "critical", code: "late", at: "2026-12-20T00:00:00Z" });
    const soon = aWarning({ severity: "critical", code: "soon", at: "2026-11-22T00:00:00Z" });
    const warn = aWarning({ severity: "warning", code: "warn", at: "2026-11-20T00:00:00Z" });
    const given = [info, late, warn, soon];
    expect(byUrgency(given).map((each) => each.code)).toEqual(["soon", "late", "warn", "info"]);
    expect(given[0]).toBe(info);
  });
});

describe("the two clocks", () => {
  const at = (iso: string) => ({ kind: "at" as const, at: iso });

  it("a_token_that_is_renewed_by_itself_says_automatic", () => {
    const grant = aGrant({ renewal: "automatic", tokenExpiry: at("2027-01-19T00:00:00Z") });
    expect(tokenClock(grant, NOW)).toMatchObject({ who: "Automatic", tone: "ok" });
  });

  it("a_token_that_only_a_person_can_renew_says_until_when_and_must_only_once_it_is_near", () => {
    const clock = (iso: string) => tokenClock(aGrant({ renewal: "manual", tokenExpiry: at(iso) }), NOW);
    expect(clock("2027-01-19T12:00:00Z")).toMatchObject({ who: "Renew by 19 Jan 2027", tone: "quiet" });
    expect(clock(new Date(NOW + 14 * 86_400_000).toISOString()).who).toMatch(/^Renew by/);
    expect(clock(new Date(NOW + 13.9 * 86_400_000).toISOString())).toMatchObject({ who: "You must click", tone: "info" });
    expect(clock(new Date(NOW - 86_400_000).toISOString())).toMatchObject({ who: "You must click", tone: "warn" });
  });

  it("within_a_week_it_becomes_a_warning", () => {
    const grant = aGrant({ renewal: "manual", tokenExpiry: at("2026-11-26T12:00:00Z") });
    expect(tokenClock(grant, NOW).tone).toBe("warn");
  });

  it("access_to_data_needs_a_person_though_the_token_is_renewed", () => {
    const grant = aGrant({ renewal: "automatic", dataAccessExpiry: at("2027-02-18T00:00:00Z") });
    expect(dataClock(grant, NOW).who).toBe("Renew by 18 Feb 2027");
  });

  it("what_never_ends_and_what_is_not_known_are_told_apart", () => {
    const grant = aGrant({ tokenExpiry: { kind: "never" }, dataAccessExpiry: { kind: "unknown" } });
    expect(tokenClock(grant, NOW).who).toBe("Nothing to do");
    expect(dataClock(grant, NOW).who).toBe("Not known");
  });
});

describe("Meta's words in ours", () => {
  it("known_values_are_translated_and_unknown_ones_are_shown_as_they_came", () => {
    expect(qualityWords("GREEN").word).toBe("High");
    expect(qualityWords("PURPLE").word).toBe("PURPLE");
    expect(qualityWords(undefined).word).toBe("Not known");
    expect(limitWords("TIER_2K")).toBe("2,000 people a day");
    expect(limitWords("TIER_250")).toBe("250 people a day");
    expect(limitWords("TIER_UNLIMITED")).toBe("Unlimited");
    expect(limitWords("TIER_MOON")).toBe("TIER_MOON");
    expect(throughputWords("STANDARD")).toBe("80 a second");
    expect(throughputWords("TURBO")).toBe("TURBO");
    expect(plain("PENDING_REVIEW")).toBe("Pending review");
  });

  it("one_number_is_not_plural", () => {
    expect(numbers(1)).toBe("1 number");
    expect(numbers(2)).toBe("2 numbers");
  });
});

describe("the order of cards", () => {
  it("default_first_then_what_needs_attention_and_disconnected_last", () => {
    const gone = anAccount({ id: "gone", state: "disconnected", isDefault: false });
    const fine = anAccount({ id: "fine", isDefault: false });
    const ill = anAccount({ id: "ill", state: "needs_attention", isDefault: false });
    const main = anAccount({ id: "main", isDefault: true });
    expect(byStanding([gone, fine, ill, main]).map((each) => each.id)).toEqual(["main", "ill", "fine", "gone"]);
  });
});
