import { ActionIcon, Box, Button, Loader, Skeleton, Stack, Text, Tooltip } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown, MessageCircle } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { flatten } from "../../../api/pages";
import type { Conversation } from "../../../api/types";
import { Empty } from "../../../ui/Empty";
import { ProblemNote } from "../../../ui/ProblemNote";
import { toastProblem } from "../../../ui/toast";
import { Viewer } from "../content/Viewer";
import { useOutbox } from "../compose/outboxStore";
import { useWriting } from "../compose/useWriting";
import { threadQuery } from "../data";
import { conversationName } from "../words";
import { Actions } from "./Actions";
import { isStoredPicture, linesOf } from "./lines";
import { MessageDetails } from "./MessageDetails";
import { MessageRow } from "./MessageRow";
import { pendingMessage, PendingRow } from "./PendingRow";
import { PicturesRow } from "./PicturesRow";
import { buildRows, firstUnread, isReadAtMeta, type Row } from "./rows";
import { useMarkRead } from "./useMarkRead";
import classes from "./Thread.module.css";

const ROW_HEIGHT = 64;
/** Lines above the view at which older messages are loaded. */
const LOAD_AT = 12;
/** Distance from the end that still counts as the end. */
const END_PX = 80;
/** The most pages that a jump to a quoted message loads. */
const JUMP_PAGES = 20;

function useThread(id: string) {
  return useInfiniteQuery(threadQuery(id));
}

/** Shows the messages of a conversation. It starts at the newest, and loads older ones while the reader scrolls up. */
export function Thread({ conversation, mayAct }: { conversation: Conversation; mayAct: boolean }) {
  const query = useThread(conversation.id);
  if (query.isPending) return <ThreadSkeleton />;
  if (query.isError && !query.data) {
    return (
      <Box p="md">
        <ProblemNote
          error={query.error}
          title="The messages could not be loaded"
          onRetry={() => void query.refetch()}
          retrying={query.isFetching}
        />
      </Box>
    );
  }
  return <LoadedThread key={conversation.id} conversation={conversation} query={query} mayAct={mayAct} />;
}

interface LoadedProps {
  conversation: Conversation;
  query: ReturnType<typeof useThread>;
  mayAct: boolean;
}

function LoadedThread({ conversation, query, mayAct }: LoadedProps) {
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage, isFetchNextPageError, error } = query;
  const messages = useMemo(() => flatten(data), [data]);
  const pending = useOutbox(conversation.id);
  const shown = useMemo(() => {
    const here = new Set(messages.map((each) => each.clientReference).filter(Boolean));
    return [...pending.filter((each) => !here.has(each.key)).map(pendingMessage).reverse(), ...messages];
  }, [messages, pending]);
  const entries = useMemo(() => new Map(pending.map((each) => [`pending-${each.key}`, each])), [pending]);
  // The place of the first unread message at opening. It stays there while the reader reads.
  const [unreadFrom] = useState(() => firstUnread(messages, conversation.unread));
  const rows = useMemo(() => buildRows(shown, !hasNextPage, unreadFrom), [shown, hasNextPage, unreadFrom]);
  const lines = useMemo(() => linesOf(rows), [rows]);
  const pictures = useMemo(() => rows.filter(isStoredPicture), [rows]);
  const scroll = useRef<HTMLDivElement>(null);
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const [viewing, setViewing] = useState<string | null>(null);
  // A reply from the viewer leaves the focus in the composer.
  const [isReplying, setReplying] = useState(false);
  const viewed = pictures.find(({ message }) => message.id === viewing);
  const [atEnd, setAtEnd] = useState(true);
  const them = conversationName(conversation);

  const onView = useCallback((messageId: string | null) => {
    setReplying(false);
    setViewing(messageId);
  }, []);

  const keyAt = useCallback((index: number) => lines[index]?.[0].message.id ?? index, [lines]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: keyAt,
    overscan: 8,
    paddingStart: 44,
    paddingEnd: 16,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: END_PX,
  });
  const items = virtual.getVirtualItems();
  const firstShown = items[0]?.index ?? 0;

  const began = useRef(false);
  useEffect(() => {
    if (began.current || rows.length === 0) return;
    began.current = true;
    virtual.scrollToEnd();
  }, [rows.length, virtual]);

  useEffect(() => {
    if (began.current && firstShown < LOAD_AT && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [firstShown, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);

  const newestInbound = useMemo(() => messages.find(isReadAtMeta)?.id, [messages]);
  useMarkRead(conversation, newestInbound, atEnd, mayAct);
  const answerIn = useWriting(conversation, mayAct) === "open" ? conversation : undefined;

  // The composer grows and shrinks. A reader who was at the end stays there.
  const wasAtEnd = useRef(true);
  useEffect(() => {
    wasAtEnd.current = atEnd;
  }, [atEnd]);
  const isDrawn = rows.length > 0;
  useEffect(() => {
    const box = scroll.current;
    if (!isDrawn || !box) return;
    const watch = new ResizeObserver(() => {
      if (wasAtEnd.current) box.scrollTop = box.scrollHeight;
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, [isDrawn]);

  // A message that was just written is scrolled into view.
  const newestPending = pending.at(-1)?.key;
  useEffect(() => {
    if (newestPending !== undefined) virtual.scrollToEnd();
  }, [newestPending, virtual]);

  const jump = useCallback(
    async (metaMessageId: string) => {
      const isOriginal = (row: Row) => row.message.metaMessageId === metaMessageId;
      let known = lines;
      for (let page = 0; page <= JUMP_PAGES; page += 1) {
        const index = known.findIndex((line) => line.some(isOriginal));
        if (index >= 0) {
          const id = known[index]?.find(isOriginal)?.message.id ?? null;
          virtual.scrollToIndex(index, { align: "center" });
          setHighlighted(id);
          return;
        }
        const next = await fetchNextPage();
        if (next.isError || !next.data) {
          toastProblem("The original message could not be loaded", next.error);
          return;
        }
        known = linesOf(buildRows(flatten(next.data), !next.hasNextPage, unreadFrom));
        if (!next.hasNextPage && !known.some((line) => line.some(isOriginal))) break;
      }
      toastProblem("The original message is not here", new Error("It is older than what is stored of this conversation."));
    },
    [fetchNextPage, lines, unreadFrom, virtual],
  );
  const onJump = useCallback((id: string) => void jump(id), [jump]);

  if (rows.length === 0) {
    return (
      <div className={classes.blank}>
        <Empty icon={MessageCircle} title="No messages yet">
          What you and {them} write appears here.
        </Empty>
      </div>
    );
  }

  return (
    <>
      <div
        ref={scroll}
        className={classes.scroll}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label={`Messages with ${them}`}
        onScroll={() => setAtEnd(virtual.isAtEnd(END_PX))}
      >
        <div className={classes.spacer} style={{ height: virtual.getTotalSize() }}>
          <Top
            loading={isFetchingNextPage}
            failed={isFetchNextPageError ? error : undefined}
            complete={!hasNextPage}
            onRetry={() => void fetchNextPage()}
          />
          {items.map((item) => {
            const line = lines[item.index];
            const entry = line && entries.get(line[0].message.id);
            return (
              line && (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  className={classes.row}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  {entry ? (
                    <PendingRow entry={entry} />
                  ) : line.length > 1 ? (
                    <PicturesRow line={line} them={them} answerIn={answerIn} highlighted={highlighted} onView={onView} />
                  ) : (
                    <MessageRow
                      row={line[0]}
                      them={them}
                      mayAct={mayAct}
                      answerIn={answerIn}
                      highlighted={line[0].message.id === highlighted}
                      onJump={onJump}
                      onView={onView}
                    />
                  )}
                </div>
              )
            );
          })}
        </div>
      </div>
      {!atEnd && (
        <Tooltip label={conversation.unread > 0 ? `${conversation.unread} new` : "To the newest message"}>
          {conversation.unread > 0 ? (
            <Button className={classes.toEnd ?? ""} radius="xl" size="xs" leftSection={<ArrowDown size={14} aria-hidden />} onClick={() => virtual.scrollToEnd()}>
              {conversation.unread} new
            </Button>
          ) : (
            <ActionIcon
              className={classes.toEnd ?? ""}
              variant="default"
              radius="xl"
              size={38}
              aria-label="To the newest message"
              onClick={() => virtual.scrollToEnd()}
            >
              <ArrowDown size={18} aria-hidden />
            </ActionIcon>
          )}
        </Tooltip>
      )}
      <Viewer pictures={pictures.map(({ message }) => message)} shown={viewing} onShow={onView} returnFocus={!isReplying}>
        {viewed && (
          // The key closes what is open of one picture before the next is shown.
          <div key={viewed.message.id} className={classes.viewerFoot}>
            <MessageDetails message={viewed.message} />
            {answerIn && (
              <Actions
                message={viewed.message}
                conversation={answerIn}
                reactions={viewed.reactions}
                onReply={() => {
                  setReplying(true);
                  setViewing(null);
                }}
              />
            )}
          </div>
        )}
      </Viewer>
    </>
  );
}

interface TopProps {
  loading: boolean;
  failed: unknown;
  complete: boolean;
  onRetry: () => void;
}

/** Shows the state of loading above the oldest line. Its height never changes. */
function Top({ loading, failed, complete, onRetry }: TopProps) {
  return (
    <div className={classes.older}>
      {loading && <Loader size="xs" aria-label="Loading older messages" />}
      {!loading && failed != null && (
        <Button size="compact-xs" variant="default" onClick={onRetry}>
          Older messages could not be loaded. Try again
        </Button>
      )}
      {!loading && complete && (
        <Text size="xs" c="dimmed">
          The conversation begins here
        </Text>
      )}
    </div>
  );
}

function ThreadSkeleton() {
  return (
    <Stack className={classes.scroll ?? ""} p="md" gap="md" justify="flex-end" role="status" aria-label="Loading the messages">
      {[220, 300, 180, 340, 240].map((width, at) => (
        <Skeleton key={width} height={at % 2 ? 64 : 44} width={width} maw="80%" radius={14} ml={at % 3 === 1 ? "auto" : 0} />
      ))}
    </Stack>
  );
}
