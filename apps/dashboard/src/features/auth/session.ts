import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";
import { ApiProblem } from "../../api/problem";
import type { Me, Role } from "../../api/types";

/** The signed-in person, or null. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Me | null> => {
    try {
      return await unwrap(api.GET("/auth/me"));
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** The options of signing in: whether the server sends mail. */
export const signInOptionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: () => unwrap(api.GET("/auth/options")),
  staleTime: Infinity,
});

const RANK: Record<Role, number> = { viewer: 0, agent: 1, admin: 2, owner: 3 };

/** Says whether a role includes another. */
export function atLeast(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/** Returns the roles that a person may give to others: never above their own. */
export function grantableRoles(own: Role): Role[] {
  const all: Role[] = ["owner", "admin", "agent", "viewer"];
  return atLeast(own, "admin") ? all.filter((role) => atLeast(own, role)) : [];
}

export interface Signed {
  me: Me;
  /** Only admins connect numbers, invite people and change settings. */
  isAdmin: boolean;
}

/** Returns the signed-in person. Only pages under the shell may call it: the shell waits for the sign-in. */
export function useSigned(): Signed {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error("This page was shown before sign-in.");
  return { me: data, isAdmin: atLeast(data.org.role, "admin") };
}
