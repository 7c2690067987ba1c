import { List, Text } from "@mantine/core";
import type { Account } from "../../api/types";
import { Confirm } from "../../ui/Confirm";
import { toastDone } from "../../ui/toast";
import { useActOnAccount } from "./data";

interface AccountDialogProps {
  account: Account;
  opened: boolean;
  onClose: () => void;
}

export function DisconnectDialog({ account, opened, onClose }: AccountDialogProps) {
  const act = useActOnAccount(account);
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={`Disconnect ${account.displayPhone}?`}
      act={`Disconnect ${account.displayPhone}`}
      busy={act.isPending}
      error={act.error}
      onAct={() =>
        act.mutate(
          { act: "disconnect" },
          {
            onSuccess: () => {
              toastDone(`${account.displayPhone} is disconnected.`);
              onClose();
            },
          },
        )
      }
    >
      <Text size="sm" fw={600}>
        What stops
      </Text>
      <List size="sm">
        <List.Item>Sending from this number, and receiving for it.</List.Item>
        <List.Item>With the last number of {account.wabaName ?? "its account"}, messages from Meta are switched off.</List.Item>
      </List>
      <Text size="sm" fw={600}>
        What stays
      </Text>
      <List size="sm">
        <List.Item>The history and the audit log.</List.Item>
        <List.Item>The number, its quality and its limits at Meta, and the app on your phone.</List.Item>
        <List.Item>You can reconnect it at any time.</List.Item>
      </List>
    </Confirm>
  );
}
