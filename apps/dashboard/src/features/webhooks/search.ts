/** The state of the webhooks page that its address holds. */
export interface WebhookSearch {
  field?: string;
  from?: string;
  to?: string;
  /** The change whose details are open. */
  change?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function time(value: unknown): string | undefined {
  const words = text(value);
  return words && !Number.isNaN(Date.parse(words)) ? words : undefined;
}

export function readWebhookSearch(search: Record<string, unknown>): WebhookSearch {
  const field = text(search.field);
  const from = time(search.from);
  const to = time(search.to);
  const change = text(search.change);
  return { ...(field && { field }), ...(from && { from }), ...(to && { to }), ...(change && { change }) };
}
