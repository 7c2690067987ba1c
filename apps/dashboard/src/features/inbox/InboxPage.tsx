import { ActionIcon, Box, Group, Skeleton, Text, VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { ArrowLeft, Info, MessagesSquare } from "lucide-react";
import { useEffect, useRef } from "react";
import { ApiProblem } from "../../api/problem";
import type { Conversation } from "../../api/types";
import { acceptsKeys } from "../../shell/keysStore";
import { Empty } from "../../ui/Empty";
import { ProblemNote } from "../../ui/ProblemNote";
import { atLeast, useSigned } from "../auth/session";
import composeClasses from "./compose/Compose.module.css";
import { Composer } from "./compose/Composer";
import { DropZone } from "./compose/DropZone";
import { useOutboxRun } from "./compose/outboxStore";
import { useWriting } from "./compose/useWriting";
import { ConversationList } from "./ConversationList";
import { conversationQuery } from "./data";
import { DetailsPanel } from "./details/DetailsPanel";
import { WindowChip } from "./details/WindowClock";
import { FilterBar } from "./FilterBar";
import { readFilters, type Filters } from "./filters";
import classes from "./Inbox.module.css";
import { Thread } from "./thread/Thread";
import threadClasses from "./thread/Thread.module.css";
import { useAnnounce } from "./useAnnounce";
import { contactName, conversationName } from "./words";

const FRAMES_TO_DRAW = 20;

/** Gives the focus to the open screen where the one that had it is hidden, as on a phone. */
function useFocusKept(conversationId: string | undefined, panel: boolean): void {
  const before = useRef({ conversationId, panel });
  useEffect(() => {
    const left = before.current;
    before.current = { conversationId, panel };
    if (left.conversationId === conversationId && left.panel === panel) return;
    let frame = 0;
    const settle = (patience: number) => {
      const active = document.activeElement;
      if (active && active !== document.body && active.checkVisibility()) return;
      const row = conversationId ? null : document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(left.conversationId ?? "")}"]`);
      // A list that was hidden draws its rows a few frames later.
      if (!conversationId && !row && patience > 0) frame = requestAnimationFrame(() => settle(patience - 1));
      else (row ?? document.getElementById("content"))?.focus({ preventScroll: true });
    };
    frame = requestAnimationFrame(() => settle(FRAMES_TO_DRAW));
    return () => cancelAnimationFrame(frame);
  }, [conversationId, panel]);
}

/** Shows list, thread and details side by side, and on a phone one after the other. */
export function InboxPage() {
  const search = useSearch({ from: "/shell/inbox" });
  const { conversationId } = useParams({ strict: false });
  const navigate = useNavigate();
  const filters = readFilters({ ...search });
  const said = useAnnounce(conversationId);
  useOutboxRun();
  useFocusKept(conversationId, search.panel === "details");

  useEffect(() => {
    document.title = "Inbox · Wabakit";
  }, []);

  const filter = (next: Filters) =>
    void navigate(
      conversationId
        ? { to: "/inbox/$conversationId", params: { conversationId }, search: next, replace: true }
        : { to: "/inbox", search: next, replace: true },
    );

  return (
    <div className={classes.inbox} data-bleed data-open={conversationId ? true : undefined} data-panel={search.panel ? true : undefined}>
      <section className={classes.list} aria-label="Conversations">
        <FilterBar filters={filters} onChange={filter} />
        <ConversationList filters={filters} selected={conversationId} onClear={() => filter({})} />
      </section>
      {conversationId ? (
        <OneConversation key={conversationId} id={conversationId} filters={filters} panel={search.panel === "details"} />
      ) : (
        <div className={classes.pane}>
          <div className={classes.blank}>
            <Empty icon={MessagesSquare} title="Choose a conversation">
              Pick one on the left, or walk through them with <kbd>j</kbd> and <kbd>k</kbd> and open one with <kbd>Enter</kbd>.
            </Empty>
          </div>
        </div>
      )}
      <VisuallyHidden role="status" aria-live="polite">
        {said}
      </VisuallyHidden>
    </div>
  );
}

function OneConversation({ id, filters, panel }: { id: string; filters: Filters; panel: boolean }) {
  const { me } = useSigned();
  const navigate = useNavigate();
  const onPhone = useMediaQuery("(max-width: 48em)");
  const query = useQuery(conversationQuery(id));
  const conversation = query.data;

  const toList = () => void navigate({ to: "/inbox", search: filters });
  const toThread = () => void navigate({ to: "/inbox/$conversationId", params: { conversationId: id }, search: filters });

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.key !== "Escape" || !acceptsKeys(event)) return;
      if (panel) void navigate({ to: "/inbox/$conversationId", params: { conversationId: id }, search: filters });
      else {
        // The focus goes back to the conversation's row, so that j and k go on from there.
        document.querySelector<HTMLElement>(`[data-conversation="${CSS.escape(id)}"]`)?.focus();
        void navigate({ to: "/inbox", search: filters });
      }
    }
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });

  if (query.isError && !conversation) {
    const gone = query.error instanceof ApiProblem && query.error.status === 404;
    return (
      <div className={classes.pane}>
        <Group className={threadClasses.head ?? ""}>
          <Back onClick={toList} label="Back to the conversations" always />
        </Group>
        <Box p="md">
          {gone ? (
            <Empty icon={MessagesSquare} title="This conversation is not here">
              It was erased, merged into another, or belongs to another organisation.
            </Empty>
          ) : (
            <ProblemNote error={query.error} title="The conversation could not be loaded" onRetry={() => void query.refetch()} retrying={query.isFetching} />
          )}
        </Box>
      </div>
    );
  }

  return (
    <>
      <section className={classes.pane} aria-label="Messages">
        <div className={threadClasses.thread}>
          <div className={threadClasses.head}>
            <Back onClick={toList} label="Back to the conversations" />
            <Box style={{ flex: 1, minWidth: 0 }}>
              {conversation ? (
                <>
                  {/* On a phone the list with the page's heading is hidden. */}
                  <Text component={onPhone ? "h1" : "h2"} m={0} fz="md" fw={650} truncate dir="auto">
                    {conversationName(conversation)}
                  </Text>
                  <Text size="xs" c="dimmed" truncate>
                    {conversation.state === "closed" ? "Closed" : "Open"}
                    {conversation.contact?.optedOut && " · wants no marketing"}
                  </Text>
                </>
              ) : (
                <Skeleton height={18} width={160} />
              )}
            </Box>
            {conversation && <WindowChip window={conversation.window} />}
            <ActionIcon
              className={classes.onlyPhone ?? ""}
              variant="default"
              size={36}
              aria-label={`Details of ${contactName(conversation?.contact)}`}
              onClick={() =>
                void navigate({ to: "/inbox/$conversationId", params: { conversationId: id }, search: { ...filters, panel: "details" } })
              }
            >
              <Info size={18} aria-hidden />
            </ActionIcon>
          </div>
          {conversation && <Talk conversation={conversation} mayAct={atLeast(me.org.role, "agent")} />}
        </div>
      </section>
      <aside className={classes.details} aria-label="Contact and window">
        <Group className={`${threadClasses.head ?? ""} ${classes.onlyPhone ?? ""}`} w="100%">
          <Back onClick={toThread} label="Back to the messages" always />
          <Text component={onPhone ? "h1" : "h2"} m={0} fz="md" fw={650}>
            Details
          </Text>
        </Group>
        {conversation ? (
          <DetailsPanel conversation={conversation} onErased={toList} />
        ) : (
          <Box p="md" role="status" aria-label="Loading the details">
            <Skeleton circle height={64} mx="auto" mb="md" />
            <Skeleton height={20} mb="md" />
            <Skeleton height={80} />
          </Box>
        )}
      </aside>
    </>
  );
}

/** Shows the messages and the composer. Files can be dropped on both. */
function Talk({ conversation, mayAct }: { conversation: Conversation; mayAct: boolean }) {
  const writing = useWriting(conversation, mayAct);
  return (
    <DropZone conversationId={conversation.id} enabled={writing === "open"}>
      <div className={composeClasses.threadArea}>
        <Thread conversation={conversation} mayAct={mayAct} />
      </div>
      <Composer key={conversation.id} conversation={conversation} writing={writing} />
    </DropZone>
  );
}

/** Leads back to the list or the thread, at widths where that is hidden. */
function Back({ onClick, label, always = false }: { onClick: () => void; label: string; always?: boolean }) {
  return (
    <ActionIcon className={always ? "" : classes.onlyList ?? ""} variant="subtle" color="gray" size={36} aria-label={label} onClick={onClick}>
      <ArrowLeft size={20} aria-hidden />
    </ActionIcon>
  );
}
