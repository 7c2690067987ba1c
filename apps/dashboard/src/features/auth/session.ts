import { queryOptions, useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";
import { ApiProblem } from "../../api/problem";
import type { Me, Role } from "../../api/types";

/** Who is signed in; null when nobody is. */
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

/** What signing in offers here: whether the server sends mail. */
export const signInOptionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: () => unwrap(api.GET("/auth/options")),
  staleTime: Infinity,
});

const RANK: Record<Role, number> = { viewer: 0, agent: 1, admin: 2, owner: 3 };

/** Whether a role reaches at least another. */
export function atLeast(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

/** Roles that somebody may hand out: never above their own. */
export function grantableRoles(own: Role): Role[] {
  const all: Role[] = ["owner", "admin", "agent", "viewer"];
  return atLeast(own, "admin") ? all.filter((role) => atLeast(own, role)) : [];
}

export interface Signed {
  me: Me;
  /** Connecting, inviting and settings need an admin. */
  isAdmin: boolean;
}

/** The signed-in person; only for pages under the shell, which waits for it. */
export function useSigned(): Signed {
  const { data } = useQuery(meQuery);
  if (!data) throw new Error("This page was shown before sign-in.");
  return { me: data, isAdmin: atLeast(data.org.role, "admin") };
}
