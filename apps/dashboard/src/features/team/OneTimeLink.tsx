import { Button, Stack, Text, TextInput } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Check, Copy } from "lucide-react";
import { Modal } from "../../ui/layers";
import { RelativeTime } from "../../ui/RelativeTime";

export interface ShownLink {
  title: string;
  lead: string;
  link: string;
  expiresAt: string;
}

/** Shows a link once, so that its maker can hand it over. */
export function OneTimeLink({ shown, onClose }: { shown: ShownLink | null; onClose: () => void }) {
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <Modal opened={shown !== null} onClose={onClose} title={shown?.title} centered>
      {shown && (
        <Stack>
          <Text size="sm">
            {shown.lead} It works once and expires <RelativeTime at={shown.expiresAt} tense="future" />. It is not shown again.
          </Text>
          <TextInput label="Link" value={shown.link} readOnly onFocus={(event) => event.currentTarget.select()} />
          <Button
            leftSection={clipboard.copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
            onClick={() => clipboard.copy(shown.link)}
            data-autofocus
          >
            {clipboard.copied ? "Copied" : "Copy the link"}
          </Button>
        </Stack>
      )}
    </Modal>
  );
}
