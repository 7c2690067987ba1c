import type { Conversation } from "../../api/types";

/** The filters of the list. The address holds them. */
export interface Filters {
  search?: string;
  accountId?: string;
  /** Only open ones without it. */
  state?: "closed" | "all";
  unread?: "true";
  /** A user's id, `me` or `none`. */
  assignee?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Reads filters from an address, and drops values that make no sense. */
export function readFilters(search: Record<string, unknown>): Filters {
  const filters: Filters = {};
  const words = text(search.search);
  const accountId = text(search.accountId);
  const assignee = text(search.assignee);
  if (words) filters.search = words;
  if (accountId) filters.accountId = accountId;
  if (search.state === "closed" || search.state === "all") filters.state = search.state;
  if (search.unread === "true") filters.unread = "true";
  if (assignee) filters.assignee = assignee;
  return filters;
}

/** Turns filters into parameters of the API. */
export function filterQuery(filters: Filters) {
  const state: "open" | "closed" | "all" = filters.state ?? "open";
  return {
    ...(filters.search && { search: filters.search }),
    ...(filters.accountId && { accountId: filters.accountId }),
    ...(state !== "all" && { state }),
    ...(filters.unread && { unread: true }),
    ...(filters.assignee && { assignee: filters.assignee }),
  };
}

export function isFiltered(filters: Filters): boolean {
  return Object.keys(filters).length > 0;
}

/**
 * Says whether a changed conversation still belongs to the list. Reading it does not take it out of the unread ones at
 * once: it would vanish under the reader's hand. Only the server can search, so a search is not checked.
 */
export function stays(conversation: Conversation, filters: Filters, me: string): boolean {
  const state = filters.state ?? "open";
  if (state !== "all" && conversation.state !== state) return false;
  if (filters.accountId && conversation.accountId !== filters.accountId) return false;
  if (filters.assignee === "none") return conversation.assigneeId == null;
  const assignee = filters.assignee === "me" ? me : filters.assignee;
  return !assignee || conversation.assigneeId === assignee;
}

/** Says whether a conversation that was not in the list belongs there now. */
export function enters(conversation: Conversation, filters: Filters, me: string): boolean {
  return !filters.search && stays(conversation, filters, me) && (!filters.unread || conversation.unread > 0);
}

/** Returns the filters without one of them. */
export function without<Kind extends object>(filters: Kind, key: keyof Kind): Partial<Kind> {
  return Object.fromEntries(Object.entries(filters).filter(([name]) => name !== key)) as Partial<Kind>;
}
