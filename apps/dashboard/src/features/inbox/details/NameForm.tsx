import { ActionIcon, Button, Group, TextInput, Title } from "@mantine/core";
import { Pencil } from "lucide-react";
import { useState } from "react";
import type { Contact } from "../../../api/types";
import { ProblemNote } from "../../../ui/ProblemNote";
import { useRenameContact } from "../data";
import { contactName } from "../words";

/** Focuses the field, as a press on the pencil asks for the name. */
function focus(input: HTMLInputElement | null): void {
  input?.focus();
}

/** Shows the contact's name, which can be changed in place. */
export function NameForm({ contact, mayAct }: { contact: Contact; mayAct: boolean }) {
  const [draft, setDraft] = useState<string | null>(null);
  const rename = useRenameContact(contact.id);
  const close = () => {
    setDraft(null);
    rename.reset();
  };

  if (draft === null) {
    return (
      <Group gap={6} justify="center" wrap="nowrap">
        <Title order={2} ta="center">
          {contactName(contact)}
        </Title>
        {mayAct && (
          <ActionIcon variant="subtle" color="gray" aria-label={`Change the name of ${contactName(contact)}`} onClick={() => setDraft(contact.name ?? "")}>
            <Pencil size={16} aria-hidden />
          </ActionIcon>
        )}
      </Group>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate(draft.trim() || null, { onSuccess: close });
      }}
    >
      <TextInput
        label="Name"
        description={contact.profileName ? `In WhatsApp: ${contact.profileName}. Left empty, that one is shown.` : "Left empty, what WhatsApp tells is shown."}
        value={draft}
        onChange={(event) => setDraft(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.stopPropagation();
            close();
          }
        }}
        maxLength={200}
        ref={focus}
      />
      {rename.isError && <ProblemNote error={rename.error} title="The name did not change" />}
      <Group gap="xs" mt="xs" justify="flex-end">
        <Button size="xs" variant="default" onClick={close}>
          Keep the old one
        </Button>
        <Button size="xs" type="submit" loading={rename.isPending}>
          Save the name
        </Button>
      </Group>
    </form>
  );
}
