import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, settle, unwrap } from "../../api/client";
import { readAll } from "../../api/pages";
import type { Role, TeamMember } from "../../api/types";

const PAGE = 200;

export const teamQuery = queryOptions({
  queryKey: ["team"],
  queryFn: (): Promise<TeamMember[]> =>
    readAll((cursor) => unwrap(api.GET("/api/team", { params: { query: { limit: PAGE, ...(cursor && { cursor }) } } }))),
});

export const invitationsQuery = queryOptions({
  queryKey: ["invitations"],
  queryFn: async () => (await unwrap(api.GET("/api/team/invitations"))).data,
});

/** Acts on the team. Members and invitations are read again after it. */
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
