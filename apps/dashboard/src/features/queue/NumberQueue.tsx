import { Box, Button, Stack, Text, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ChevronDown, ChevronRight, Pause, Play } from "lucide-react";
import { useState } from "react";
import type { OutboundFilters, Queue } from "../../api/send";
import { Badge } from "../../ui/Badge";
import { Banner } from "../../ui/Banner";
import { Fact } from "../../ui/Fact";
import { RelativeTime, useNow } from "../../ui/RelativeTime";
import { toastDone, toastProblem } from "../../ui/toast";
import { usePause } from "./data";
import classes from "./Queue.module.css";
import { reasonOf } from "./reasons";
import { backlog, blockWords, countWords, queueState, rateWords } from "./words";

const COLUMNS = 7;

interface NumberQueuesProps {
  queues: readonly Queue[];
  isAdmin: boolean;
}

/** Shows a row for each number: state, backlog and failures. The rest unfolds on a click. */
export function NumberQueues({ queues, isAdmin }: NumberQueuesProps) {
  return (
    <Box className="wk-card" style={{ overflow: "hidden" }}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>Number</th>
            <th>State</th>
            <th>Waiting</th>
            <th className={classes.number}>Last minute</th>
            <th className={classes.number}>Unknown</th>
            <th className={classes.number}>Failed</th>
            <td />
          </tr>
        </thead>
        {queues.map((queue) => (
          <NumberQueue key={queue.accountId} queue={queue} isAdmin={isAdmin} />
        ))}
      </table>
    </Box>
  );
}

function NumberQueue({ queue, isAdmin }: { queue: Queue; isAdmin: boolean }) {
  const [open, setOpen] = useState(false);
  const state = queueState(queue);
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <tbody aria-label={`Queue of ${queue.displayPhone}`} data-queue={queue.accountId}>
      <tr>
        <th scope="row">
          <UnstyledButton className={classes.unfold ?? ""} aria-expanded={open} onClick={() => setOpen((before) => !before)}>
            <Chevron size={16} aria-hidden style={{ flexShrink: 0 }} />
            <span>
              {queue.displayName}
              <Text span size="xs" c="dimmed" style={{ display: "block" }}>
                {queue.displayPhone}
              </Text>
            </span>
          </UnstyledButton>
        </th>
        <td data-label="State">
          <Badge tone={state.tone}>{state.words}</Badge>
        </td>
        <td data-label="Waiting">
          <Backlog queue={queue} />
        </td>
        <td data-label="Sent in the last minute" className={classes.number}>
          <Count many={queue.sentLastMinute} upTo={0} />
        </td>
        <td data-label="Unknown whether sent" className={classes.number}>
          <ListLink queue={queue} of={{ status: "unknown" }} many={queue.unknown} />
        </td>
        <td data-label="Failed" className={classes.number}>
          <ListLink queue={queue} of={{ status: "failed" }} many={queue.failed} />
        </td>
        <td className={classes.number}>{isAdmin && <PauseButton queue={queue} />}</td>
      </tr>
      <Trouble queue={queue} isAdmin={isAdmin} />
      {open && (
        <tr className={classes.under}>
          <td colSpan={COLUMNS}>
            <Details queue={queue} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** Shows what blocks a number and why messages wait. It is never folded away. */
function Trouble({ queue, isAdmin }: { queue: Queue; isAdmin: boolean }) {
  const now = useNow();
  const block = blockWords(queue, now);
  if (!queue.isPaused && !block && queue.waiting.length === 0) return null;
  return (
    <tr className={classes.under}>
      <td colSpan={COLUMNS}>
        <Stack gap="sm">
          {queue.isPaused && (
            <Banner tone="warn" title={`Sending from ${queue.displayPhone} is paused`}>
              {isAdmin
                ? "Nothing leaves until you resume it. What waits is kept, and what is not sent in its time expires."
                : "Nothing leaves until an admin resumes it. What waits is kept, and what is not sent in its time expires."}
            </Banner>
          )}
          {block && (
            <Banner
              tone="bad"
              title={block.title}
              actions={
                (queue.block?.reason === "token_invalid" || queue.block?.reason === "not_connected") && (
                  <Button size="xs" variant="default" component={Link} to="/connections">
                    Go to connections
                  </Button>
                )
              }
            >
              {block.words}
              {queue.block?.code != null && (
                <Text size="xs" c="dimmed">
                  Meta {queue.block.code}
                </Text>
              )}
            </Banner>
          )}
          {queue.waiting.length > 0 && (
            <ul className={classes.reasons} aria-label="Why messages wait">
              {queue.waiting.map(({ reason, count: many }) => (
                <li key={reason}>
                  <span className={classes.count}>{countWords(many, queue.countsUpTo)}</span>
                  <span style={{ flex: "1 1 220px" }}>
                    {reasonOf(reason).words}.{" "}
                    {reasonOf(reason).remedy && <Text span inherit c="dimmed">{reasonOf(reason).remedy}</Text>}
                  </span>
                </li>
              ))}
            </ul>
          )}
        </Stack>
      </td>
    </tr>
  );
}

const LANES = [
  { of: "high", one: "answer", words: "answers" },
  { of: "normal", one: "normal", words: "normal" },
  { of: "low", one: "bulk", words: "bulk" },
] as const;

/** Shows the waiting messages by priority, as one bar. */
function Backlog({ queue }: { queue: Queue }) {
  const all = backlog(queue);
  if (all === 0) return <Count many={0} upTo={0} />;
  const lanes = LANES.filter(({ of }) => queue.due[of] > 0);
  const words = lanes.map(({ of, one, words }) => `${countWords(queue.due[of], queue.countsUpTo)} ${queue.due[of] === 1 ? one : words}`).join(", ");
  return (
    <div className={classes.backlog}>
      <span>{words}</span>
      <span className={classes.bar} aria-hidden>
        {lanes.map(({ of }) => (
          <span key={of} data-lane={of} style={{ flexGrow: queue.due[of] }} />
        ))}
      </span>
    </div>
  );
}

function Details({ queue }: { queue: Queue }) {
  const count = (many: number) => countWords(many, queue.countsUpTo);
  return (
    <dl className={`wk-facts ${classes.facts ?? ""}`}>
      <Fact name="Pace">{rateWords(queue)}</Fact>
      <Fact name="Waits longest">{queue.oldestDueAt && backlog(queue) > 0 ? <RelativeTime at={queue.oldestDueAt} /> : "Nothing waits"}</Fact>
      <Fact name="Being handed to Meta">
        <ListLink queue={queue} of={{ status: "sending" }} many={queue.sending} />
      </Fact>
      <Fact name="Meta did not answer">{queue.proving === 0 ? "–" : `${count(queue.proving)}, a status may still come`}</Fact>
      <Fact name="No news">
        <ListLink queue={queue} of={{ stuck: true }} many={queue.stuck} />
      </Fact>
    </dl>
  );
}

/** Shows a count. Zero is a dash, so that the others stand out. */
function Count({ many, upTo }: { many: number; upTo: number }) {
  return many === 0 ? (
    <Text span inherit c="dimmed" aria-label="0">
      –
    </Text>
  ) : (
    countWords(many, upTo)
  );
}

function ListLink({ queue, of, many }: { queue: Queue; of: OutboundFilters; many: number }) {
  if (many === 0) return <Count many={0} upTo={0} />;
  return (
    <Link to="/queue" search={{ accountId: queue.accountId, ...of }} hash="messages" className={classes.link ?? ""}>
      {countWords(many, queue.countsUpTo)}
    </Link>
  );
}

function PauseButton({ queue }: { queue: Queue }) {
  const pause = usePause(queue.accountId);
  const { isPaused, displayPhone } = queue;
  const Icon = isPaused ? Play : Pause;
  return (
    <Button
      size="xs"
      variant={isPaused ? "filled" : "default"}
      leftSection={<Icon size={14} aria-hidden />}
      aria-label={isPaused ? `Resume sending from ${displayPhone}` : `Pause sending from ${displayPhone}`}
      loading={pause.isPending}
      onClick={() =>
        pause.mutate(!isPaused, {
          onSuccess: () => toastDone(isPaused ? `Sending from ${displayPhone} goes on.` : `Sending from ${displayPhone} is paused. What waits is kept.`),
          onError: (error) => toastProblem(isPaused ? "Sending was not resumed" : "Sending was not paused", error),
        })
      }
    >
      {isPaused ? "Resume" : "Pause"}
    </Button>
  );
}
