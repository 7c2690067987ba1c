import { Box, Button, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { Candidate } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { numbers, qualityWords } from "./words";

interface ChooserProps {
  candidates: readonly Candidate[];
  busy: boolean;
  onChoose: (phoneNumberIds: string[]) => void;
}

/** Lets a person choose among several numbers, and says why some cannot be picked. */
export function Chooser({ candidates, busy, onChoose }: ChooserProps) {
  const [picked, setPicked] = useState<readonly string[]>(() =>
    candidates.filter((each) => each.selectable && each.alreadyConnected).map((each) => each.phoneNumberId),
  );
  const count = picked.length;

  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        The login gives access to {numbers(candidates.length)}. Only those that you choose are connected.
      </Text>
      <Checkbox.Group value={[...picked]} onChange={setPicked} aria-label="Numbers to connect">
        <Stack gap="xs">
          {candidates.map((candidate) => (
            <CandidateRow key={candidate.phoneNumberId} candidate={candidate} disabled={busy} />
          ))}
        </Stack>
      </Checkbox.Group>
      <Button disabled={count === 0} loading={busy} onClick={() => onChoose([...picked])}>
        {count === 0 ? "Choose a number" : `Connect ${numbers(count)}`}
      </Button>
    </Stack>
  );
}

function CandidateRow({ candidate, disabled }: { candidate: Candidate; disabled: boolean }) {
  const quality = qualityWords(candidate.qualityRating);
  const name = candidate.verifiedName ?? "No verified name yet";
  const home = [candidate.wabaName ?? `WABA ${candidate.wabaId}`, candidate.businessName].filter(Boolean).join(", ");
  return (
    <Checkbox.Card
      value={candidate.phoneNumberId}
      disabled={disabled || !candidate.selectable}
      p="sm"
      radius="md"
      style={{ background: "var(--wk-card)", opacity: 1 }}
      data-candidate={candidate.phoneNumberId}
      aria-label={`${name}, ${candidate.displayPhone}`}
    >
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Checkbox.Indicator disabled={!candidate.selectable} mt={2} />
        <Box style={{ minWidth: 0, flex: 1 }}>
          <Group justify="space-between" gap={6}>
            <Text size="sm" fw={600}>
              {candidate.displayPhone}
            </Text>
            <Group gap={6}>
              {candidate.alreadyConnected && <Badge tone="info">Already here</Badge>}
              {candidate.isCoexistence && <Badge tone="quiet">Phone app too</Badge>}
            </Group>
          </Group>
          <Text size="sm">{name}</Text>
          <Text size="xs" c="dimmed">
            {home} · Quality: {quality.word.toLowerCase()}
          </Text>
          {candidate.reason && (
            <Text size="xs" mt={4} c="var(--wk-warn)">
              {candidate.selectable ? "" : "Cannot be picked: "}
              {candidate.reason.detail} {candidate.reason.remedy}
            </Text>
          )}
        </Box>
      </Group>
    </Checkbox.Card>
  );
}
