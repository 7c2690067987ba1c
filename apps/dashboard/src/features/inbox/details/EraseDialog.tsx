import { List, Text } from "@mantine/core";
import type { Contact } from "../../../api/types";
import { Confirm } from "../../../ui/Confirm";
import { toastDone } from "../../../ui/toast";
import { useEraseContact } from "../data";
import { contactName } from "../words";

interface EraseDialogProps {
  contact: Contact;
  opened: boolean;
  onClose: () => void;
  onErased: () => void;
}

export function EraseDialog({ contact, opened, onClose, onErased }: EraseDialogProps) {
  const erase = useEraseContact(contact.id);
  const name = contactName(contact);
  return (
    <Confirm
      opened={opened}
      onClose={onClose}
      title={`Erase ${name}?`}
      act={`Erase ${name}`}
      busy={erase.isPending}
      error={erase.error}
      onAct={() =>
        erase.mutate(undefined, {
          onSuccess: ({ messages }) => {
            toastDone(`${name} is erased, with ${messages === 1 ? "1 message" : `${messages.toLocaleString("en")} messages`}.`);
            onClose();
            onErased();
          },
        })
      }
    >
      <Text size="sm" fw={600}>
        What is lost, for good
      </Text>
      <List size="sm">
        <List.Item>The name, the number and all else that is known of this person.</List.Item>
        <List.Item>Every message with them, on all your numbers, and every file. Nobody can bring them back.</List.Item>
      </List>
      <Text size="sm" fw={600}>
        What stays
      </Text>
      <List size="sm">
        <List.Item>The chat on their own phone, and what Meta keeps.</List.Item>
        <List.Item>A line in the audit log that a contact was erased.</List.Item>
        <List.Item>If they write again, they begin as somebody new.</List.Item>
      </List>
      <Text size="sm">Export the contact first if you must keep a copy.</Text>
    </Confirm>
  );
}
