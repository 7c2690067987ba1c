import { describe, expect, it } from "vitest";
import { flatten, hasMore, readAll, repage, type Pages } from "./pages";

const pages = (...lists: string[][]): Pages<{ id: string }> => ({
  pages: lists.map((ids, at) => ({ data: ids.map((id) => ({ id })), nextCursor: at < lists.length - 1 ? "next" : "more" })),
  pageParams: lists.map(() => ""),
});
const ids = (of: Pages<{ id: string }>) => of.pages.map((page) => page.data.map((item) => item.id));

describe("pages of a list that moves", () => {
  it("what_moved_between_two_readings_is_there_once", () => {
    expect(flatten(pages(["a", "b"], ["b", "c"])).map((item) => item.id)).toEqual(["a", "b", "c"]);
  });

  it("new_items_grow_the_first_page_only_so_that_older_cursors_still_fit", () => {
    const grown = repage(pages(["a", "b"], ["c", "d"]), ["x", "a", "b", "c", "d"].map((id) => ({ id })));
    expect(ids(grown)).toEqual([["x", "a", "b"], ["c", "d"]]);
    expect(hasMore(grown)).toBe(true);
  });

  it("a_list_that_shrank_loses_nothing_else", () => {
    expect(flatten(repage(pages(["a", "b"], ["c", "d"]), [{ id: "d" }])).map((item) => item.id)).toEqual(["d"]);
  });

  it("a_short_list_is_read_to_its_end", async () => {
    const stored = [["a", "b"], ["c"], []];
    const asked: (string | undefined)[] = [];
    const all = await readAll((cursor) => {
      asked.push(cursor);
      const at = Number(cursor ?? 0);
      return Promise.resolve({ data: stored[at] ?? [], nextCursor: at < 2 ? String(at + 1) : null });
    });
    expect(all).toEqual(["a", "b", "c"]);
    expect(asked).toEqual([undefined, "1", "2"]);
  });

  it("nothing_loaded_is_an_empty_list", () => {
    expect(flatten(undefined)).toEqual([]);
  });
});
