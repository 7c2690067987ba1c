import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, settle, unwrap } from "../../api/client";
import type { Role, TeamMember } from "../../api/types";

const PAGE = 200;

export const teamQuery = queryOptions({
  queryKey: ["team"],
  queryFn: async (): Promise<TeamMember[]> => {
    const all: TeamMember[] = [];
    let cursor: string | undefined;
    do {
      const page = await unwrap(api.GET("/api/team", { params: { query: { limit: PAGE, ...(cursor && { cursor }) } } }));
      all.push(...page.data);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return all;
  },
});

export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: async () => (await unwrap(api.GET("/api/team/invitations"))).data,
});

/** The list of members or invitations is read again after any act on it. */
export function useTeamAct<Variables, Answer>(act: (variables: Variables) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: teamQuery.queryKey }),
        queries.invalidateQueries({ queryKey: invitationsQuery.queryKey }),
      ]),
  });
}

export const changeRole = ({ userId, role }: { userId: string; role: Role }) =>
  unwrap(api.PATCH("/api/team/{userId}", { params: { path: { userId } }, body: { role } }));

export const removeMember = (userId: string) =>
  settle(api.DELETE("/api/team/{userId}", { params: { path: { userId } } }));

export const makeResetLink = (userId: string) =>
  unwrap(api.POST("/api/team/{userId}/password-reset", { params: { path: { userId } } }));

export const endTwoFactor = (userId: string) =>
  settle(api.DELETE("/api/team/{userId}/two-factor", { params: { path: { userId } } }));

export const invite = (body: { email: string; role: Role }) => unwrap(api.POST("/api/team/invitations", { body }));

export const withdrawInvitation = (id: string) =>
  settle(api.DELETE("/api/team/invitations/{id}", { params: { path: { id } } }));
