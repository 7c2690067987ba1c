/** The result of a login in this window, as the callback put it into the address. */
export interface ConnectReturn {
  success?: "true";
  phoneNumber?: string;
  wabaId?: string;
  pending?: string;
  error?: string;
  sessionId?: string;
}

const KEYS = ["phoneNumber", "wabaId", "pending", "error", "sessionId"] as const;

/** Reads the known parameters of the address, as strings. */
export function readReturn(search: Record<string, unknown>): ConnectReturn {
  const found: ConnectReturn = {};
  if (search.success === "true") found.success = "true";
  for (const key of KEYS) {
    const value = search[key];
    if (typeof value === "string" && value !== "" && value.length < 200) found[key] = value;
  }
  return found;
}

export function isReturn(search: ConnectReturn): boolean {
  return search.success !== undefined || search.pending !== undefined || search.error !== undefined;
}

/** Says whether an account has the number that the callback named. */
export function isSamePhone(returned: string, account: { phoneNumberId: string; displayPhone: string }): boolean {
  const digits = (text: string) => text.replace(/\D/g, "");
  return returned === account.phoneNumberId || digits(returned) === digits(account.displayPhone);
}
