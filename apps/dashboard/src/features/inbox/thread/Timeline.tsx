import { Box, Group, Stack, Text } from "@mantine/core";
import type { Message } from "../../../api/types";
import { exactTime } from "../../../ui/time";
import { tickOf } from "./ticks";

/** Lists the statuses of a message with their times, as Meta reported them. */
export function Timeline({ entries }: { entries: Message["timeline"] }) {
  if (entries.length === 0) return null;
  return (
    <Box>
      <Text size="xs" c="dimmed" mb={2}>
        Timeline
      </Text>
      <Stack component="ol" gap={2} m={0} p={0} style={{ listStyle: "none" }}>
        {entries.map((entry) => (
          <Group key={`${entry.status}${entry.participant ?? ""}${entry.at}`} component="li" justify="space-between" gap="xs">
            <Text size="sm">
              {tickOf("outbound", entry.status)?.words ?? entry.status}
              {entry.participant && ` by ${entry.participant}`}
            </Text>
            <Text size="sm" c="dimmed">
              {exactTime(entry.at)}
            </Text>
          </Group>
        ))}
      </Stack>
    </Box>
  );
}
