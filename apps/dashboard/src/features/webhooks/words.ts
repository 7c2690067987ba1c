import type { components } from "../../api/schema";
import type { WabaTraffic, WebhookHealth, WebhookMinute } from "../../api/types";
import type { Tone } from "../../ui/Banner";
import { secondsAgo } from "../../ui/time";

/** Words a rate in whole numbers, or "less than 1". */
export function rateWords(perMinute: number): string {
  if (perMinute > 0 && perMinute < 1) return "less than 1";
  return Math.round(perMinute).toLocaleString("en");
}

/** Words the health of receiving, with its tone: "Receiving: 12 a minute, last 3 s ago". */
export function healthSentence(health: WebhookHealth, now: number): { words: string; tone: Tone | "quiet" } {
  const { perMinute, lastAt } = health.receiving;
  if (!lastAt) return { words: "Nothing has arrived yet", tone: "quiet" };
  const last = `last ${secondsAgo(Date.parse(lastAt), now)}`;
  if (perMinute === 0) return { words: `Quiet: ${last}`, tone: "quiet" };
  return { words: `Receiving: ${rateWords(perMinute)} a minute, ${last}`, tone: "ok" };
}

export interface Bar {
  minute: string;
  changes: number;
  parked: number;
}

const SHOWN_MINUTES = 60;
const MINUTE_MS = 60_000;

/** Adds up the changes of all WABAs, a bar for each of the last 60 minutes. */
export function bars(wabas: readonly Pick<WabaTraffic, "minutes">[], now: number): Bar[] {
  const byMinute = new Map<number, { changes: number; parked: number }>();
  for (const minute of wabas.flatMap<WebhookMinute>((waba) => waba.minutes)) {
    const at = Math.floor(Date.parse(minute.minute) / MINUTE_MS);
    const known = byMinute.get(at) ?? { changes: 0, parked: 0 };
    byMinute.set(at, { changes: known.changes + minute.changes, parked: known.parked + minute.parked });
  }
  const last = Math.floor(now / MINUTE_MS);
  return Array.from({ length: SHOWN_MINUTES }, (_, at) => {
    const minute = last - SHOWN_MINUTES + 1 + at;
    return { minute: new Date(minute * MINUTE_MS).toISOString(), ...(byMinute.get(minute) ?? { changes: 0, parked: 0 }) };
  });
}

/** Reads the kind and id of a lane: "n:5300…" is a number. */
export function laneWords(lane: string): { kind: string; id: string } {
  const [kind, ...rest] = lane.split(":");
  const id = rest.join(":");
  if (kind === "n" && id) return { kind: "Number", id };
  if (kind === "w" && id) return { kind: "WABA", id };
  return { kind: "Names no number", id: "" };
}

interface StateWords {
  words: string;
  tone: Tone | "quiet";
}

/** The words of each state. A state of the API without words does not compile. */
const STATES: Record<components["schemas"]["ChangeState"] | components["schemas"]["ParkedState"], StateWords> = {
  queued: { words: "Waiting", tone: "info" },
  applied: { words: "Applied", tone: "ok" },
  parked: { words: "Parked", tone: "bad" },
  retrying: { words: "Tried again by itself", tone: "warn" },
  homeless: { words: "Unknown number", tone: "warn" },
  unsupported: { words: "Not understood yet", tone: "quiet" },
};

const KNOWN: Partial<Record<string, StateWords>> = STATES;

export function stateWords(state: string): StateWords {
  return KNOWN[state] ?? { words: state.replaceAll("_", " "), tone: "quiet" };
}

/** Words a reason: `invalid_item` is "Invalid item". */
export function reasonWords(reason: string): string {
  const words = reason.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Pretty-prints JSON. Any other text stays as it came. */
export function pretty(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}

export function count(many: number, one: string, more = `${one}s`): string {
  return many === 1 ? `1 ${one}` : `${many.toLocaleString("en")} ${more}`;
}

/** The fields that Meta sends most, as suggestions. Any other can be typed. */
export const FIELDS = [
  "messages",
  "smb_message_echoes",
  "history",
  "smb_app_state_sync",
  "message_template_status_update",
  "message_template_quality_update",
  "template_category_update",
  "account_update",
  "account_alerts",
  "account_review_update",
  "phone_number_name_update",
  "phone_number_quality_update",
  "business_capability_update",
  "security",
  "user_preferences",
  "user_id_update",
  "calls",
  "flows",
];
