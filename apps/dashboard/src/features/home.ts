import { queryClient } from "../api/queryClient";
import type { Role } from "../api/types";
import { atLeast, meQuery } from "./auth/session";
import { accountsQuery } from "./connections/data";

type Home = "/inbox" | "/connections";

/** Returns the home page of a person: the inbox, or the connections for an admin without a connected number. */
export function homeFor(role: Role, hasNumber: boolean): Home {
  return atLeast(role, "admin") && !hasNumber ? "/connections" : "/inbox";
}

/** Finds the home page of the signed-in person. It is the inbox where the numbers cannot be read: that page says why. */
export async function findHome(): Promise<Home> {
  const me = await queryClient.query({ ...meQuery, staleTime: "static" });
  if (!me || !atLeast(me.org.role, "admin")) return "/inbox";
  const accounts = await queryClient.query(accountsQuery).catch(() => undefined);
  return homeFor(me.org.role, accounts?.some((account) => account.isActive) ?? true);
}
