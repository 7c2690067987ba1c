import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { queryClient } from "./api/queryClient";
import { meQuery } from "./features/auth/session";
import { readReturn } from "./features/connections/connectReturn";
import { readFilters, type Filters } from "./features/inbox/filters";
import { readQueueSearch } from "./features/queue/search";
import { readWebhookSearch } from "./features/webhooks/search";
import { NotFound, PageError } from "./shell/Fallbacks";
import { Shell } from "./shell/Shell";

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

const root = createRootRoute({ notFoundComponent: NotFound, errorComponent: PageError });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search): { next?: string; org?: string } => {
    const next = text(search.next);
    const org = text(search.org);
    return { ...(next && { next }), ...(org && { org }) };
  },
  component: lazyRouteComponent(() => import("./features/auth/SignInPage"), "SignInPage"),
});

const invite = createRoute({
  getParentRoute: () => root,
  path: "/invite",
  component: lazyRouteComponent(() => import("./features/auth/InvitePage"), "InvitePage"),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: "/reset",
  component: lazyRouteComponent(() => import("./features/auth/ResetPage"), "ResetPage"),
});

/** Everything for signed-in people; whoever is not is sent to sign in and comes back. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ location }) => {
    const me = await queryClient.query({ ...meQuery, staleTime: "static" });
    if (!me) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  component: Shell,
  errorComponent: PageError,
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/connections" });
  },
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

/** The page itself reads which conversation is open; list and thread stay as they are while one goes from one to another. */
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
    home,
    signIn,
    invite,
    reset,
    shell.addChildren([inbox.addChildren([conversation]), connections, webhooks, platform, queue, team, audit, settings]),
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
