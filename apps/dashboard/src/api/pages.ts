import type { InfiniteData } from "@tanstack/react-query";

export interface ListPage<Item> {
  data: Item[];
  nextCursor?: string | null;
}

export type Pages<Item> = InfiniteData<ListPage<Item>, string>;

/** All that is loaded. What moved from one page to another while paging is there once, as first met: the newer. */
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

/** Puts a changed list back into its pages: older pages keep their size, what is new is in the first. */
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

/** Paging options that every list has. */
export const paging = {
  initialPageParam: "",
  getNextPageParam: (page: ListPage<unknown>) => page.nextCursor ?? undefined,
};
