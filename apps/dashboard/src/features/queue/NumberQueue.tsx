import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Pause, Play } from "lucide-react";
import type { ReactNode } from "react";
import type { OutboundFilters, Queue } from "../../api/send";
import { Badge } from "../../ui/Badge";
import { Banner } from "../../ui/Banner";
import { RelativeTime, useNow } from "../../ui/RelativeTime";
import { toastDone, toastProblem } from "../../ui/toast";
import { usePause } from "./data";
import classes from "./Queue.module.css";
import { reasonOf } from "./reasons";
import { backlog, blockWords, countWords, queueState, rateWords } from "./words";

/** One number's queue. */
export function NumberQueue({ queue, isAdmin }: { queue: Queue; isAdmin: boolean }) {
  const now = useNow();
  const state = queueState(queue);
  const block = blockWords(queue, now);
  const count = (many: number) => countWords(many, queue.countsUpTo);
  return (
    <Stack className="wk-card" component="section" p="lg" gap="md" aria-label={`Queue of ${queue.displayPhone}`} data-queue={queue.accountId}>
      <Group justify="space-between" gap="sm">
        <Group gap="sm">
          <Title order={3} size="h4">
            {queue.displayName}
          </Title>
          <Text c="dimmed" size="sm">
            {queue.displayPhone}
          </Text>
          <Badge tone={state.tone}>{state.words}</Badge>
        </Group>
        {isAdmin && !queue.isPaused && <PauseButton queue={queue} />}
      </Group>

      {queue.isPaused && (
        <Banner tone="warn" title={`Sending from ${queue.displayPhone} is paused`} actions={isAdmin && <PauseButton queue={queue} />}>
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

      <dl className={`wk-facts ${classes.facts ?? ""}`}>
        <Fact name="Pace">{rateWords(queue)}</Fact>
        <Fact name="Sent in the last minute">{queue.sentLastMinute.toLocaleString("en")}</Fact>
        <Fact name="Waiting: answers">{count(queue.due.high)}</Fact>
        <Fact name="Waiting: normal">{count(queue.due.normal)}</Fact>
        <Fact name="Waiting: bulk">{count(queue.due.low)}</Fact>
        <Fact name="Waits longest">{queue.oldestDueAt && backlog(queue) > 0 ? <RelativeTime at={queue.oldestDueAt} /> : "Nothing waits"}</Fact>
        <Fact name="Being handed to Meta">
          <ListLink queue={queue} of={{ status: "sending" }} many={queue.sending} words={count(queue.sending)} />
        </Fact>
        <Fact name="Meta did not answer">{queue.proving === 0 ? "0" : `${count(queue.proving)}, a status may still come`}</Fact>
        <Fact name="Unknown whether sent">
          <ListLink queue={queue} of={{ status: "unknown" }} many={queue.unknown} words={count(queue.unknown)} />
        </Fact>
        <Fact name="Failed">
          <ListLink queue={queue} of={{ status: "failed" }} many={queue.failed} words={count(queue.failed)} />
        </Fact>
        <Fact name="No news">
          <ListLink queue={queue} of={{ stuck: true }} many={queue.stuck} words={count(queue.stuck)} />
        </Fact>
      </dl>

      {queue.waiting.length > 0 && (
        <ul className={classes.reasons} aria-label="Why messages wait">
          {queue.waiting.map(({ reason, count: many }) => (
            <li key={reason}>
              <span className={classes.count}>{count(many)}</span>
              <span style={{ flex: "1 1 220px" }}>
                {reasonOf(reason).words}.{" "}
                {reasonOf(reason).remedy && <Text span inherit c="dimmed">{reasonOf(reason).remedy}</Text>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Stack>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ListLink({ queue, of, many, words }: { queue: Queue; of: OutboundFilters; many: number; words: string }) {
  if (many === 0) return "0";
  return (
    <Link to="/queue" search={{ accountId: queue.accountId, ...of }} hash="messages" className={classes.link ?? ""}>
      {words}
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
      {isPaused ? "Resume sending" : "Pause sending"}
    </Button>
  );
}
