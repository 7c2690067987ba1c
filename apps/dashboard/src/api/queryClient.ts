import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "./problem";

/** Says whether to retry. Only a request without an answer or with a 5xx is retried: a refusal stays one. */
export function worthRetrying(failures: number, error: unknown): boolean {
  if (error instanceof ApiProblem && error.status < 500) return false;
  return failures < 2;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: worthRetrying, staleTime: 10_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});

interface Polled {
  state: { data: unknown; error: unknown };
}

/**
 * Repeats a query at an interval, but not after its first answer has failed. Each new try would swap the error on the page
 * for a skeleton: there the person tries again.
 */
export function every(ms: number) {
  return ({ state }: Polled): number | false => (state.data === undefined && state.error !== null ? false : ms);
}
