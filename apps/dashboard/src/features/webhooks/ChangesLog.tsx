import { Autocomplete, Button, Center, Group, Stack, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useState } from "react";
import { flatten } from "../../api/pages";
import type { WebhookChange } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Empty } from "../../ui/Empty";
import { ProblemNote } from "../../ui/ProblemNote";
import { RelativeTime } from "../../ui/RelativeTime";
import { RowsSkeleton } from "../../ui/Rows";
import rows from "../../ui/Rows.module.css";
import { without } from "../inbox/filters";
import { sizeWords } from "../inbox/words";
import { changesQuery, type ChangeFilters } from "./data";
import { FIELDS, laneWords, stateWords } from "./words";

interface ChangesLogProps {
  filters: ChangeFilters;
  onFilter: (filters: ChangeFilters) => void;
  onOpen: (id: string) => void;
}

/** Lists the organisation's own changes, newest first. */
export function ChangesLog({ filters, onFilter, onOpen }: ChangesLogProps) {
  const query = useInfiniteQuery(changesQuery(filters));
  const changes = flatten(query.data);
  const filtered = Object.keys(filters).length > 0;
  return (
    <Stack gap="sm" component="section" aria-label="Log of changes">
      <Title order={2}>Log</Title>
      <Filters filters={filters} onFilter={onFilter} />
      {query.isError && (
        <ProblemNote
          error={query.error}
          title={query.data ? "Not all of the log could be loaded" : "The log could not be loaded"}
          onRetry={() => void (query.data ? query.fetchNextPage() : query.refetch())}
          retrying={query.isFetching}
        />
      )}
      {query.isPending && <RowsSkeleton rows={8} height={60} label="Loading the log of changes" />}
      {query.data && changes.length === 0 && (
        <Empty
          icon={ScrollText}
          title={filtered ? "Nothing was found" : "Nothing has arrived yet"}
          action={
            filtered && (
              <Button variant="default" onClick={() => onFilter({})}>
                Show the whole log
              </Button>
            )
          }
        >
          {filtered
            ? "No change fits these filters, or it is older than changes are kept."
            : "Each thing that Meta tells about your numbers leaves a line here: messages, statuses, quality, templates."}
        </Empty>
      )}
      {changes.length > 0 && (
        <ol className={`${rows.rows ?? ""} wk-card`}>
          {changes.map((change) => (
            <ChangeRow key={change.id} change={change} onOpen={onOpen} />
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <Center>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older changes
          </Button>
        </Center>
      )}
    </Stack>
  );
}

function ChangeRow({ change, onOpen }: { change: WebhookChange; onOpen: (id: string) => void }) {
  const state = stateWords(change.state);
  const lane = laneWords(change.lane);
  return (
    <li className={rows.item}>
      <UnstyledButton className={rows.row ?? ""} onClick={() => onOpen(change.id)} data-list-item data-change={change.id}>
        <Text size="sm" fw={600} className="wk-mono" style={{ flex: "1 1 200px", minWidth: 0 }}>
          {change.field}
        </Text>
        <Text size="sm" c="dimmed" style={{ flex: "1 1 200px" }}>
          {lane.kind} <span className="wk-mono">{lane.id}</span>
        </Text>
        <Text size="sm" c="dimmed" style={{ flex: "0 0 70px" }}>
          {sizeWords(change.size)}
        </Text>
        <Text size="sm" c="dimmed" style={{ flex: "0 0 120px" }}>
          <RelativeTime at={change.receivedAt} />
        </Text>
        <span style={{ flex: "0 0 172px" }}>
          <Badge tone={state.tone}>{state.words}</Badge>
        </span>
      </UnstyledButton>
    </li>
  );
}

function Filters({ filters, onFilter }: { filters: ChangeFilters; onFilter: (filters: ChangeFilters) => void }) {
  const [field, setField] = useState(filters.field ?? "");
  function set(key: keyof ChangeFilters, value: string): void {
    onFilter({ ...without(filters, key), ...(value && { [key]: value }) });
  }
  const later = useDebouncedCallback((value: string) => set("field", value.trim()), 300);
  return (
    <Group gap="sm" align="flex-end">
      <Autocomplete
        label="Field"
        placeholder="All fields"
        data={FIELDS}
        value={field}
        onChange={(value) => {
          setField(value);
          later(value);
        }}
        style={{ flex: "1 1 200px" }}
        data-search
      />
      <TextInput
        type="datetime-local"
        label="From"
        value={filters.from ?? ""}
        onChange={(event) => set("from", event.currentTarget.value)}
        style={{ flex: "1 1 180px" }}
      />
      <TextInput
        type="datetime-local"
        label="To"
        value={filters.to ?? ""}
        onChange={(event) => set("to", event.currentTarget.value)}
        style={{ flex: "1 1 180px" }}
      />
    </Group>
  );
}
