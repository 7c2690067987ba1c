import { Button, Center, Loader, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { ScrollText, Search, ShieldX } from "lucide-react";
import { api, unwrap } from "../../api/client";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";
import { ProblemNote } from "../../ui/ProblemNote";
import { RowsSkeleton } from "../../ui/Rows";
import { useSigned } from "../auth/session";
import { AuditRow } from "./AuditRow";
import { VerifyChain } from "./VerifyChain";

const PAGE = 50;

export function AuditPage() {
  const { isAdmin } = useSigned();
  if (isAdmin) return <Log />;
  return (
    <Page title="Audit log">
      <Empty
        icon={ShieldX}
        title="Only admins see the audit log"
        action={
          <Button variant="default" component={Link} to="/">
            Go back to the start
          </Button>
        }
      >
        An admin of your organisation can look something up for you, or make you an admin.
      </Empty>
    </Page>
  );
}

function Log() {
  const { action } = useSearch({ from: "/shell/audit" });
  const navigate = useNavigate();
  const log = useInfiniteQuery({
    queryKey: ["audit", action ?? ""],
    queryFn: ({ pageParam }) =>
      unwrap(
        api.GET("/api/audit", {
          params: { query: { limit: PAGE, ...(action && { action }), ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const filter = useDebouncedCallback((value: string) => {
    const next = value.trim();
    void navigate({ to: "/audit", search: next ? { action: next } : {}, replace: true });
  }, 300);
  const events = log.data?.pages.flatMap((page) => page.data) ?? [];

  return (
    <Page title="Audit log" lead="Every act that changed something, newest first, each entry chained to the one before." actions={<VerifyChain />}>
      <TextInput
        aria-label="Filter by action"
        placeholder="Filter by action, such as connect.started"
        leftSection={<Search size={16} aria-hidden />}
        defaultValue={action ?? ""}
        onChange={(event) => filter(event.currentTarget.value)}
        maw={420}
        data-search
      />
      {log.isError && (
        <ProblemNote
          error={log.error}
          title={log.data ? "More of the audit log could not be loaded" : "The audit log could not be loaded"}
          onRetry={() => void (log.data ? log.fetchNextPage() : log.refetch())}
          retrying={log.isFetching}
        />
      )}
      {log.isPending && <RowsSkeleton rows={8} height={64} label="Loading the audit log" />}
      {log.data && events.length === 0 && (
        <Empty icon={ScrollText} title={action ? "Nothing was found" : "Nothing has happened yet"}>
          {action
            ? `No event has the action “${action}”.`
            : "Connecting a number, inviting somebody, changing a setting: each leaves a line here."}
        </Empty>
      )}
      {events.length > 0 && (
        <Stack component="ol" className="wk-card" gap={0} p={0} m={0} style={{ listStyle: "none" }}>
          {events.map((event) => (
            <AuditRow key={event.id} event={event} />
          ))}
        </Stack>
      )}
      {log.hasNextPage && (
        <Center>
          <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            Show older
          </Button>
        </Center>
      )}
      {log.data && !log.hasNextPage && events.length > PAGE && (
        <Text ta="center" size="sm" c="dimmed">
          That is all, back to the beginning.
        </Text>
      )}
      {log.isFetching && !log.isPending && !log.isFetchingNextPage && (
        <Center>
          <Loader size="xs" aria-label="Bringing the log up to date" />
        </Center>
      )}
    </Page>
  );
}
