import { Button, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Send } from "lucide-react";
import { Empty } from "../../ui/Empty";
import { Page } from "../../ui/Page";
import { ProblemNote } from "../../ui/ProblemNote";
import { Sentence } from "../../ui/Sentence";
import { atLeast, useSigned } from "../auth/session";
import { queuesQuery } from "./data";
import { MessageDrawer } from "./MessageDrawer";
import { NumberQueues } from "./NumberQueue";
import { OutboundList } from "./OutboundList";
import { queuesSentence } from "./words";

/** Shows the queue of each number, and the messages that were sent. */
export function QueuePage() {
  const { me, isAdmin } = useSigned();
  const { message, ...filters } = useSearch({ from: "/shell/queue" });
  const navigate = useNavigate();
  const queues = useQuery(queuesQuery);
  const sentence = queues.data && queues.data.length > 0 ? queuesSentence(queues.data) : undefined;
  return (
    <Page title="Queue" lead="What goes out to customers: what waits and why, and what failed.">
      {queues.isError && (
        <ProblemNote
          error={queues.error}
          title={queues.data ? "The queues could not be brought up to date" : "The queues could not be loaded"}
          onRetry={() => void queues.refetch()}
          retrying={queues.isFetching}
        />
      )}
      {queues.isPending && (
        <Stack gap="md" role="status" aria-label="Loading the queues">
          <Skeleton height={28} width="55%" maw={380} />
          <Skeleton height={190} radius={14} />
        </Stack>
      )}
      {queues.data?.length === 0 && (
        <Empty
          icon={Send}
          title="No number to send from"
          action={
            <Button component={Link} to="/connections">
              Connect a number
            </Button>
          }
        >
          Each connected WhatsApp number has its own queue. Connect one, and what you send appears here.
        </Empty>
      )}
      {sentence && <Sentence {...sentence} />}
      {queues.data && queues.data.length > 0 && <NumberQueues queues={queues.data} isAdmin={isAdmin} />}
      {(queues.isError || (queues.data?.length ?? 0) > 0) && (
        <OutboundList
          filters={filters}
          queues={queues.data ?? []}
          onFilter={(next) => void navigate({ to: "/queue", search: next, replace: true, resetScroll: false })}
          onOpen={(id) => void navigate({ to: "/queue", search: { ...filters, message: id }, resetScroll: false })}
        />
      )}
      <MessageDrawer
        id={message}
        mayAct={atLeast(me.org.role, "agent")}
        onClose={() => void navigate({ to: "/queue", search: filters, resetScroll: false })}
      />
    </Page>
  );
}
