import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, settle, unwrap } from "../../api/client";
import { paging } from "../../api/pages";
import { every } from "../../api/queryClient";

const WATCH_MS = 5_000;
const PAGE = 50;

/** The owner of parked items: the organisation, or the whole platform. */
export type Scope = "org" | "platform";

export const healthQuery = queryOptions({
  queryKey: ["webhooks", "health"],
  queryFn: () => unwrap(api.GET("/api/webhooks/health")),
  refetchInterval: every(WATCH_MS),
});

export interface ChangeFilters {
  field?: string;
  from?: string;
  to?: string;
}

export function changesQuery(filters: ChangeFilters) {
  return infiniteQueryOptions({
    queryKey: ["webhooks", "changes", filters],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/webhooks/changes", {
          params: {
            query: {
              limit: PAGE,
              ...(filters.field && { field: filters.field }),
              ...(filters.from && { from: new Date(filters.from).toISOString() }),
              ...(filters.to && { to: new Date(filters.to).toISOString() }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
        }),
      ),
    ...paging,
    // The log refreshes by itself until the reader pages back; then it stands still under them.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) <= 1 ? every(WATCH_MS)(query) : false),
  });
}

export function changeQuery(id: string, reveal: boolean) {
  return queryOptions({
    queryKey: ["webhooks", "change", id, reveal],
    queryFn: () =>
      unwrap(api.GET("/api/webhooks/changes/{id}", { params: { path: { id }, query: reveal ? { reveal } : {} } })),
    // Each revealed reading is a line in the audit log, so it is not repeated by itself.
    ...(reveal && { staleTime: Infinity, gcTime: 0 }),
    refetchOnWindowFocus: !reveal,
  });
}

export type ParkedState = "parked" | "retrying" | "homeless" | "unsupported";

export function parkedQuery(scope: Scope, state: ParkedState | undefined) {
  return infiniteQueryOptions({
    queryKey: ["webhooks", "parked", scope, state ?? ""],
    queryFn: ({ pageParam }) => {
      const params = { query: { limit: PAGE, ...(state && { state }), ...(pageParam && { cursor: pageParam }) } };
      return scope === "org"
        ? unwrap(api.GET("/api/webhooks/parked", { params }))
        : unwrap(api.GET("/api/operator/webhooks/parked", { params }));
    },
    ...paging,
  });
}

export function parkedRawQuery(scope: Scope, id: string, reveal: boolean) {
  return queryOptions({
    queryKey: ["webhooks", "parked-item", scope, id, reveal],
    queryFn: () => {
      const params = { path: { id }, query: reveal ? { reveal } : {} };
      return scope === "org"
        ? unwrap(api.GET("/api/webhooks/parked/{id}", { params }))
        : unwrap(api.GET("/api/operator/webhooks/parked/{id}", { params }));
    },
    ...(reveal && { staleTime: Infinity, gcTime: 0 }),
    refetchOnWindowFocus: !reveal,
  });
}

export const platformHealthQuery = queryOptions({
  queryKey: ["webhooks", "platform", "health"],
  queryFn: () => unwrap(api.GET("/api/operator/webhooks/health")),
  refetchInterval: every(WATCH_MS),
});

export function deliveriesQuery(unreadable: boolean) {
  return infiniteQueryOptions({
    queryKey: ["webhooks", "platform", "deliveries", unreadable],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/operator/webhooks/deliveries", {
          params: { query: { limit: PAGE, ...(unreadable && { unreadable }), ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    ...paging,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) <= 1 ? every(WATCH_MS)(query) : false),
  });
}

export function deliveryQuery(id: string, reveal: boolean) {
  return queryOptions({
    queryKey: ["webhooks", "platform", "delivery", id, reveal],
    queryFn: () =>
      unwrap(
        api.GET("/api/operator/webhooks/deliveries/{id}", { params: { path: { id }, query: reveal ? { reveal } : {} } }),
      ),
    ...(reveal && { staleTime: Infinity, gcTime: 0 }),
    refetchOnWindowFocus: !reveal,
  });
}

export const rejectionsQuery = queryOptions({
  queryKey: ["webhooks", "platform", "rejections"],
  queryFn: async () => (await unwrap(api.GET("/api/operator/webhooks/rejections"))).data,
  refetchInterval: every(WATCH_MS),
});

export type Replay = { parked: true } | { from: string; to: string };

export const replay = (scope: Scope, body: Replay) =>
  scope === "org"
    ? unwrap(api.POST("/api/webhooks/replay", { body }))
    : unwrap(api.POST("/api/operator/webhooks/replay", { body }));

export async function replayItem(scope: Scope, id: string): Promise<void> {
  const params = { path: { id } };
  await (scope === "org"
    ? settle(api.POST("/api/webhooks/parked/{id}/replay", { params }))
    : settle(api.POST("/api/operator/webhooks/parked/{id}/replay", { params })));
}

export async function discardItem(scope: Scope, id: string): Promise<void> {
  const params = { path: { id } };
  await (scope === "org"
    ? settle(api.DELETE("/api/webhooks/parked/{id}", { params }))
    : settle(api.DELETE("/api/operator/webhooks/parked/{id}", { params })));
}

export const sendTest = (accountId: string | undefined) =>
  unwrap(api.POST("/api/webhooks/test", { body: accountId ? { accountId } : {} }));

/** Acts on webhooks. All of these pages are read again after it. */
export function useWebhookAct<Variables, Answer>(act: (variables: Variables) => Promise<Answer>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: act,
    // Not awaited: the row may be gone by then, and with it the callbacks that report the result.
    onSettled: () => void queries.invalidateQueries({ queryKey: ["webhooks"] }),
  });
}
