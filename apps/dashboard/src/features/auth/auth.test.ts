import { describe, expect, it } from "vitest";
import { homeFor } from "../home";
import { BEFORE_SIGN_IN } from "./addresses";
import { takeFragmentToken } from "./fragment";
import { safeNext } from "./next";
import { atLeast, grantableRoles } from "./session";

describe("where signing in leads", () => {
  it.each(["/team", "/audit?action=connect.started", "/connections?pending=s1", "/inbox/0193#m", "/sign-in-help"])("to_a_page_of_ours: %s", (next) => {
    expect(safeNext(next)).toBe(next);
  });

  it.each([undefined, "", "https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\n/evil.example", "javascript:alert(1)", "/sign-in?next=/team", ...BEFORE_SIGN_IN.flatMap((page) => [`/${page}`, `/${page}#token`, `/${page}/more`])])(
    "never_elsewhere: %s",
    (next) => {
      expect(safeNext(next)).toBe("/");
    },
  );
});

describe("where a day begins", () => {
  it.each([
    ["owner", false, "/connections"],
    ["admin", false, "/connections"],
    ["owner", true, "/inbox"],
    ["admin", true, "/inbox"],
    ["agent", false, "/inbox"],
    ["agent", true, "/inbox"],
    ["viewer", false, "/inbox"],
  ] as const)("an %s with a number connected (%s) begins at %s", (role, hasNumber, home) => {
    expect(homeFor(role, hasNumber)).toBe(home);
  });
});

describe("the token of a one-time link", () => {
  it.each([
    ["#abc.def-1", "abc.def-1"],
    ["", ""],
    ["#half%", ""],
    ["#a%2Bb", "a+b"],
  ])("is_read_from_the_fragment_and_never_breaks_the_page: %s", (hash, token) => {
    window.history.replaceState(null, "", `/invite${hash}`);
    expect(takeFragmentToken()).toBe(token);
    expect(window.location.hash).toBe("");
  });
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
