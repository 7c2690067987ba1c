import { Box } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { Tone } from "./Banner";

interface BadgeProps {
  tone: Tone | "quiet";
  icon?: LucideIcon;
  children: ReactNode;
}

/** Shows a state in words, with an icon. The colour only helps. */
export function Badge({ tone, icon: Icon, children }: BadgeProps) {
  const quiet = tone === "quiet";
  return (
    <Box
      component="span"
      style={{
        display: "inline-flex",
        alignItems: "center",
        gap: 5,
        padding: "3px 10px",
        borderRadius: 999,
        fontSize: "0.8125rem",
        fontWeight: 550,
        whiteSpace: "nowrap",
        background: quiet ? "var(--wk-quiet-bg)" : `var(--wk-${tone}-bg)`,
        color: quiet ? "var(--mantine-color-dimmed)" : `var(--wk-${tone})`,
      }}
    >
      {Icon && <Icon size={14} aria-hidden />}
      {children}
    </Box>
  );
}
