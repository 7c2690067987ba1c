import type { Role } from "../api/types";
import { atLeast } from "../features/auth/session";
import { Cable, MessagesSquare, ScrollText, Send, Settings, Users, Webhook, type LucideIcon } from "lucide-react";

export interface NavItem {
  to: "/inbox" | "/connections" | "/webhooks" | "/queue" | "/team" | "/audit" | "/settings";
  label: string;
  icon: LucideIcon;
  /** Only for admins: the server refuses others. */
  admin?: true;
  /** The second key of the `g …` shortcut. */
  key: string;
}

const NAV: NavItem[] = [
  { to: "/inbox", label: "Inbox", icon: MessagesSquare, key: "i" },
  { to: "/connections", label: "Connections", icon: Cable, key: "c" },
  { to: "/webhooks", label: "Webhooks", icon: Webhook, key: "w" },
  { to: "/queue", label: "Queue", icon: Send, key: "q" },
  { to: "/team", label: "Team", icon: Users, key: "t" },
  { to: "/audit", label: "Audit log", icon: ScrollText, key: "a", admin: true },
  { to: "/settings", label: "Settings", icon: Settings, key: "s" },
];

/** Returns the pages that a role can open. */
export function navFor(role: Role): NavItem[] {
  return NAV.filter((item) => !item.admin || atLeast(role, "admin"));
}
