import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { ProblemNote } from "./ProblemNote";
import { Modal } from "./layers";

interface ConfirmProps {
  opened: boolean;
  title: string;
  /** Act and object: "Disconnect +1 555 0100". */
  act: string;
  busy: boolean;
  error?: unknown;
  onAct: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Asks before something that cannot simply be taken back, and says what is and is not lost. */
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
