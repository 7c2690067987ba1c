import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { ProblemNote } from "./ProblemNote";
import { Modal } from "./layers";

interface ConfirmProps {
  opened: boolean;
  title: string;
  /** The button's words, with act and object: "Disconnect +1 555 0100". */
  act: string;
  busy: boolean;
  error?: unknown;
  onAct: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before an act that cannot simply be undone. The children say what is lost and what stays. */
export function Confirm({ opened, title, act, busy, error, onAct, onClose, children }: ConfirmProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={title} centered>
      <Stack gap="md">
        {children}
        {error != null && <ProblemNote error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep it
          </Button>
          <Button color="red.9" loading={busy} onClick={onAct}>
            {act}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
