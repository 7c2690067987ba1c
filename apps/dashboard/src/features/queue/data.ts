import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { paging } from "../../api/pages";
import { every } from "../../api/queryClient";
import { listOutbound, listQueues, setPaused, type OutboundFilters, type Queue } from "../../api/send";

const WATCH_MS = 2_000;
const LIST_MS = 5_000;
const PAGE = 50;

export const queuesQuery = queryOptions({ queryKey: ["queues"], queryFn: listQueues, refetchInterval: every(WATCH_MS) });

export function outboundQuery(filters: OutboundFilters) {
  return infiniteQueryOptions({
    queryKey: ["outbound", filters],
    queryFn: ({ pageParam, signal }) => listOutbound(filters, { limit: PAGE, ...(pageParam && { cursor: pageParam }) }, signal),
    ...paging,
    // The list refreshes by itself until the reader pages back; then it stands still under them.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) <= 1 ? every(LIST_MS)(query) : false),
  });
}

/** Pauses or resumes sending from one number. */
export function usePause(accountId: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (paused: boolean) => setPaused(accountId, paused),
    onSuccess: (fresh) =>
      queries.setQueryData<Queue[]>(queuesQuery.queryKey, (all) => all?.map((each) => (each.accountId === fresh.accountId ? fresh : each))),
    onSettled: () => void queries.invalidateQueries({ queryKey: queuesQuery.queryKey }),
  });
}
