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
