import { Box, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { WabaTraffic, WebhookHealth } from "../../api/types";
import { Copy } from "../../ui/Copy";
import { ProblemNote } from "../../ui/ProblemNote";
import { RelativeTime } from "../../ui/RelativeTime";
import { Sentence } from "../../ui/Sentence";
import { clock } from "../../ui/time";
import { useSeconds } from "../../ui/useSeconds";
import { healthQuery } from "./data";
import classes from "./Webhooks.module.css";
import { bars, count, healthSentence, rateWords, type Bar } from "./words";

/** Shows the health of receiving: a sentence, the last hour, then each WABA. */
export function Health() {
  const health = useQuery(healthQuery);
  return (
    <Stack gap="lg">
      {health.isError && (
        <ProblemNote
          error={health.error}
          title={health.data ? "The health of webhooks could not be brought up to date" : "The health of webhooks could not be loaded"}
          onRetry={() => void health.refetch()}
          retrying={health.isFetching}
        />
      )}
      {health.isPending && (
        <Stack className="wk-card" p="lg" gap="md" role="status" aria-label="Loading the health of webhooks" h={186}>
          <Skeleton height={24} width="60%" maw={360} />
          <Skeleton height={72} />
        </Stack>
      )}
      {health.data && (
        <>
          <Stack className="wk-card" p="lg" gap="sm">
            <Standing health={health.data} />
            <RateChart wabas={health.data.wabas} />
          </Stack>
          {health.data.wabas.length > 0 && <Wabas wabas={health.data.wabas} />}
        </>
      )}
    </Stack>
  );
}

function Standing({ health }: { health: WebhookHealth }) {
  const now = useSeconds();
  const waiting = [
    health.queued > 0 && `${count(health.queued, "change")} waiting to be applied`,
    health.parked > 0 && `${count(health.parked, "item")} parked`,
  ].filter(Boolean);
  return (
    <div>
      <Sentence {...healthSentence(health, now)} />
      <Text size="sm" c="dimmed" mt={2}>
        {waiting.length > 0 ? waiting.join(", ") : "Nothing waits, nothing is parked."}
      </Text>
    </div>
  );
}

const HEIGHT = 72;
const STEP = 10;

/** Draws a bar for each of the last 60 minutes. Parked items are on top, in another colour. */
function RateChart({ wabas }: { wabas: WabaTraffic[] }) {
  const shown = bars(wabas, useSeconds(15_000));
  const most = Math.max(1, ...shown.map((bar) => bar.changes));
  const total = shown.reduce((sum, bar) => sum + bar.changes, 0);
  const parked = shown.reduce((sum, bar) => sum + bar.parked, 0);
  const words = `${count(total, "change")} in the last hour, at most ${most.toLocaleString("en")} in a minute${parked > 0 ? `, ${parked} parked` : ""}`;
  return (
    <Box>
      <svg className={classes.chart} viewBox={`0 0 ${shown.length * STEP} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
        {shown.map((bar, at) => (
          <Column key={bar.minute} bar={bar} at={at} most={most} />
        ))}
      </svg>
      <Group justify="space-between" wrap="nowrap" mt={4}>
        <Text size="xs" c="dimmed" data-axis>
          an hour ago
        </Text>
        <Text size="xs" c="dimmed" data-axis>
          now
        </Text>
      </Group>
      {total > 0 && (
        <Text size="sm" c="dimmed" mt={2}>
          {words}
        </Text>
      )}
    </Box>
  );
}

function Column({ bar, at, most }: { bar: Bar; at: number; most: number }) {
  const height = bar.changes === 0 ? 0 : Math.max(2, (bar.changes / most) * (HEIGHT - 4));
  const bad = bar.changes === 0 ? 0 : Math.min(height, (bar.parked / most) * (HEIGHT - 4));
  return (
    <g>
      <title>{`${clock(bar.minute)}: ${count(bar.changes, "change")}${bar.parked > 0 ? `, ${bar.parked} parked` : ""}`}</title>
      <rect data-base x={at * STEP + 1} y={HEIGHT - 2} width={STEP - 2} height={2} />
      <rect x={at * STEP + 1} y={HEIGHT - height} width={STEP - 2} height={height} />
      {bad > 0 && <rect data-parked x={at * STEP + 1} y={HEIGHT - height} width={STEP - 2} height={Math.max(2, bad)} />}
    </g>
  );
}

function Wabas({ wabas }: { wabas: WabaTraffic[] }) {
  return (
    <Box className="wk-card" style={{ overflow: "hidden" }}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>WhatsApp Business Account</th>
            <th>Last change</th>
            <th className={classes.number}>A minute</th>
            <th className={classes.number}>Until applied</th>
            <th className={classes.number}>Parked</th>
          </tr>
        </thead>
        <tbody>
          {wabas.map((waba) => (
            <tr key={waba.wabaId}>
              <td data-label="Account">
                <Box>
                  <Text size="sm" fw={600}>
                    {waba.wabaName ?? "Without a name"}
                  </Text>
                  <Copy value={waba.wabaId} what="WABA id" mono />
                </Box>
              </td>
              <td data-label="Last change">{waba.lastAt ? <RelativeTime at={waba.lastAt} /> : "None yet"}</td>
              <td data-label="A minute" className={classes.number}>
                {rateWords(waba.perMinute)}
              </td>
              <td data-label="Until applied" className={classes.number}>
                {waba.latencyMs ? `${latencyWords(waba.latencyMs.average)}, at most ${latencyWords(waba.latencyMs.max)}` : "Not known"}
              </td>
              <td data-label="Parked" className={classes.number}>
                {waba.parked.toLocaleString("en")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  );
}

function latencyWords(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
