import { Button, Center, Group, SegmentedControl, Select, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { CircleCheck, RotateCw } from "lucide-react";
import { useState } from "react";
import { flatten } from "../../api/pages";
import { ProblemNote } from "../../ui/ProblemNote";
import { RowsSkeleton } from "../../ui/Rows";
import rows from "../../ui/Rows.module.css";
import { toastDone, toastProblem } from "../../ui/toast";
import { parkedQuery, replay, useWebhookAct, type ParkedState, type Scope } from "./data";
import { ParkedRow } from "./ParkedRow";
import { count } from "./words";

const STATES: { value: ParkedState | "all"; label: string }[] = [
  { value: "all", label: "All" },
  { value: "parked", label: "Parked" },
  { value: "retrying", label: "Retrying" },
  { value: "homeless", label: "Unknown number" },
  { value: "unsupported", label: "Not understood" },
];

interface ParkedProps {
  scope: Scope;
  mayAct: boolean;
  /** The state that is selected at first. */
  initial?: ParkedState;
}

/** Lists items that wait for a person or for their next try. */
export function Parked({ scope, mayAct, initial }: ParkedProps) {
  const [state, setState] = useState<ParkedState | "all">(initial ?? "all");
  const narrow = useMediaQuery("(max-width: 30em)");
  const query = useInfiniteQuery(parkedQuery(scope, state === "all" ? undefined : state));
  const replayAll = useWebhookAct(() => replay(scope, { parked: true }));
  const items = flatten(query.data);
  const shown = STATES.filter((each) => scope === "platform" || each.value !== "homeless");
  return (
    <Stack gap="sm" component="section" aria-label="Parked items">
      <Group justify="space-between">
        <Title order={2}>Parked</Title>
        {mayAct && items.length > 0 && (
          <Button
            size="xs"
            variant="default"
            leftSection={<RotateCw size={14} aria-hidden />}
            loading={replayAll.isPending}
            onClick={() =>
              replayAll.mutate(undefined, {
                onSuccess: ({ replayed }) => toastDone(`${count(replayed, "item")} tried again.`),
                onError: (error) => toastProblem("The items were not tried again", error),
              })
            }
          >
            Replay all parked items
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        What could not be applied, and why. One bad item never holds back the others.
      </Text>
      {narrow ? (
        <Select aria-label="State of parked items" allowDeselect={false} value={state} data={shown} onChange={(value) => value && setState(value)} />
      ) : (
        <SegmentedControl size="xs" aria-label="State of parked items" value={state} data={shown} onChange={(value) => setState(value)} style={{ alignSelf: "flex-start" }} />
      )}
      {query.isError && (
        <ProblemNote error={query.error} title="Parked items could not be loaded" onRetry={() => void query.refetch()} retrying={query.isFetching} />
      )}
      {query.isPending && <RowsSkeleton rows={2} height={68} label="Loading parked items" />}
      {query.data && items.length === 0 && (
        <Group className="wk-card" p="md" gap="sm" wrap="nowrap">
          <CircleCheck size={20} aria-hidden style={{ color: "var(--wk-ok)", flexShrink: 0 }} />
          <Text size="sm">{state === "all" ? "Nothing is parked: everything that arrived was applied." : "Nothing is in this state."}</Text>
        </Group>
      )}
      {items.length > 0 && (
        <ul className={`${rows.rows ?? ""} wk-card`}>
          {items.map((item) => (
            <ParkedRow key={item.id} item={item} scope={scope} mayAct={mayAct} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Center>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show more
          </Button>
        </Center>
      )}
    </Stack>
  );
}
