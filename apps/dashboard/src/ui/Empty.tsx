import { Stack, Text, Title } from "@mantine/core";
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

/** Stands in for an empty list: says what belongs here, and offers the next step. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <Stack className="wk-card" align="center" gap="sm" px="lg" py={48} ta="center">
      <Icon size={36} strokeWidth={1.5} aria-hidden style={{ color: "var(--wk-info)" }} />
      <Title order={2}>{title}</Title>
      <Text c="dimmed" maw={520}>
        {children}
      </Text>
      {action}
    </Stack>
  );
}
