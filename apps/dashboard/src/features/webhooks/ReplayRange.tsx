import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { Modal } from "../../ui/layers";
import { ProblemNote } from "../../ui/ProblemNote";
import { toastDone } from "../../ui/toast";
import { replay, useWebhookAct, type Scope } from "./data";
import { count } from "./words";

interface ReplayRangeProps {
  scope: Scope;
  opened: boolean;
  onClose: () => void;
}

/** Asks for a time range, and applies its changes once more. */
export function ReplayRange({ scope, opened, onClose }: ReplayRangeProps) {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const act = useWebhookAct((range: { from: string; to: string }) => replay(scope, range));
  const backwards = from !== "" && to !== "" && from >= to;
  return (
    <Modal opened={opened} onClose={onClose} title="Replay a time range" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate(
            { from: new Date(from).toISOString(), to: new Date(to).toISOString() },
            {
              onSuccess: ({ replayed }) => {
                toastDone(`${count(replayed, "change")} applied once more.`);
                onClose();
              },
            },
          );
        }}
      >
        <Stack gap="md">
          <Text size="sm">
            What arrived between these times is applied once more. What is known already does not change: no message appears twice, nobody is
            told twice.
          </Text>
          <TextInput type="datetime-local" label="From" required value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput
            type="datetime-local"
            label="To"
            required
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            error={backwards && "The end must be after the beginning."}
          />
          {act.isError && <ProblemNote error={act.error} title="The range was not replayed" />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={act.isPending} disabled={!from || !to || backwards}>
              Replay this range
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
