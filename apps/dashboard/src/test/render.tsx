import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { render, type RenderResult } from "@testing-library/react";
import type { ReactNode } from "react";
import type { Role } from "../api/types";
import { meQuery } from "../features/auth/session";
import { theme } from "../theme";
import { aMe } from "./fixtures";

/** Renders with all that a page finds around it; nothing is asked of a server. */
export function show(children: ReactNode, role: Role = "owner"): RenderResult {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  queries.setQueryData(meQuery.queryKey, aMe(role));
  return render(
    <MantineProvider theme={theme} env="test">
      <QueryClientProvider client={queries}>{children}</QueryClientProvider>
    </MantineProvider>,
  );
}

/** The same for what leads to other pages. */
export async function showAt(children: ReactNode, role: Role = "owner"): Promise<RenderResult> {
  const router = createRouter({ routeTree: createRootRoute({ component: () => children }), history: createMemoryHistory() });
  await router.load();
  return show(<RouterProvider router={router as never} />, role);
}
