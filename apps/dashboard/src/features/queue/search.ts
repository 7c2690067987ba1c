import type { OutboundFilters } from "../../api/send";
import { STATUSES } from "./statuses";

/** The state of the queue page that its address holds. */
export interface QueueSearch extends OutboundFilters {
  /** The message whose details are open. */
  message?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function readQueueSearch(search: Record<string, unknown>): QueueSearch {
  const accountId = text(search.accountId);
  const stuck = search.stuck === true || search.stuck === "true";
  const status = stuck ? undefined : STATUSES.find((each) => each.value === search.status)?.value;
  const message = text(search.message);
  return { ...(accountId && { accountId }), ...(status && { status }), ...(stuck && { stuck: true as const }), ...(message && { message }) };
}
