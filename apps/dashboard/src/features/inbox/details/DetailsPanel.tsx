import { Box, Button, Divider, Group, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { BellOff, CircleCheck, Download, PhoneOff, RotateCcw, Trash2 } from "lucide-react";
import { useState, type ReactNode } from "react";
import type { Conversation } from "../../../api/types";
import { Badge } from "../../../ui/Badge";
import { Copy } from "../../../ui/Copy";
import { RelativeTime } from "../../../ui/RelativeTime";
import { toastDone, toastProblem } from "../../../ui/toast";
import { atLeast, useSigned } from "../../auth/session";
import { accountsQuery } from "../../connections/data";
import { teamQuery } from "../../team/data";
import { downloadExport, useChangeConversation } from "../data";
import { contactName, conversationName, phoneWords } from "../words";
import { EraseDialog } from "./EraseDialog";
import { PersonMark } from "../PersonMark";
import { Merges } from "./Merges";
import { NameForm } from "./NameForm";
import { WindowClock } from "./WindowClock";

const NOBODY = "none";

/** Shows the contact, the reply window and the assignee of a conversation. */
export function DetailsPanel({ conversation, onErased }: { conversation: Conversation; onErased: () => void }) {
  const { me, isAdmin } = useSigned();
  const mayAct = atLeast(me.org.role, "agent");
  const { contact } = conversation;
  const accounts = useQuery(accountsQuery);
  const account = accounts.data?.find((each) => each.id === conversation.accountId);
  const [erasing, setErasing] = useState(false);
  const exporting = useMutation({
    mutationFn: () => downloadExport(contact?.id ?? "", contactName(contact)),
    onError: (error) => toastProblem("The contact was not exported", error),
  });

  return (
    <Stack gap="md" p="md">
      <Stack align="center" gap={6}>
        <PersonMark name={conversationName(conversation)} size={64} />
        {contact ? <NameForm key={contact.id} contact={contact} mayAct={mayAct} /> : <Text fw={600}>{conversationName(conversation)}</Text>}
        {contact?.optedOut && (
          <Badge tone="warn" icon={BellOff}>
            Wants no marketing
          </Badge>
        )}
        {contact?.phonePassedOn && (
          <Badge tone="warn" icon={PhoneOff}>
            Number passed on
          </Badge>
        )}
      </Stack>

      <WindowClock window={conversation.window} />
      <Divider />

      <Stack component="dl" gap="sm" m={0}>
        {contact?.phone && (
          <Fact name="Phone">
            <Copy value={`+${contact.phone.replace(/^\+/, "")}`} what="phone number">
              {phoneWords(contact.phone)}
            </Copy>
          </Fact>
        )}
        {contact?.phonePassedOn && (
          <Fact name="Former phone">
            {phoneWords(contact.phonePassedOn.phone)}. Somebody else has this number now;{" "}
            <Link to="/inbox" search={{ search: contact.phonePassedOn.phone, state: "all" }}>
              their messages are in a conversation of their own
            </Link>
            .
          </Fact>
        )}
        {contact?.bookName && contact.bookName !== contact.name && <Fact name="Name in the phone's contact book">{contact.bookName}</Fact>}
        {contact?.username && (
          <Fact name="Username">
            <Copy value={`@${contact.username}`} what="username" />
          </Fact>
        )}
        {contact?.profileName && contact.profileName !== contact.name && <Fact name="Name in WhatsApp">{contact.profileName}</Fact>}
        {contact?.userId && (
          <Fact name="User id">
            <Copy value={contact.userId} what="user id" mono />
          </Fact>
        )}
        {conversation.groupId && (
          <Fact name="Group">
            <Copy value={conversation.groupId} what="group id" mono />
          </Fact>
        )}
        {conversation.group?.description && <Fact name="Description">{conversation.group.description}</Fact>}
        {conversation.group?.joinApprovalMode === "approval_required" && <Fact name="New members">Have to be approved</Fact>}
        {conversation.group?.deleted && <Fact name="State">Deleted</Fact>}
        {conversation.group?.suspended && !conversation.group.deleted && <Fact name="State">Suspended by Meta</Fact>}
        <Fact name="Your number">{account ? `${account.displayName}, ${account.displayPhone}` : "A number that is not connected"}</Fact>
        <Fact name="Since">
          <RelativeTime at={conversation.createdAt} asDay />
        </Fact>
      </Stack>
      {isAdmin && contact && <Merges contact={contact} />}
      <Divider />

      <Assignee conversation={conversation} mayAct={mayAct} />
      {mayAct && <OpenOrClose conversation={conversation} />}
      {isAdmin && contact && (
        <>
          <Divider />
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              leftSection={<Download size={14} aria-hidden />}
              loading={exporting.isPending}
              onClick={() => exporting.mutate()}
            >
              Export contact
            </Button>
            <Button size="xs" variant="subtle" c="var(--wk-bad)" color="gray" leftSection={<Trash2 size={14} aria-hidden />} onClick={() => setErasing(true)}>
              Erase contact
            </Button>
          </Group>
          <EraseDialog contact={contact} opened={erasing} onClose={() => setErasing(false)} onErased={onErased} />
        </>
      )}
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Box>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </Box>
  );
}

function Assignee({ conversation, mayAct }: { conversation: Conversation; mayAct: boolean }) {
  const { me } = useSigned();
  const team = useQuery(teamQuery);
  const change = useChangeConversation(conversation.id);
  const members = (team.data ?? []).filter((member) => member.role !== "viewer");
  const options = [
    { value: NOBODY, label: "Nobody" },
    ...members.map((member) => ({
      value: member.userId,
      label: `${member.name || member.email}${member.userId === me.user.id ? " (you)" : ""}`,
    })),
  ];
  const current = conversation.assigneeId ?? NOBODY;
  if (!options.some((option) => option.value === current)) {
    options.push({ value: current, label: team.isPending ? "…" : "Somebody who left" });
  }
  return (
    <Select
      label="Assigned to"
      data={options}
      value={current}
      disabled={!mayAct || change.isPending}
      allowDeselect={false}
      comboboxProps={{ withinPortal: true }}
      onChange={(value) =>
        value &&
        change.mutate(
          { assigneeId: value === NOBODY ? null : value },
          { onError: (error) => toastProblem("The conversation was not assigned", error) },
        )
      }
    />
  );
}

function OpenOrClose({ conversation }: { conversation: Conversation }) {
  const change = useChangeConversation(conversation.id);
  const open = conversation.state === "open";
  return (
    <Button
      variant="default"
      leftSection={open ? <CircleCheck size={16} aria-hidden /> : <RotateCcw size={16} aria-hidden />}
      loading={change.isPending}
      onClick={() =>
        change.mutate(
          { state: open ? "closed" : "open" },
          {
            onSuccess: () => toastDone(open ? "The conversation is closed. It opens again when they write." : "The conversation is open."),
            onError: (error) => toastProblem(open ? "The conversation was not closed" : "The conversation was not opened", error),
          },
        )
      }
    >
      {open ? "Close conversation" : "Open conversation again"}
    </Button>
  );
}
