import { queryClient } from "../api/queryClient";
import type { Role } from "../api/types";
import { atLeast, meQuery } from "./auth/session";
import { accountsQuery } from "./connections/data";

type Home = "/inbox" | "/connections";

/** Where a person's day begins: at the conversations, but for who must connect a number first. */
export function homeFor(role: Role, hasNumber: boolean): Home {
  return atLeast(role, "admin") && !hasNumber ? "/connections" : "/inbox";
}

/** The home of the signed-in person. Where the numbers cannot be read, the inbox says so itself. */
export async function findHome(): Promise<Home> {
  const me = await queryClient.query({ ...meQuery, staleTime: "static" });
  if (!me || !atLeast(me.org.role, "admin")) return "/inbox";
  const accounts = await queryClient.query(accountsQuery).catch(() => undefined);
  return homeFor(me.org.role, accounts?.some((account) => account.isActive) ?? true);
}
