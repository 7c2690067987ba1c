import type { InfiniteData } from "@tanstack/react-query";

export interface ListPage<Item> {
  data: Item[];
  nextCursor?: string | null;
}

export type Pages<Item> = InfiniteData<ListPage<Item>, string>;

/** Returns all loaded items. An item that moved to another page between two readings is there once, in its newer form. */
export function flatten<Item extends { id: string }>(pages: { pages: ListPage<Item>[] } | undefined): Item[] {
  const seen = new Set<string>();
  const all: Item[] = [];
  for (const page of pages?.pages ?? []) {
    for (const item of page.data) {
      if (seen.has(item.id)) continue;
      seen.add(item.id);
      all.push(item);
    }
  }
  return all;
}

export function hasMore<Item>(pages: Pages<Item>): boolean {
  return pages.pages.at(-1)?.nextCursor != null;
}

/** Puts a changed list back into its pages. Older pages keep their size, so new items grow the first. */
export function repage<Item extends { id: string }>(pages: Pages<Item>, items: Item[]): Pages<Item> {
  let end = items.length;
  const out = [...pages.pages].reverse().map((page, back) => {
    const first = back === pages.pages.length - 1;
    const start = first ? 0 : Math.max(0, end - page.data.length);
    const data = items.slice(start, end);
    end = start;
    return { ...page, data };
  });
  return { ...pages, pages: out.reverse() };
}

/** The paging options of every list. */
export const paging = {
  initialPageParam: "",
  getNextPageParam: (page: ListPage<unknown>) => page.nextCursor ?? undefined,
};

/** Reads all pages of a list that is short enough to be held whole. */
export async function readAll<Item>(read: (cursor: string | undefined) => Promise<ListPage<Item>>): Promise<Item[]> {
  const all: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    all.push(...page.data);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  return all;
}
