import { Box, Collapse, Group, Text, UnstyledButton } from "@mantine/core";
import { ChevronDown } from "lucide-react";
import { useId, useState } from "react";
import type { AuditEvent } from "../../api/types";
import { Copy } from "../../ui/Copy";
import { RawJson } from "../../ui/RawJson";
import { RelativeTime } from "../../ui/RelativeTime";
import classes from "./Audit.module.css";
import { actionWords, actorWords } from "./words";

/** Shows one event. Its data, hash and request id unfold on a click. */
export function AuditRow({ event }: { event: AuditEvent }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <li className={classes.row}>
      <UnstyledButton
        className={classes.head ?? ""}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen((before) => !before)}
        data-list-item
      >
        <Box style={{ flex: "1 1 220px", minWidth: 0 }}>
          <Text fw={600} size="sm">
            {actionWords(event.action)}
          </Text>
          <Text size="xs" c="dimmed" className="wk-mono">
            {event.action}
          </Text>
        </Box>
        <Text size="sm" style={{ flex: "0 1 200px" }} truncate>
          {actorWords(event.actor)}
        </Text>
        <Text size="sm" c="dimmed" style={{ flex: "0 0 120px" }}>
          <RelativeTime at={event.at} />
        </Text>
        <ChevronDown size={16} aria-hidden className={classes.chevron} data-open={open || undefined} />
      </UnstyledButton>
      <Collapse expanded={open} id={id}>
        <Box className={classes.body ?? ""}>
          <Group gap="lg" mb="xs">
            <Text size="xs" c="dimmed">
              No. {event.sequence}
            </Text>
            {event.subject && (
              <Text size="xs" c="dimmed">
                {event.subject.kind} <Copy value={event.subject.id} what={`${event.subject.kind} id`} mono />
              </Text>
            )}
            {event.requestId && (
              <Text size="xs" c="dimmed">
                request <Copy value={event.requestId} what="request id" mono />
              </Text>
            )}
            <Text size="xs" c="dimmed">
              hash{" "}
              <Copy value={event.hash} what="hash" mono>
                {event.hash.slice(0, 12)}…
              </Copy>
            </Text>
          </Group>
          <RawJson text={JSON.stringify(event.data, null, 2)} label={`Data of event no. ${event.sequence}`} />
        </Box>
      </Collapse>
    </li>
  );
}
