import { Button, Center, Group, Stack, Switch, Text, Title, UnstyledButton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText } from "lucide-react";
import { useState } from "react";
import { flatten } from "../../../api/pages";
import { Badge } from "../../../ui/Badge";
import { Copy } from "../../../ui/Copy";
import { DetailsDrawer } from "../../../ui/DetailsDrawer";
import { Empty } from "../../../ui/Empty";
import { ProblemNote } from "../../../ui/ProblemNote";
import { RelativeTime } from "../../../ui/RelativeTime";
import { RowsSkeleton } from "../../../ui/Rows";
import rows from "../../../ui/Rows.module.css";
import { exactTime } from "../../../ui/time";
import { sizeWords } from "../../inbox/words";
import { deliveriesQuery, deliveryQuery } from "../data";
import { RawView } from "../RawView";
import { reasonWords } from "../words";

/** Lists whole deliveries as they were posted. One may hold changes of several organisations. */
export function Deliveries() {
  const [unreadable, setUnreadable] = useState(false);
  const [open, setOpen] = useState<string | undefined>();
  const query = useInfiniteQuery(deliveriesQuery(unreadable));
  const deliveries = flatten(query.data);
  return (
    <Stack gap="sm" component="section" aria-label="Deliveries">
      <Group justify="space-between">
        <Title order={2}>Deliveries</Title>
        <Switch size="sm" label="Unreadable only" checked={unreadable} onChange={(event) => setUnreadable(event.currentTarget.checked)} />
      </Group>
      {query.isError && (
        <ProblemNote error={query.error} title="Deliveries could not be loaded" onRetry={() => void query.refetch()} retrying={query.isFetching} />
      )}
      {query.isPending && <RowsSkeleton rows={6} label="Loading deliveries" />}
      {query.data && deliveries.length === 0 && (
        <Empty icon={ScrollText} title={unreadable ? "Every delivery could be read" : "Nothing has arrived yet"}>
          {unreadable ? "A delivery that is no JSON of Meta's would be kept here." : "Each post of Meta's with a right signature is kept here."}
        </Empty>
      )}
      {deliveries.length > 0 && (
        <ol className={`${rows.rows ?? ""} wk-card`}>
          {deliveries.map((delivery) => (
            <li key={delivery.id} className={rows.item}>
              <UnstyledButton className={rows.row ?? ""} onClick={() => setOpen(delivery.id)} data-list-item>
                <Text size="sm" className="wk-mono" style={{ flex: "1 1 280px", minWidth: 0 }}>
                  {delivery.id}
                </Text>
                <Text size="sm" c="dimmed" style={{ flex: "0 0 70px" }}>
                  {sizeWords(delivery.size)}
                </Text>
                <Text size="sm" c="dimmed" style={{ flex: "0 0 120px" }}>
                  <RelativeTime at={delivery.receivedAt} />
                </Text>
                <span style={{ flex: "0 0 150px" }}>{delivery.problem && <Badge tone="bad">{reasonWords(delivery.problem)}</Badge>}</span>
              </UnstyledButton>
            </li>
          ))}
        </ol>
      )}
      {query.hasNextPage && (
        <Center>
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Show older deliveries
          </Button>
        </Center>
      )}
      <DetailsDrawer id={open} title="Delivery" size={620} onClose={() => setOpen(undefined)}>
        {(shown) => (
          <RawView key={shown} query={(reveal) => deliveryQuery(shown, reveal)} mayReveal>
            {(delivery) => (
              <Text size="sm" c="dimmed">
                {exactTime(delivery.receivedAt)}, <Copy value={delivery.id} what="delivery id" mono />
              </Text>
            )}
          </RawView>
        )}
      </DetailsDrawer>
    </Stack>
  );
}
