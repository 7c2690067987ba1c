import { Button, Center, Group, Select, Stack, Text, Title, UnstyledButton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { MailCheck } from "lucide-react";
import { readContent } from "../../api/content";
import { flatten } from "../../api/pages";
import type { OutboundFilters, Queue } from "../../api/send";
import type { BareMessage } from "../../api/types";
import { Empty } from "../../ui/Empty";
import { ProblemNote } from "../../ui/ProblemNote";
import { RelativeTime, useNow } from "../../ui/RelativeTime";
import { RowsSkeleton } from "../../ui/Rows";
import rows from "../../ui/Rows.module.css";
import { tickOf } from "../inbox/thread/ticks";
import { lineOf, phoneWords, previewText } from "../inbox/words";
import { outboundQuery } from "./data";
import classes from "./Queue.module.css";
import { waitingWords } from "./reasons";
import { readQueueSearch } from "./search";
import { STATUSES, STUCK } from "./statuses";
import { stuckWords } from "./words";

interface OutboundListProps {
  filters: OutboundFilters;
  queues: readonly Queue[];
  onFilter: (filters: OutboundFilters) => void;
  onOpen: (id: string) => void;
}

/** Lists messages to customers, newest first, with their state. */
export function OutboundList({ filters, queues, onFilter, onOpen }: OutboundListProps) {
  const query = useInfiniteQuery(outboundQuery(filters));
  const messages = flatten(query.data);
  const filtered = Object.keys(filters).length > 0;
  return (
    <Stack gap="sm" component="section" aria-label="Messages" id="messages">
      <Title order={2}>Messages</Title>
      <Group gap="sm" align="flex-end">
        <Select
          label="Status"
          placeholder="All"
          clearable
          data={[...STATUSES, STUCK]}
          value={filters.stuck ? STUCK.value : (filters.status ?? null)}
          onChange={(value) => onFilter(readQueueSearch({ ...filters, status: value, stuck: value === STUCK.value }))}
          style={{ flex: "1 1 180px", maxWidth: 260 }}
          data-search
        />
        {queues.length > 1 && (
          <Select
            label="Number"
            placeholder="All numbers"
            clearable
            data={queues.map((queue) => ({ value: queue.accountId, label: `${queue.displayName} ${queue.displayPhone}` }))}
            value={filters.accountId ?? null}
            onChange={(value) => onFilter(readQueueSearch({ ...filters, accountId: value }))}
            style={{ flex: "1 1 220px", maxWidth: 360 }}
          />
        )}
      </Group>
      {query.isError && (
        <ProblemNote
          error={query.error}
          title={query.data ? "Not all messages could be loaded" : "The messages could not be loaded"}
          onRetry={() => void (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch())}
          retrying={query.isFetching}
        />
      )}
      {query.isPending && <RowsSkeleton rows={6} height={60} label="Loading the messages" />}
      {query.data && messages.length === 0 && (
        <Empty
          icon={MailCheck}
          title={filtered ? "No such messages" : "Nothing was sent yet"}
          action={
            filtered ? (
              <Button variant="default" onClick={() => onFilter({})}>
                Show all messages
              </Button>
            ) : (
              <Button variant="default" component={Link} to="/inbox">
                Go to the inbox
              </Button>
            )
          }
        >
          {filtered
            ? filters.stuck || filters.status === "failed" || filters.status === "unknown"
              ? "None of your messages is in this state: there is nothing to do."
              : "No message fits these filters."
            : "What you send from the inbox or over the API appears here, with what became of it."}
        </Empty>
      )}
      {messages.length > 0 && (
        <ol className={`${rows.rows ?? ""} wk-card`}>
          {messages.map((message) => (
            <MessageLine key={message.id} message={message} onOpen={onOpen} />
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <Center>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older messages
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function MessageLine({ message, onOpen }: { message: BareMessage; onOpen: (id: string) => void }) {
  const now = useNow();
  const content = readContent(message.content);
  const tick = tickOf("outbound", message.status);
  const Icon = tick?.icon;
  const why = message.waiting ? waitingWords(message.waiting, now) : (message.errors[0]?.explanation.cause ?? stuckWords(message));
  return (
    <li className={rows.item}>
      <UnstyledButton className={rows.row ?? ""} onClick={() => onOpen(message.id)} data-list-item data-outbound={message.id} data-status={message.status}>
        <Text size="sm" fw={600} style={{ flex: "0 0 160px", whiteSpace: "nowrap" }}>
          {message.to ? phoneWords(message.to) : "Unknown"}
        </Text>
        <Text size="sm" truncate style={{ flex: "1 1 200px", minWidth: 0 }} dir="auto">
          {lineOf(content.type === "unsupported" ? message.type : content.type, previewText(content))}
        </Text>
        <span className={classes.state} data-tone={tick?.tone} style={{ flex: "0 0 240px" }}>
          {Icon && <Icon size={15} aria-hidden />}
          {tick?.words}
        </span>
        <Text size="sm" c="dimmed" style={{ flex: "0 0 110px" }}>
          <RelativeTime at={message.createdAt} />
        </Text>
        {why && (
          <Text size="xs" c="dimmed" style={{ flex: "1 0 100%" }}>
            {why}
          </Text>
        )}
      </UnstyledButton>
    </li>
  );
}
