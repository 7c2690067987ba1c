import { Box, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Inbox, SearchX } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { flatten } from "../../api/pages";
import { Empty } from "../../ui/Empty";
import { ProblemNote } from "../../ui/ProblemNote";
import { accountsQuery } from "../connections/data";
import { teamQuery } from "../team/data";
import { ConversationRow } from "./ConversationRow";
import { conversationsQuery } from "./data";
import { isFiltered, type Filters } from "./filters";
import classes from "./Inbox.module.css";

const ROW_HEIGHT = 61;
const LOAD_AT = 15;

interface ConversationListProps {
  filters: Filters;
  selected: string | undefined;
  onClear: () => void;
}

/** Lists the conversations that match the filters. Only those in view are drawn. */
export function ConversationList({ filters, selected, onClear }: ConversationListProps) {
  const query = useInfiniteQuery(conversationsQuery(filters));
  const accounts = useQuery(accountsQuery);
  const team = useQuery(teamQuery);
  const scroll = useRef<HTMLDivElement>(null);
  const items = useMemo(() => flatten(query.data), [query.data]);
  const several = useMemo(() => new Set(items.map((each) => each.accountId)).size > 1, [items]);
  const numbers = useMemo(() => new Map(accounts.data?.map((each) => [each.id, each.displayName])), [accounts.data]);
  const members = useMemo(() => new Map(team.data?.map((each) => [each.userId, each.name || each.email])), [team.data]);

  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: useCallback((index: number) => items[index]?.id ?? index, [items]),
    overscan: 8,
    paddingEnd: 48,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query;

  useEffect(() => {
    if (last >= items.length - LOAD_AT && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [last, items.length, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  return (
    <div className={classes.scroll} ref={scroll}>
      {query.isPending && <ListSkeleton />}
      {query.isError && (
        <Box p="sm">
          <ProblemNote
            error={query.error}
            title={query.data ? "Not all conversations could be loaded" : "The conversations could not be loaded"}
            onRetry={() => void (isFetchNextPageError ? fetchNextPage() : query.refetch())}
            retrying={query.isFetching}
          />
        </Box>
      )}
      {query.data && items.length === 0 && (
        <Box p="sm">
          {isFiltered(filters) ? (
            <Empty icon={SearchX} title="Nothing was found" action={<Button variant="default" onClick={onClear}>Show all open ones</Button>}>
              No conversation fits what you search and filter for.
            </Empty>
          ) : (
            <Empty
              icon={Inbox}
              title="No open conversations"
              action={
                accounts.data?.length === 0 ? (
                  <Button component={Link} to="/connections">
                    Connect a number
                  </Button>
                ) : (
                  <Button variant="default" renderRoot={(props) => <Link to="/inbox" search={{ state: "closed" }} {...props} />}>
                    Show the closed ones
                  </Button>
                )
              }
            >
              {accounts.data?.length === 0
                ? "Connect your WhatsApp number first. What your customers write then appears here."
                : "When a customer writes to one of your numbers, it appears here by itself."}
            </Empty>
          )}
        </Box>
      )}
      {items.length > 0 && (
        <ul className={classes.rows} aria-label="Conversations" style={{ height: virtual.getTotalSize() }}>
          {shown.map((item) => {
            const conversation = items[item.index];
            return (
              conversation && (
                <li
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  className={classes.rowBox}
                  style={{ transform: `translateY(${item.start}px)` }}
                  aria-setsize={hasNextPage ? -1 : items.length}
                  aria-posinset={item.index + 1}
                >
                  <ConversationRow
                    conversation={conversation}
                    selected={conversation.id === selected}
                    filters={filters}
                    number={several ? numbers.get(conversation.accountId) : undefined}
                    assignee={conversation.assigneeId ? members.get(conversation.assigneeId) : undefined}
                  />
                </li>
              )
            );
          })}
          {isFetchingNextPage && (
            <li role="status" style={{ position: "absolute", bottom: 12, insetInline: 0, textAlign: "center" }}>
              <Text size="xs" c="dimmed">
                Loading more…
              </Text>
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

function ListSkeleton() {
  return (
    <Stack gap={0} role="status" aria-label="Loading the conversations">
      {Array.from({ length: 9 }, (_, row) => (
        <Group key={row} wrap="nowrap" gap={12} px={14} h={ROW_HEIGHT}>
          <Skeleton circle height={40} />
          <Stack gap={8} style={{ flex: 1 }}>
            <Skeleton height={12} width={`${40 + ((row * 23) % 30)}%`} />
            <Skeleton height={10} width={`${60 + ((row * 17) % 30)}%`} />
          </Stack>
        </Group>
      ))}
    </Stack>
  );
}
