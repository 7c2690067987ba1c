import { describe, expect, it } from "vitest";
import { safeNext } from "./next";
import { atLeast, grantableRoles } from "./session";

describe("where signing in leads", () => {
  it.each(["/team", "/audit?action=connect.started", "/connections?pending=s1"])("to_a_page_of_ours: %s", (next) => {
    expect(safeNext(next)).toBe(next);
  });

  it.each([undefined, "", "https://evil.example", "//evil.example", "/\\evil.example", "/sign-in?next=/team", "/invite"])(
    "never_elsewhere: %s",
    (next) => {
      expect(safeNext(next)).toBe("/connections");
    },
  );
});

describe("roles", () => {
  it("nobody_hands_out_more_than_they_have", () => {
    expect(grantableRoles("owner")).toEqual(["owner", "admin", "agent", "viewer"]);
    expect(grantableRoles("admin")).toEqual(["admin", "agent", "viewer"]);
    expect(grantableRoles("agent")).toEqual([]);
  });

  it("are_ordered", () => {
    expect(atLeast("owner", "admin")).toBe(true);
    expect(atLeast("agent", "admin")).toBe(false);
  });
});
