import { Button, Group, List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Split } from "lucide-react";
import { useState } from "react";
import type { Contact, ContactMerge } from "../../../api/types";
import { Confirm } from "../../../ui/Confirm";
import { RelativeTime } from "../../../ui/RelativeTime";
import { toastDone } from "../../../ui/toast";
import { mergesQuery, useSplitContact } from "../data";
import { contactName, phoneWords } from "../words";

/** Lists the contacts that were merged into this one, each with a button that splits it off again. */
export function Merges({ contact }: { contact: Contact }) {
  const merges = useQuery(mergesQuery(contact.id));
  const [asked, setAsked] = useState<ContactMerge | null>(null);
  if (!merges.data?.length) return null;
  return (
    <Stack gap="xs">
      {merges.data.map((merge) => (
        <Group key={merge.id} justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
          <Text size="sm">
            Merged with {contactName(merge.merged)}
            {merge.merged.phone && ` (${phoneWords(merge.merged.phone)})`} <RelativeTime at={merge.mergedAt} />
          </Text>
          <Button
            size="compact-xs"
            variant="default"
            style={{ flexShrink: 0 }}
            leftSection={<Split size={12} aria-hidden />}
            aria-label={`Split ${contactName(merge.merged)} from ${contactName(contact)}`}
            onClick={() => setAsked(merge)}
          >
            Split
          </Button>
        </Group>
      ))}
      {asked && <SplitDialog contact={contact} merge={asked} onClose={() => setAsked(null)} />}
    </Stack>
  );
}

function SplitDialog({ contact, merge, onClose }: { contact: Contact; merge: ContactMerge; onClose: () => void }) {
  const split = useSplitContact(contact.id);
  const [left, gone] = [contactName(contact), contactName(merge.merged)];
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Split ${gone} from ${left}?`}
      act={`Split ${gone}`}
      busy={split.isPending}
      error={split.error}
      onAct={() =>
        split.mutate(merge.id, {
          onSuccess: () => {
            toastDone(`${gone} is a contact of its own again.`);
            onClose();
          },
        })
      }
    >
      <List size="sm">
        <List.Item>{gone} is back as a contact, with the number and ids from before the merge.</List.Item>
        <List.Item>The messages from before the merge go back; what came since stays with {left}.</List.Item>
        <List.Item>The two are never merged again.</List.Item>
      </List>
      <Text size="sm">Meta named both as one person. Split them only if you know that they are two.</Text>
    </Confirm>
  );
}
