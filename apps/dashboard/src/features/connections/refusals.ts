import { REFUSALS } from "../../api/refusals";

/** Words for a refusal: what happened, and what the person can do about it. */
export interface Refusal {
  title: string;
  detail: string;
  remedy: string;
}

/** The code of a login that the person gave up at Meta. */
export const CANCELLED = "access_denied";

const KNOWN: Partial<Record<string, Refusal>> = REFUSALS;

/** Words for a code of the callback; a code that we do not know is named rather than hidden. */
export function refusalOf(code: string): Refusal {
  return (
    KNOWN[code] ?? {
      title: "The number was not connected",
      detail: `Meta or the server refused with the code “${code}”.`,
      remedy: "Start again. If it happens again, tell whoever runs this server the code.",
    }
  );
}
