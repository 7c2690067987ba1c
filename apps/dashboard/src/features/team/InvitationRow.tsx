import { Box, Button, Group, Text } from "@mantine/core";
import type { Invitation } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Copy } from "../../ui/Copy";
import { RelativeTime } from "../../ui/RelativeTime";
import { ROLE_WORDS } from "../connections/words";
import classes from "./Team.module.css";

interface InvitationRowProps {
  invitation: Invitation;
  busy: boolean;
  onWithdraw: () => void;
  /** Sends the mail again, with a new link. */
  onSendAgain: () => void;
}

/** Words the delivery state of the invitation's mail. */
function mailWords({ mailed, mailState, mailFailure, email }: Invitation): string | null {
  if (!mailed) return null;
  if (mailState === "sent") return `Sent to ${email}.`;
  if (mailState === "failed") return `The mail to ${email} was not taken: ${mailFailure ?? "nobody knows why"}.`;
  return mailFailure ? `The mail is tried again: ${mailFailure}.` : "The mail is on its way.";
}

export function InvitationRow({ invitation, busy, onWithdraw, onSendAgain }: InvitationRowProps) {
  const mail = mailWords(invitation);
  return (
    <Group component="li" className={classes.row ?? ""} gap="md" px="md" py="sm" tabIndex={-1} data-list-item>
      <Box style={{ flex: "1 1 180px", minWidth: 0 }}>
        <Text fw={600}>
          <Copy value={invitation.email} what="email address" />
        </Text>
        {mail && <Text size="sm">{mail}</Text>}
        <Text size="sm" c="dimmed">
          The link ends <RelativeTime at={invitation.expiresAt} tense="future" />
        </Text>
      </Box>
      <Badge tone="quiet">{ROLE_WORDS[invitation.role].name}</Badge>
      {invitation.mailed && (
        <Button size="xs" variant="default" loading={busy} onClick={onSendAgain} aria-label={`Send the invitation of ${invitation.email} again`}>
          Send again
        </Button>
      )}
      <Button size="xs" variant="default" loading={busy} onClick={onWithdraw} aria-label={`Withdraw the invitation of ${invitation.email}`}>
        Withdraw
      </Button>
    </Group>
  );
}
