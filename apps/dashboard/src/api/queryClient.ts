import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "./problem";

/** A refusal stays a refusal: only what got no answer, or a server's own failure, is tried again. */
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
