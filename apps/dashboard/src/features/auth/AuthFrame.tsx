import { Box, Center, Group, Stack, Text, Title } from "@mantine/core";
import { useEffect, type ReactNode } from "react";
import { LogoMark } from "../../ui/Logo";

/** The frame of every page that is shown before sign-in. */
export function AuthFrame({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Wabakit`;
  }, [title]);
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={400} gap="xl">
        <Group gap={10} justify="center">
          <LogoMark size={36} />
          <Text fw={700} fz={24} style={{ letterSpacing: "-0.02em" }}>
            Wabakit
          </Text>
        </Group>
        <Box className="wk-card" p={{ base: "lg", xs: 32 }}>
          <Title order={1} fz="1.25rem" mb={4}>
            {title}
          </Title>
          {lead && (
            <Text c="dimmed" size="sm">
              {lead}
            </Text>
          )}
          <Box mt="lg">{children}</Box>
        </Box>
      </Stack>
    </Center>
  );
}
