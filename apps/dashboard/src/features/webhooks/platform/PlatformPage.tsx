import { Button, SimpleGrid, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { History, ShieldX } from "lucide-react";
import { useState } from "react";
import type { PlatformHealth } from "../../../api/types";
import { Empty } from "../../../ui/Empty";
import { Page } from "../../../ui/Page";
import { ProblemNote } from "../../../ui/ProblemNote";
import { useSigned } from "../../auth/session";
import { platformHealthQuery } from "../data";
import { Parked } from "../Parked";
import { ReplayRange } from "../ReplayRange";
import { WebhookTabs } from "../Tabs";
import { Deliveries } from "./Deliveries";
import { Rejections } from "./Rejections";

/** Shows operators the webhooks of the whole platform: deliveries, refused posts, and items of unknown numbers. */
export function PlatformPage() {
  const { me } = useSigned();
  const [ranging, setRanging] = useState(false);
  if (!me.user.isOperator) {
    return (
      <Page title="Webhooks of the platform">
        <Empty icon={ShieldX} title="This page is for the platform's operators">
          Your own organisation&apos;s webhooks are under Webhooks.
        </Empty>
      </Page>
    );
  }
  return (
    <Page
      title="Webhooks of the platform"
      lead="All that Meta posts to this server, whichever organisation it is for."
      actions={
        <Button leftSection={<History size={16} aria-hidden />} onClick={() => setRanging(true)}>
          Replay a time range
        </Button>
      }
    >
      <WebhookTabs at="platform" />
      <Health />
      <Parked scope="platform" mayAct initial="homeless" />
      <Rejections />
      <Deliveries />
      <ReplayRange scope="platform" opened={ranging} onClose={() => setRanging(false)} />
    </Page>
  );
}

/** Lists the counts of the platform's health, each with its meaning. */
function factsOf(health: PlatformHealth): { name: string; value: number; what: string; bad: boolean }[] {
  return [
    { name: "Being written", value: health.writer.pending, what: "posts that wait for the disk", bad: false },
    { name: "Not split yet", value: health.unsplit, what: "deliveries in the journal", bad: false },
    { name: "Waiting", value: health.queued, what: "changes to be applied", bad: false },
    { name: "Parked", value: health.parked, what: "items that somebody must look at", bad: health.parked > 0 },
    { name: "Unknown number", value: health.homeless, what: "items of unknown WABAs and numbers", bad: health.homeless > 0 },
    { name: "Refused", value: health.rejected, what: "wrong signatures in the last hour", bad: health.rejected > 0 },
  ];
}

function Health() {
  const health = useQuery(platformHealthQuery);
  return (
    <>
      {health.isError && (
        <ProblemNote error={health.error} title="The platform's health could not be loaded" onRetry={() => void health.refetch()} retrying={health.isFetching} />
      )}
      {health.isPending && <Skeleton height={120} radius={14} role="status" aria-label="Loading the platform's health" />}
      {health.data && (
        <SimpleGrid component="dl" cols={{ base: 2, sm: 3, lg: 6 }} className="wk-card" p="lg" m={0} spacing="lg">
          {factsOf(health.data).map((fact) => (
            <div key={fact.name}>
              <Text component="dt" size="sm" c="dimmed">
                {fact.name}
              </Text>
              <dd style={{ margin: 0 }}>
                <Text fz="1.5rem" fw={650} c={fact.bad ? "var(--wk-warn)" : undefined}>
                  {fact.value.toLocaleString("en")}
                </Text>
                <Text size="xs" c="dimmed">
                  {fact.what}
                </Text>
              </dd>
            </div>
          ))}
        </SimpleGrid>
      )}
    </>
  );
}
