import { Box, Group, Progress, Text, Tooltip } from "@mantine/core";
import { Hourglass, Lock, Timer } from "lucide-react";
import type { ReplyWindow } from "../../../api/types";
import { Badge } from "../../../ui/Badge";
import { exactTime } from "../../../ui/time";
import { useSeconds } from "../../../ui/useSeconds";
import { windowState } from "./window";
import classes from "./WindowClock.module.css";

const NEVER = "The customer has not written yet. Until they do, only templates can be sent.";

/** Shows the reply window as a badge, for the head of a thread. */
export function WindowChip({ window }: { window: ReplyWindow | null | undefined }) {
  const now = useSeconds();
  const state = window ? windowState(window, now) : undefined;
  if (!state?.open) {
    return (
      <Tooltip label={window ? `Closed since ${exactTime(window.until)}: only templates can be sent.` : NEVER} multiline maw={280}>
        <span>
          <Badge tone="quiet" icon={Lock}>
            <span className={classes.wide}>Reply window </span>closed
          </Badge>
        </span>
      </Tooltip>
    );
  }
  return (
    <Tooltip label={`You may answer freely until ${window ? exactTime(window.until) : ""}`}>
      <span role="timer" aria-live="off">
        <Badge tone={state.soon ? "warn" : "ok"} icon={Timer}>
          {state.short} left
        </Badge>
      </span>
    </Tooltip>
  );
}

/** Shows the reply window as a clock that runs down, with its meaning. */
export function WindowClock({ window }: { window: ReplyWindow | null | undefined }) {
  const now = useSeconds();
  const state = window ? windowState(window, now) : undefined;
  const name = window?.kind === "freeEntryPoint" ? "Free entry point, 72 hours" : "Reply window, 24 hours";
  return (
    <Box>
      <Group justify="space-between" mb={4} wrap="nowrap">
        <Text size="sm" c="dimmed">
          {name}
        </Text>
        <Hourglass size={14} aria-hidden style={{ opacity: 0.6 }} />
      </Group>
      {window && state?.open ? (
        <>
          <Text fw={650} size="xl" role="timer" aria-live="off" c={state.soon ? "var(--wk-warn)" : undefined}>
            {state.left}
          </Text>
          <Progress
            value={state.share * 100}
            size="sm"
            my={6}
            color={state.soon ? "orange.7" : "petrol"}
            aria-label={`${Math.round(state.share * 100)} % of the window is left`}
          />
          <Text size="xs" c="dimmed">
            You may answer freely until {exactTime(window.until)}.
            {window.kind === "freeEntryPoint" && " They came from an ad or a page; messages are free until then."}
          </Text>
        </>
      ) : (
        <>
          <Text fw={650}>Closed</Text>
          <Text size="xs" c="dimmed">
            {window ? `Since ${exactTime(window.until)}. Only templates can be sent until the customer writes again.` : NEVER}
          </Text>
        </>
      )}
    </Box>
  );
}
