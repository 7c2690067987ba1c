import { describe, expect, it } from "vitest";
import { isReturn, isSamePhone, readReturn } from "./connectReturn";

describe("the address after a login in this window", () => {
  it("keeps_what_is_known_and_drops_the_rest", () => {
    expect(readReturn({ success: "true", channel: "whatsapp", phoneNumber: "+1 555", evil: "x" })).toEqual({
      success: "true",
      phoneNumber: "+1 555",
    });
  });

  it("a_plain_visit_is_no_return", () => {
    expect(isReturn(readReturn({}))).toBe(false);
    expect(isReturn(readReturn({ pending: "s1" }))).toBe(true);
    expect(isReturn(readReturn({ error: "code_expired" }))).toBe(true);
  });

  it("finds_the_number_by_id_or_by_its_digits", () => {
    const account = { phoneNumberId: "530000000000001", displayPhone: "+1 555-013-4201" };
    expect(isSamePhone("+15550134201", account)).toBe(true);
    expect(isSamePhone("530000000000001", account)).toBe(true);
    expect(isSamePhone("+15550134202", account)).toBe(false);
  });
});
