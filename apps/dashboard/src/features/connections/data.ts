import { queryOptions, useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { api, settle, unwrap } from "../../api/client";
import { readAll } from "../../api/pages";
import { ApiProblem } from "../../api/problem";
import { every } from "../../api/queryClient";
import type { Account, ConnectSession } from "../../api/types";
import { isWebUrl } from "./popup";

const REFRESH_MS = 15_000;
const WATCH_MS = 1_000;
const PAGE = 200;

export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: (): Promise<Account[]> =>
    readAll((cursor) => unwrap(api.GET("/api/accounts", { params: { query: { limit: PAGE, ...(cursor && { cursor }) } } }))),
  refetchInterval: every(REFRESH_MS),
});

export const warningsQuery = queryOptions({
  queryKey: ["warnings"],
  queryFn: async () => (await unwrap(api.GET("/api/connections/warnings"))).data,
  refetchInterval: every(REFRESH_MS),
});

export const openSessionsQuery = queryOptions({
  queryKey: ["connect-sessions", "open"],
  queryFn: async () =>
    (await unwrap(api.GET("/api/connect-sessions", { params: { query: { status: "open" } } }))).data,
  refetchInterval: every(REFRESH_MS),
});

/** Says whether the session can change without an act on this page. */
export function isMoving(session: ConnectSession | undefined): boolean {
  return session === undefined || session.status === "awaiting_login" || session.status === "running";
}

export function sessionQuery(id: string) {
  return queryOptions({
    queryKey: ["connect-sessions", id],
    queryFn: () => unwrap(api.GET("/api/connect-sessions/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (query.state.error === null && isMoving(query.state.data) ? WATCH_MS : false),
    staleTime: 0,
  });
}

export interface Started {
  sessionId: string;
  authUrl: string;
}

/** Begins a connect session. The answer sets the cookie that binds it to this browser. */
export async function startConnect(mode: "popup" | "redirect", metaAppId?: string): Promise<Started> {
  const { sessionId, authUrl } = await unwrap(
    api.GET("/auth/meta-oauth/init", { params: { query: { mode, ...(metaAppId && { metaAppId }) } } }),
  );
  if (!authUrl || !isWebUrl(authUrl)) {
    throw new ApiProblem({
      status: 0,
      code: "bad_auth_url",
      title: "The login cannot be opened",
      detail: "The server gave no usable address of Meta's login page.",
      remedy: "Whoever runs this server must check META_DIALOG_URL.",
      fields: {},
    });
  }
  return { sessionId, authUrl };
}

export type SessionAct =
  | { act: "choose"; phoneNumberIds: string[] }
  | { act: "resume"; pin?: string }
  | { act: "confirm" }
  | { act: "cancel" };

function perform(id: string, act: SessionAct): Promise<ConnectSession> {
  const params = { path: { id } };
  switch (act.act) {
    case "choose":
      return unwrap(
        api.POST("/api/connect-sessions/{id}/choose", { params, body: { phoneNumberIds: act.phoneNumberIds } }),
      );
    case "resume":
      return unwrap(
        api.POST("/api/connect-sessions/{id}/resume", { params, body: act.pin ? { pin: act.pin } : {} }),
      );
    case "confirm":
      return unwrap(api.POST("/api/connect-sessions/{id}/confirm", { params }));
    case "cancel":
      return unwrap(api.POST("/api/connect-sessions/{id}/cancel", { params }));
  }
}

export type ActOnSession = UseMutationResult<ConnectSession, Error, SessionAct>;

export function useActOnSession(id: string): ActOnSession {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (act: SessionAct) => perform(id, act),
    onSuccess: (session) => {
      queries.setQueryData(sessionQuery(id).queryKey, session);
      refreshConnections(queries);
    },
  });
}

/** Reads cards, warnings and open sessions again. */
export function refreshConnections(queries: ReturnType<typeof useQueryClient>): void {
  void queries.invalidateQueries({ queryKey: accountsQuery.queryKey });
  void queries.invalidateQueries({ queryKey: warningsQuery.queryKey });
  void queries.invalidateQueries({ queryKey: ["connect-sessions"] });
}

export type AccountAct =
  | { act: "verify" }
  | { act: "rename"; displayName: string }
  | { act: "makeDefault" }
  | { act: "register"; pin?: string }
  | { act: "disconnect" };

async function performOnAccount(account: Account, act: AccountAct): Promise<void> {
  const params = { path: { id: account.id } };
  switch (act.act) {
    case "verify":
      return settle(api.POST("/api/accounts/{id}/verify", { params }));
    case "rename":
      return settle(
        api.PATCH("/api/accounts/{id}", { params, body: { displayName: act.displayName, version: account.version } }),
      );
    case "makeDefault":
      return settle(api.PATCH("/api/accounts/{id}", { params, body: { isDefault: true, version: account.version } }));
    case "register":
      return settle(api.POST("/api/accounts/{id}/register", { params, body: act.pin ? { pin: act.pin } : {} }));
    case "disconnect":
      return settle(api.POST("/api/integrations/whatsapp/disconnect", { body: { accountId: account.id } }));
  }
}

/** Acts on one number. The cards are read again, also after a failure. */
export function useActOnAccount(account: Account) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (act: AccountAct) => performOnAccount(account, act),
    onSettled: () => refreshConnections(queries),
  });
}
