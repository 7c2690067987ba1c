import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { queryClient } from "./api/queryClient";
import { leaveToSignIn } from "./features/auth/next";
import { meQuery } from "./features/auth/session";
import { readReturn } from "./features/connections/connectReturn";
import { findHome } from "./features/home";
import { readFilters, type Filters } from "./features/inbox/filters";
import { readQueueSearch } from "./features/queue/search";
import { readWebhookSearch } from "./features/webhooks/search";
import { NotFound, PageError } from "./shell/Fallbacks";
import { Shell } from "./shell/Shell";

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

const root = createRootRoute({ errorComponent: PageError });

/** Holds the pages for signed-in people. Others are sent to sign in, and come back. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ location }) => {
    const me = await queryClient.query({ ...meQuery, staleTime: "static" });
    if (me) return;
    leaveToSignIn({ next: location.href });
    // The browser is leaving, so nothing more is shown here.
    await new Promise(() => undefined);
  },
  component: Shell,
  errorComponent: PageError,
});

const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: async () => {
    throw redirect({ to: await findHome(), replace: true });
  },
});

/** Takes any other address. It is inside of the shell, so that there is a way on. */
const unknown = createRoute({
  getParentRoute: () => shell,
  path: "$",
  component: NotFound,
});

const connections = createRoute({
  getParentRoute: () => shell,
  path: "/connections",
  validateSearch: readReturn,
  component: lazyRouteComponent(() => import("./features/connections/ConnectionsPage"), "ConnectionsPage"),
});

const inbox = createRoute({
  getParentRoute: () => shell,
  path: "/inbox",
  validateSearch: (search): Filters & { panel?: "details" } => ({
    ...readFilters(search),
    ...(search.panel === "details" && { panel: "details" as const }),
  }),
  component: lazyRouteComponent(() => import("./features/inbox/InboxPage"), "InboxPage"),
});

/** Names the open conversation. It has no component, so that list and thread stay while another is opened. */
const conversation = createRoute({
  getParentRoute: () => inbox,
  path: "/$conversationId",
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: "/webhooks",
  validateSearch: readWebhookSearch,
  component: lazyRouteComponent(() => import("./features/webhooks/WebhooksPage"), "WebhooksPage"),
});

const platform = createRoute({
  getParentRoute: () => shell,
  path: "/webhooks/platform",
  component: lazyRouteComponent(() => import("./features/webhooks/platform/PlatformPage"), "PlatformPage"),
});

const queue = createRoute({
  getParentRoute: () => shell,
  path: "/queue",
  validateSearch: readQueueSearch,
  component: lazyRouteComponent(() => import("./features/queue/QueuePage"), "QueuePage"),
});

const team = createRoute({
  getParentRoute: () => shell,
  path: "/team",
  component: lazyRouteComponent(() => import("./features/team/TeamPage"), "TeamPage"),
});

const audit = createRoute({
  getParentRoute: () => shell,
  path: "/audit",
  validateSearch: (search): { action?: string } => {
    const action = text(search.action);
    return action ? { action } : {};
  },
  component: lazyRouteComponent(() => import("./features/audit/AuditPage"), "AuditPage"),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: "/settings",
  component: lazyRouteComponent(() => import("./features/settings/SettingsPage"), "SettingsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    shell.addChildren([
      home,
      unknown,
      inbox.addChildren([conversation]),
      connections,
      webhooks,
      platform,
      queue,
      team,
      audit,
      settings,
    ]),
  ]),
  // Plain strings both ways: Meta's ids are too long for the numbers that the default parser makes of them.
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const query = new URLSearchParams(search as Record<string, string>).toString();
    return query ? `?${query}` : "";
  },
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
