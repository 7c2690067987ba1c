import { Box, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MessagesSquare } from "lucide-react";
import { readContent } from "../../api/content";
import { every } from "../../api/queryClient";
import type { Message } from "../../api/types";
import { Copy } from "../../ui/Copy";
import { DetailsDrawer } from "../../ui/DetailsDrawer";
import { Fact } from "../../ui/Fact";
import { ProblemNote } from "../../ui/ProblemNote";
import { exactTime } from "../../ui/time";
import { Body } from "../inbox/content/Body";
import { messageQuery } from "../inbox/data";
import { SendState } from "../inbox/thread/SendState";
import { tickOf } from "../inbox/thread/ticks";
import { Timeline } from "../inbox/thread/Timeline";
import { phoneWords } from "../inbox/words";

const WATCH_MS = 3_000;
const PRIORITY_WORDS: Record<string, string> = { high: "Answer", normal: "Normal", low: "Bulk" };

interface MessageDrawerProps {
  id: string | undefined;
  mayAct: boolean;
  onClose: () => void;
}

/** Shows one message: its content, how far it is, and what may be done about it. */
export function MessageDrawer({ id, mayAct, onClose }: MessageDrawerProps) {
  return (
    <DetailsDrawer id={id} title="Message" size={520} onClose={onClose}>
      {(shown) => <Details key={shown} id={shown} mayAct={mayAct} watch={id !== undefined} />}
    </DetailsDrawer>
  );
}

function Details({ id, mayAct, watch }: { id: string; mayAct: boolean; watch: boolean }) {
  const query = useQuery({ ...messageQuery(id), refetchInterval: watch ? every(WATCH_MS) : false });
  if (query.isPending) {
    return (
      <Stack role="status" aria-label="Loading the message">
        <Skeleton height={60} radius={12} />
        <Skeleton height={120} />
      </Stack>
    );
  }
  if (query.isError && !query.data) {
    return <ProblemNote error={query.error} title="The message could not be loaded" onRetry={() => void query.refetch()} retrying={query.isFetching} />;
  }
  return <Whole message={query.data} mayAct={mayAct} />;
}

function Whole({ message, mayAct }: { message: Message; mayAct: boolean }) {
  const tick = tickOf(message.direction, message.status);
  return (
    <Stack gap="md">
      <Box className="wk-card" p="md">
        <Body message={message} content={readContent(message.content)} mayAct={mayAct} onView={() => undefined} />
      </Box>
      <Box>
        <Text fw={600}>{tick?.words ?? message.status}</Text>
        <SendState message={message} mayAct={mayAct} />
      </Box>
      <dl className="wk-facts">
        <Fact name="To">{message.to ? <Copy value={message.to} what="recipient">{phoneWords(message.to)}</Copy> : "Not known"}</Fact>
        <Fact name="Written">{exactTime(message.createdAt)}</Fact>
        {message.scheduledAt && <Fact name="Scheduled for">{exactTime(message.scheduledAt)}</Fact>}
        {message.expiresAt && <Fact name="Not sent after">{exactTime(message.expiresAt)}</Fact>}
        {message.priority && <Fact name="Priority">{PRIORITY_WORDS[message.priority] ?? message.priority}</Fact>}
        {message.flow && <Fact name="Campaign">{message.flow}</Fact>}
        {message.priority && <Fact name="Attempts">{message.attempt.toLocaleString("en")}</Fact>}
        {message.clientReference && (
          <Fact name="Own reference">
            <Copy value={message.clientReference} what="own reference" mono />
          </Fact>
        )}
        <Fact name="Message id">
          <Copy value={message.id} what="message id" mono />
        </Fact>
        {message.metaMessageId && (
          <Fact name="Meta's id">
            <Copy value={message.metaMessageId} what="Meta's message id" mono />
          </Fact>
        )}
      </dl>
      <Timeline entries={message.timeline} />
      <Group>
        <Button component={Link} to={`/inbox/${message.conversationId}`} variant="default" leftSection={<MessagesSquare size={16} aria-hidden />}>
          Open the conversation
        </Button>
      </Group>
    </Stack>
  );
}
