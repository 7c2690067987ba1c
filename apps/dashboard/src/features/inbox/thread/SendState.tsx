import { Button, Group, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { useEffect, useState, type ReactNode } from "react";
import { readContent } from "../../../api/content";
import type { MessageAct } from "../../../api/send";
import type { Message } from "../../../api/types";
import { Confirm } from "../../../ui/Confirm";
import { useNow } from "../../../ui/RelativeTime";
import { toastDone, toastProblem } from "../../../ui/toast";
import { reasonOf, waitingWords } from "../../queue/reasons";
import { stuckWords } from "../../queue/words";
import { addToDraft, focusComposer } from "../compose/drafts";
import { messageQuery, useActOnMessage } from "../data";
import { Faults } from "./Faults";
import classes from "./Thread.module.css";

/** Most messages leave before a person could read why they wait. */
const QUIET_MS = 1_500;
/** No event reports the place behind other messages, so the server is asked while the message is in view. */
const ASK_EVERY_MS = 4_000;

interface SendStateProps {
  message: Message;
  mayAct: boolean;
}

/** Says why a message waits or failed, and offers the acts on it. */
export function SendState({ message, mayAct }: SendStateProps) {
  const { status, errors } = message;
  if (message.direction !== "outbound") return errors.length > 0 ? <Faults errors={errors} /> : null;
  switch (status) {
    case "queued":
      return <Queued message={message} mayAct={mayAct} />;
    case "sending":
      return message.waiting?.reason === "proof" ? <Note>{<Until message={message} />}</Note> : null;
    case "accepted":
    case "sent":
      if (message.isStuck) return <Stuck message={message} />;
      break;
    case "unknown":
      return <Unknown message={message} mayAct={mayAct} />;
    case "failed":
      return <Failed message={message} mayAct={mayAct} />;
    case "cancelled":
      return (
        <Note>
          Taken back before it was sent. {mayAct && message.canRetry && <Again message={message} />}
        </Note>
      );
    case "expired":
      return (
        <Note>
          It could not be sent in time, and was not sent at all. {mayAct && message.canRetry && <Again message={message} />}
        </Note>
      );
  }
  return errors.length > 0 ? <Faults errors={errors} /> : null;
}

function Note({ tone, children }: { tone?: "warn"; children: ReactNode }) {
  return (
    <div className={classes.sendNote} data-tone={tone}>
      {children}
    </div>
  );
}

function Until({ message }: { message: Message }) {
  const now = useNow();
  return message.waiting ? waitingWords(message.waiting, now) : "Waits to be sent.";
}

/** Says that there is no news. It offers no act, least of all to send the message again. */
function Stuck({ message }: { message: Message }) {
  return (
    <Note>
      {stuckWords(message)}{" "}
      {message.status === "accepted" ? (
        <>
          See under{" "}
          <Link to="/webhooks" className={classes.noteLink ?? ""}>
            Webhooks
          </Link>{" "}
          whether Meta&apos;s reports come in.
        </>
      ) : (
        "It may be switched off, or the customer may have blocked your number. The message is not sent again by itself."
      )}
    </Note>
  );
}

function useAct(message: Message, done: string, failed: string) {
  const act = useActOnMessage(message.id);
  const run = (what: MessageAct, then?: () => void) =>
    act.mutate(what, {
      onSuccess: () => {
        toastDone(done);
        then?.();
      },
      onError: (error) => toastProblem(failed, error),
    });
  return { run, busy: act.isPending };
}

function Queued({ message, mayAct }: SendStateProps) {
  const [shown, setShown] = useState(() => Date.now() - Date.parse(message.createdAt) > QUIET_MS);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  const fresh = useQuery({ ...messageQuery(message.id), enabled: shown, refetchInterval: ASK_EVERY_MS, staleTime: 0 });
  const { run, busy } = useAct(message, "The message is taken back. It was not sent.", "The message was not taken back");
  if (!shown) return null;
  const told = fresh.data?.status === "queued" ? fresh.data : message;
  const remedy = told.waiting ? reasonOf(told.waiting.reason).remedy : undefined;
  return (
    <Note>
      <Until message={told} /> {remedy}{" "}
      {mayAct && told.canCancel && (
        <Button size="compact-xs" variant="default" loading={busy} onClick={() => run({ act: "cancel" })}>
          Cancel message
        </Button>
      )}
    </Note>
  );
}

/** Sends a message again that cannot arrive twice by it. */
function Again({ message, words = "Send again" }: { message: Message; words?: string }) {
  const { run, busy } = useAct(message, "The message is in the queue again.", "The message was not queued again");
  return (
    <Button size="compact-xs" variant="default" leftSection={<RotateCw size={12} aria-hidden />} loading={busy} onClick={() => run({ act: "retry" })}>
      {words}
    </Button>
  );
}

/** Puts the text of a message that cannot be sent as it is back into the composer. */
function WriteAnew({ message }: { message: Message }) {
  const content = readContent(message.content);
  if (content.type !== "text") return null;
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      onClick={() => {
        addToDraft(message.conversationId, content.body);
        focusComposer();
      }}
    >
      Edit as a new message
    </Button>
  );
}

function Failed({ message, mayAct }: SendStateProps) {
  const [first] = message.errors;
  const retry = first?.explanation.retry ?? "safe";
  const acts = mayAct && message.canRetry;
  return (
    <>
      {message.errors.length > 0 ? <Faults errors={message.errors} /> : <div className={classes.fault}>It was not sent. Nobody told why.</div>}
      {acts && (
        <Group gap={6} mt={4} justify="flex-end">
          {message.retryMayRepeat || retry === "unknown" ? (
            <AgainPerhapsTwice message={message} />
          ) : retry === "never" ? (
            <Text size="xs" c="dimmed">
              Sent again as it is, it would fail again.
            </Text>
          ) : (
            <Again message={message} words={retry === "later" ? "Send again now" : "Send again"} />
          )}
          <WriteAnew message={message} />
        </Group>
      )}
    </>
  );
}

function AgainPerhapsTwice({ message }: { message: Message }) {
  const [asking, setAsking] = useState(false);
  const act = useActOnMessage(message.id);
  return (
    <>
      <Button size="compact-xs" variant="default" leftSection={<RotateCw size={12} aria-hidden />} onClick={() => setAsking(true)}>
        Send again…
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title="Send this message again?"
        act="Send it, perhaps twice"
        busy={act.isPending}
        error={act.error}
        onAct={() =>
          act.mutate(
            { act: "retry", mayRepeat: true },
            {
              onSuccess: () => {
                setAsking(false);
                toastDone("The message is in the queue again.");
              },
            },
          )
        }
      >
        <Text size="sm">
          Nobody knows whether Meta took it the first time. If it did, <strong>the customer gets it twice</strong>.
        </Text>
        <List size="sm">
          <List.Item>Ask the customer, or wait for their answer, if twice would do harm.</List.Item>
          <List.Item>If a status still comes in, it shows by itself that the first one arrived.</List.Item>
        </List>
      </Confirm>
    </>
  );
}

function Unknown({ message, mayAct }: SendStateProps) {
  const { run, busy } = useAct(message, "The message is marked as not sent.", "The message was not changed");
  return (
    <Note tone="warn">
      <strong>Nobody knows whether this was sent.</strong> Meta gave no answer, and no status came. It may have arrived, so it is not sent again by itself.
      {message.errors.length > 0 && <Faults errors={message.errors} />}
      {mayAct && message.canRetry && (
        <Group gap={6} mt={6}>
          <AgainPerhapsTwice message={message} />
          <Button size="compact-xs" variant="default" loading={busy} onClick={() => run({ act: "dismiss" })}>
            It was not sent
          </Button>
        </Group>
      )}
    </Note>
  );
}
