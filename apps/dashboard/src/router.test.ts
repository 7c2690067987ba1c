import { describe, expect, it } from "vitest";
import { PAGES } from "../build/pages";
import { router } from "./router";

describe("the pages of the router", () => {
  it("each_has_its_code_fetched_beside_the_entry", () => {
    const pages = Object.keys(router.routesByPath).filter((path) => path !== "/" && !path.includes("$"));
    expect(Object.keys(PAGES).sort()).toEqual(pages.sort());
  });
});
