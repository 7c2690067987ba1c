import { Cable, ScrollText, Settings, Users, type LucideIcon } from "lucide-react";

interface NavItem {
  to: "/connections" | "/team" | "/audit" | "/settings";
  label: string;
  icon: LucideIcon;
  /** Second key of the `g …` shortcut. */
  key: string;
}

export const NAV: NavItem[] = [
  { to: "/connections", label: "Connections", icon: Cable, key: "c" },
  { to: "/team", label: "Team", icon: Users, key: "t" },
  { to: "/audit", label: "Audit log", icon: ScrollText, key: "a" },
  { to: "/settings", label: "Settings", icon: Settings, key: "s" },
];
