import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, type RenderResult } from "@testing-library/react";
import type { ReactNode } from "react";
import type { Role } from "../api/types";
import { meQuery } from "../features/auth/session";
import { theme } from "../theme";
import { aMe } from "./fixtures";

/** Renders with the providers of a page. Nobody has to answer requests for the signed-in person. */
export function show(children: ReactNode, role: Role = "owner"): RenderResult {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  queries.setQueryData(meQuery.queryKey, aMe(role));
  return render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </MantineProvider>,
  );
}

/** Renders with a router too, for components with links. */
export async function showAt(children: ReactNode, role: Role = "owner"): Promise<RenderResult> {
  const router = createRouter({ routeTree: createRootRoute({ component: () => children }), history: createMemoryHistory() });
  await router.load();
  return show(<RouterProvider router={router as never} />, role);
}
