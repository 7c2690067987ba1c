import { Button, Group, PinInput, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { Account } from "../../api/types";
import { Modal } from "../../ui/layers";
import { ProblemNote } from "../../ui/ProblemNote";
import { toastDone } from "../../ui/toast";
import { useActOnAccount } from "./data";

interface RegisterDialogProps {
  account: Account;
  opened: boolean;
  onClose: () => void;
}

export function RegisterDialog({ account, opened, onClose }: RegisterDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Register ${account.displayPhone}`} centered>
      <RegisterForm account={account} onClose={onClose} />
    </Modal>
  );
}

function RegisterForm({ account, onClose }: Omit<RegisterDialogProps, "opened">) {
  const [pin, setPin] = useState("");
  const act = useActOnAccount(account);
  return (
    <Stack>
      <Text size="sm">
        Enter the six-digit PIN of the number's two-step verification. If nobody knows it, switch two-step verification off
        in WhatsApp Manager, then enter six digits of your choice: they become the new PIN. Without digits, Wabakit uses the
        PIN that it set when it registered the number, if it did.
      </Text>
      <PinInput length={6} type="number" value={pin} onChange={setPin} aria-label="PIN" data-autofocus />
      <Text size="xs" c="dimmed">
        Meta allows ten registrations of a number in 72 hours.
      </Text>
      {act.isError && <ProblemNote error={act.error} title="The number was not registered" />}
      <Group justify="flex-end">
        <Button
          loading={act.isPending}
          disabled={pin.length > 0 && pin.length < 6}
          onClick={() =>
            act.mutate(
              { act: "register", ...(pin && { pin }) },
              {
                onSuccess: () => {
                  toastDone(`${account.displayPhone} is registered.`);
                  onClose();
                },
              },
            )
          }
        >
          {pin ? "Register with this PIN" : "Register with the stored PIN"}
        </Button>
      </Group>
    </Stack>
  );
}
