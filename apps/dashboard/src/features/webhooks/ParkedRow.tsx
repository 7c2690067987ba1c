import { Box, Button, Collapse, Group, Text, UnstyledButton } from "@mantine/core";
import { ChevronDown, RotateCw, Trash2 } from "lucide-react";
import { useState } from "react";
import type { ParkedItem } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Confirm } from "../../ui/Confirm";
import { RelativeTime } from "../../ui/RelativeTime";
import rows from "../../ui/Rows.module.css";
import { toastDone, toastProblem } from "../../ui/toast";
import { discardItem, parkedRawQuery, replayItem, useWebhookAct, type Scope } from "./data";
import { RawView } from "./RawView";
import { laneWords, reasonWords, stateWords } from "./words";

interface ParkedRowProps {
  item: ParkedItem;
  scope: Scope;
  /** Whether this person may replay, discard and reveal. */
  mayAct: boolean;
}

/** Shows a parked item: its reason, and the acts on it. */
export function ParkedRow({ item, scope, mayAct }: ParkedRowProps) {
  const [open, setOpen] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  const again = useWebhookAct((id: string) => replayItem(scope, id));
  const discard = useWebhookAct((id: string) => discardItem(scope, id));
  const state = stateWords(item.state);
  const lane = laneWords(item.lane);
  return (
    <li className={rows.item} data-parked={item.id}>
      <UnstyledButton className={rows.row ?? ""} aria-expanded={open} onClick={() => setOpen((before) => !before)} data-list-item>
        <Box style={{ flex: "1 1 260px", minWidth: 0 }}>
          <Group gap={8}>
            <Text size="sm" fw={600}>
              {reasonWords(item.reason)}
            </Text>
            <Badge tone={state.tone}>{state.words}</Badge>
          </Group>
          <Text size="sm" c="dimmed" lineClamp={open ? 20 : 2}>
            {item.detail}
          </Text>
        </Box>
        <Text size="xs" c="dimmed" style={{ flex: "0 1 210px" }}>
          <span className="wk-mono">{item.field}</span>, item {item.index + 1}
          <br />
          {lane.kind} <span className="wk-mono">{lane.id}</span>
        </Text>
        <Text size="xs" c="dimmed" style={{ flex: "0 1 150px" }}>
          <RelativeTime at={item.createdAt} />, tried {item.attempts === 1 ? "once" : `${item.attempts} times`}
          {item.nextAt && (
            <>
              <br />
              again <RelativeTime at={item.nextAt} tense="future" />
            </>
          )}
        </Text>
        <ChevronDown size={16} aria-hidden style={{ opacity: 0.6, transform: open ? "rotate(180deg)" : "none" }} />
      </UnstyledButton>
      <Collapse expanded={open}>
        <Box px="md" pb="md">
          {mayAct && (
            <Group gap="xs" mb="sm">
              <Button
                size="xs"
                variant="default"
                leftSection={<RotateCw size={14} aria-hidden />}
                loading={again.isPending}
                onClick={() =>
                  again.mutate(item.id, {
                    onSuccess: () => toastDone("The item is tried again."),
                    onError: (error) => toastProblem("The item was not tried again", error),
                  })
                }
              >
                Replay item
              </Button>
              <Button size="xs" variant="subtle" c="var(--wk-bad)" color="gray" leftSection={<Trash2 size={14} aria-hidden />} onClick={() => setDiscarding(true)}>
                Discard item
              </Button>
            </Group>
          )}
          {open && <RawView query={(reveal) => parkedRawQuery(scope, item.id, reveal)} mayReveal={mayAct} />}
        </Box>
      </Collapse>
      <Confirm
        opened={discarding}
        onClose={() => setDiscarding(false)}
        title="Discard this item?"
        act="Discard item"
        busy={discard.isPending}
        error={discard.error}
        onAct={() =>
          discard.mutate(item.id, {
            onSuccess: () => {
              toastDone("The item is discarded.");
              setDiscarding(false);
            },
          })
        }
      >
        <Text size="sm">It leaves this list and is not tried any more: what it says never reaches the inbox.</Text>
        <Text size="sm">The change that it came with stays in the log below for as long as changes are kept; replaying its time brings it back.</Text>
      </Confirm>
    </li>
  );
}
