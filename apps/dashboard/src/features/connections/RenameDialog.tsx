import { Button, Group, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Account } from "../../api/types";
import { Modal } from "../../ui/layers";
import { ProblemNote } from "../../ui/ProblemNote";
import { toastDone } from "../../ui/toast";
import { useActOnAccount } from "./data";

interface RenameDialogProps {
  account: Account;
  opened: boolean;
  onClose: () => void;
}

export function RenameDialog({ account, opened, onClose }: RenameDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Rename ${account.displayPhone}`} centered>
      <RenameForm account={account} onClose={onClose} />
    </Modal>
  );
}

function RenameForm({ account, onClose }: Omit<RenameDialogProps, "opened">) {
  const [name, setName] = useState(account.displayName);
  const act = useActOnAccount(account);
  const displayName = name.trim();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        act.mutate(
          { act: "rename", displayName },
          {
            onSuccess: () => {
              toastDone(`${account.displayPhone} is called ${displayName} now.`);
              onClose();
            },
          },
        );
      }}
    >
      <Stack>
        <TextInput
          label="Name"
          description="Only your team sees it. Customers see the name that Meta verified."
          value={name}
          maxLength={100}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        {act.isError && <ProblemNote error={act.error} title="The name was not changed" />}
        <Group justify="flex-end">
          <Button type="submit" loading={act.isPending} disabled={displayName === ""}>
            Rename
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
