import { Box, Group, Stack, Text } from "@mantine/core";
import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

export type Tone = "info" | "ok" | "warn" | "bad";

const ICON = { info: Info, ok: CircleCheck, warn: TriangleAlert, bad: CircleAlert };

interface BannerProps {
  tone: Tone;
  title: string;
  children?: ReactNode;
  /** Buttons that cure it. */
  actions?: ReactNode;
  /** Announces it at once to screen readers: for a banner that appears by itself. */
  live?: boolean;
}

/** Shows a state that lasts, with its cure. */
export function Banner({ tone, title, children, actions, live = false }: BannerProps) {
  const Icon = ICON[tone];
  return (
    <Box
      role={live ? "alert" : "group"}
      aria-label={live ? undefined : title}
      data-tone={tone}
      p="md"
      style={{
        background: `var(--wk-${tone}-bg)`,
        borderRadius: 12,
        border: `1px solid color-mix(in srgb, var(--wk-${tone}) 22%, transparent)`,
      }}
    >
      <Group align="flex-start" gap="sm" wrap="nowrap">
        <Icon size={20} aria-hidden style={{ color: `var(--wk-${tone})`, flexShrink: 0, marginTop: 1 }} />
        <Group justify="space-between" gap="sm" style={{ flex: 1, minWidth: 0 }}>
          <Stack gap={2} style={{ flex: "1 1 260px", minWidth: 0 }}>
            <Text fw={600} size="sm">
              {title}
            </Text>
            {children && (
              <Text component="div" size="sm">
                {children}
              </Text>
            )}
          </Stack>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
      </Group>
    </Box>
  );
}
