import type { Account, ConnectStep, Expiry, GrantView, Role, Warning } from "../../api/types";
import type { Tone } from "../../ui/Banner";
import { day } from "../../ui/time";

export const STEP_WORDS: Record<ConnectStep["step"], string> = {
  exchange_code: "Take over the login from Meta",
  exchange_long_lived: "Ask for a token that lasts",
  inspect_token: "Check the rights that were given",
  find_assets: "Find businesses and numbers",
  choose: "Choose the numbers",
  subscribe: "Switch on messages",
  register: "Register the number",
  read_health: "Read the number's health",
  activate: "Seal the token and connect",
};

/** The rights that Meta is asked for, with the reasons. */
export const RIGHTS: { scope: string; name: string; why: string }[] = [
  {
    scope: "whatsapp_business_management",
    name: "Manage your WhatsApp accounts",
    why: "to find your numbers, switch on messages, and read quality and limits.",
  },
  {
    scope: "whatsapp_business_messaging",
    name: "Send and receive messages",
    why: "to move messages between WhatsApp and this product in your name.",
  },
  {
    scope: "business_management",
    name: "See your business portfolio",
    why: "to know which WhatsApp accounts belong to which of your businesses.",
  },
];

export const ROLE_WORDS: Record<Role, { name: string; may: string }> = {
  owner: { name: "Owner", may: "everything, and can make other owners" },
  admin: { name: "Admin", may: "connect numbers, manage team and settings" },
  agent: { name: "Agent", may: "work with conversations, see connections" },
  viewer: { name: "Viewer", may: "look, and change nothing" },
};

const QUALITY: Record<string, { word: string; tone: Tone | "quiet" }> = {
  GREEN: { word: "High", tone: "ok" },
  YELLOW: { word: "Medium", tone: "warn" },
  RED: { word: "Low", tone: "bad" },
  UNKNOWN: { word: "Not rated yet", tone: "quiet" },
  NA: { word: "Not rated yet", tone: "quiet" },
};

/** Words Meta's quality rating. An unknown rating is shown as it came. */
export function qualityWords(rating: string | null | undefined): { word: string; tone: Tone | "quiet" } {
  if (!rating) return { word: "Not known", tone: "quiet" };
  return QUALITY[rating.toUpperCase()] ?? { word: rating, tone: "quiet" };
}

/** Words a messaging limit: `TIER_2K` is "2,000 people a day". */
export function limitWords(limit: string | null | undefined): string {
  if (!limit) return "Not known";
  const tier = /^TIER_(\d+)(K?)$/.exec(limit.toUpperCase());
  if (tier) {
    const size = Number(tier[1]) * (tier[2] ? 1000 : 1);
    return `${size.toLocaleString("en")} people a day`;
  }
  return limit.toUpperCase() === "TIER_UNLIMITED" ? "Unlimited" : limit;
}

/** Words Meta's throughput level, in messages a second. */
export function throughputWords(level: string | null | undefined): string {
  switch (level?.toUpperCase()) {
    case undefined:
    case "":
    case "NOT_APPLICABLE":
      return "Not known";
    case "STANDARD":
      return "80 a second";
    case "HIGH":
      return "1,000 a second";
    default:
      return level ?? "Not known";
  }
}

/** Words a constant of Meta: `CONNECTED` is "Connected". */
export function plain(value: string | null | undefined): string {
  if (!value) return "Not known";
  const words = value.replaceAll("_", " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export interface ClockWords {
  /** "Automatic", "Renew by …", "You must click" once the end is near, or "Nothing to do". */
  who: string;
  /** The end of the time. */
  when: string;
  at?: string;
  tone: Tone | "quiet";
}

const DAY_MS = 86_400_000;
/** Days before the end from which the page says that a person must act. Until then it only names the date. */
const MUST_FROM_DAYS = 14;
const URGENT_DAYS = 7;

function clock(expiry: Expiry, renewal: GrantView["renewal"], now: number): ClockWords {
  if (expiry.kind === "never") return { who: "Nothing to do", when: "never ends", tone: "ok" };
  if (expiry.kind === "unknown" || !expiry.at) {
    return { who: "Not known", when: "Meta did not say", tone: "quiet" };
  }
  const at = expiry.at;
  if (renewal === "automatic") return { who: "Automatic", when: `renewed before ${day(at)}`, at, tone: "ok" };
  const days = (Date.parse(at) - now) / DAY_MS;
  if (days < MUST_FROM_DAYS) return { who: "You must click", when: `Reconnect before ${day(at)}`, at, tone: days < URGENT_DAYS ? "warn" : "info" };
  return { who: `Renew by ${day(at)}`, when: `in ${Math.floor(days)} days, by Reconnect`, at, tone: "quiet" };
}

/** Words the clock of the token. */
export function tokenClock(grant: GrantView, now: number): ClockWords {
  return clock(grant.tokenExpiry, grant.renewal, now);
}

/** Words the clock of the access to data. Only a person's login renews it, whatever renews the token. */
export function dataClock(grant: GrantView, now: number): ClockWords {
  return clock(grant.dataAccessExpiry, "manual", now);
}

const URGENCY: Record<Warning["severity"], number> = { critical: 0, warning: 1, info: 2 };

/** Sorts warnings: most urgent first, then by the time at which each is due. */
export function byUrgency(warnings: readonly Warning[]): Warning[] {
  return [...warnings].sort(
    (a, b) => URGENCY[a.severity] - URGENCY[b.severity] || Date.parse(a.at) - Date.parse(b.at),
  );
}

export const WARNING_TONE: Record<Warning["severity"], Tone> = { critical: "bad", warning: "warn", info: "info" };

/** Counts numbers in words: "1 number", "2 numbers". */
export function numbers(count: number): string {
  return count === 1 ? "1 number" : `${count} numbers`;
}

/** Sorts accounts: the default first, those that need attention next, disconnected ones last. */
export function byStanding(accounts: readonly Account[]): Account[] {
  const rank = (account: Account) =>
    account.state === "disconnected" ? 3 : account.isDefault ? 0 : account.state === "needs_attention" ? 1 : 2;
  return [...accounts].sort((a, b) => rank(a) - rank(b) || a.displayName.localeCompare(b.displayName));
}
