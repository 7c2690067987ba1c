import { Box, Stack, Text, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";

/** Frames one card of the settings. */
export function Section({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Box component="section" className="wk-card" p={{ base: "md", sm: "lg" }} aria-labelledby={id}>
      <Stack gap="md">
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          {lead && (
            <Text size="sm" c="dimmed" maw={640}>
              {lead}
            </Text>
          )}
        </div>
        {children}
      </Stack>
    </Box>
  );
}
