/** What the callback put into the address after a login in this window. */
export interface ConnectReturn {
  success?: "true";
  phoneNumber?: string;
  wabaId?: string;
  pending?: string;
  error?: string;
  sessionId?: string;
}

const KEYS = ["phoneNumber", "wabaId", "pending", "error", "sessionId"] as const;

/** Keeps the known parameters of the address, as strings. */
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

/** Whether an account is the one that the callback spoke of. */
export function isSamePhone(returned: string, account: { phoneNumberId: string; displayPhone: string }): boolean {
  const digits = (text: string) => text.replace(/\D/g, "");
  return returned === account.phoneNumberId || digits(returned) === digits(account.displayPhone);
}
