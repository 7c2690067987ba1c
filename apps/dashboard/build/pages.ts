/** The module of each page, by the beginning of its address. The longest that fits counts. */
export const PAGES: Record<string, string> = {
  "/inbox": "features/inbox/InboxPage.tsx",
  "/connections": "features/connections/ConnectionsPage.tsx",
  "/webhooks": "features/webhooks/WebhooksPage.tsx",
  "/webhooks/platform": "features/webhooks/platform/PlatformPage.tsx",
  "/queue": "features/queue/QueuePage.tsx",
  "/team": "features/team/TeamPage.tsx",
  "/audit": "features/audit/AuditPage.tsx",
  "/settings": "features/settings/SettingsPage.tsx",
};
