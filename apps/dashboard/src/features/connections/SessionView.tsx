import { Button, Group, PinInput, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ConnectSession } from "../../api/types";
import { Banner } from "../../ui/Banner";
import { ProblemNote, ProblemSmallPrint } from "../../ui/ProblemNote";
import { RelativeTime } from "../../ui/RelativeTime";
import { useSigned } from "../auth/session";
import { Chooser } from "./Chooser";
import { sessionQuery, useActOnSession, type ActOnSession } from "./data";
import { CANCELLED } from "./refusals";
import { StepList } from "./StepList";
import type { Popup } from "./usePopup";
import { numbers } from "./words";

interface SessionViewProps {
  id: string;
  popup: Popup;
  onDone: (session: ConnectSession) => void;
  onStartAgain: () => void;
}

/** Shows a connect session, from the login to its end. */
export function SessionView({ id, popup, onDone, onStartAgain }: SessionViewProps) {
  const session = useQuery(sessionQuery(id));
  const act = useActOnSession(id);
  const { dispatch } = popup;
  const status = session.data?.status;

  useEffect(() => {
    if (status) dispatch({ type: "session", sessionId: id, status });
  }, [dispatch, id, status]);

  if (session.isError && !session.data) {
    return (
      <ProblemNote
        error={session.error}
        title="The connection could not be read"
        onRetry={() => void session.refetch()}
        actions={
          <Button size="xs" variant="default" onClick={onStartAgain}>
            Start again
          </Button>
        }
      />
    );
  }
  if (!session.data) {
    return (
      <Stack role="status" aria-label="Loading the connection">
        {Array.from({ length: 6 }, (_, row) => (
          <Skeleton key={row} height={18} width={`${80 - row * 6}%`} />
        ))}
      </Stack>
    );
  }
  return (
    <Stack gap="lg" data-session-status={session.data.status}>
      <SessionState session={session.data} act={act} popup={popup} onDone={onDone} onStartAgain={onStartAgain} />
      {act.isError && <ProblemNote error={act.error} />}
      {session.data.canCancel && session.data.status !== "completed" && (
        <Group justify="flex-end">
          <Button
            variant="subtle"
            color="gray"
            loading={act.isPending && act.variables.act === "cancel"}
            onClick={() => {
              popup.close();
              act.mutate({ act: "cancel" });
            }}
          >
            Give up this connection
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface StateProps {
  session: ConnectSession;
  act: ActOnSession;
  popup: Popup;
  onDone: (session: ConnectSession) => void;
  onStartAgain: () => void;
}

export function SessionState({ session, act, popup, onDone, onStartAgain }: StateProps) {
  const { me } = useSigned();
  const busy = act.isPending;
  const startAgain = <Button onClick={onStartAgain}>Start again</Button>;

  switch (session.status) {
    case "awaiting_login":
      return <Waiting session={session} popup={popup} onStartAgain={onStartAgain} />;
    case "awaiting_confirmation":
      return (
        <Banner
          tone="warn"
          title="This login was finished in another browser"
          actions={
            <Button loading={busy} onClick={() => act.mutate({ act: "confirm" })}>
              Connect it to {me.org.name}
            </Button>
          }
        >
          Somebody logged in at Meta with a link that was begun here. If that was you, or you asked them to, connect{" "}
          {session.candidates.length > 0
            ? session.candidates.map((each) => each.displayPhone).join(", ")
            : "what they shared"}{" "}
          to {me.org.name}. If not, give it up: nothing is connected.
        </Banner>
      );
    case "running":
      return (
        <>
          <Text size="sm" c="dimmed">
            This takes a few seconds. You can close this panel: it goes on by itself.
          </Text>
          <StepList steps={session.steps} />
        </>
      );
    case "awaiting_choice":
      return (
        <Chooser
          candidates={session.candidates}
          busy={busy}
          onChoose={(phoneNumberIds) => act.mutate({ act: "choose", phoneNumberIds })}
        />
      );
    case "failed":
      return <Failed session={session} act={act} onStartAgain={onStartAgain} />;
    case "completed":
      return (
        <>
          <Banner live tone="ok" title={`${numbers(session.accounts.length)} connected`}>
            {session.accounts.map((account) => (
              <Text key={account.id} size="sm">
                {account.displayPhone}, {account.displayName}
                {account.needsRegistration && ": connected, needs registration. Click Register with PIN above its card."}
              </Text>
            ))}
          </Banner>
          <StepList steps={session.steps} />
          <Button onClick={() => onDone(session)} data-autofocus>
            Show the connections
          </Button>
        </>
      );
    case "cancelled":
      return (
        <>
          <Banner tone="info" title="This connection was given up">
            What had been done at Meta is undone. Numbers that were connected before stay as they are.
          </Banner>
          {startAgain}
        </>
      );
    case "expired":
      return (
        <>
          <Banner tone="warn" title="This connection was left unfinished too long">
            What had been done at Meta is undone. Start again when you are ready.
          </Banner>
          {startAgain}
        </>
      );
  }
}

function Waiting({ session, popup, onStartAgain }: Omit<StateProps, "act" | "onDone">) {
  const { state } = popup;
  const ours = state.kind === "waiting" && state.sessionId === session.id;
  if (ours && !state.windowGone) {
    return (
      <Banner
        live
        tone="info"
        title="Waiting for you at Meta"
        actions={
          <Button size="xs" variant="default" onClick={popup.reopen}>
            Show the window again
          </Button>
        }
      >
        Log in and press Continue in the other window. This page notices by itself. The login lapses{" "}
        <RelativeTime at={session.expiresAt} tense="future" />.
      </Banner>
    );
  }
  return (
    <Banner
      live
      tone="warn"
      title={ours ? "Meta's window seems to be closed" : "The login at Meta is not finished"}
      actions={
        ours ? (
          <>
            <Button size="xs" onClick={popup.reopen}>
              Open it again
            </Button>
            <Button size="xs" variant="default" onClick={() => window.location.assign(state.authUrl)}>
              Continue in this window
            </Button>
          </>
        ) : (
          <Button size="xs" onClick={onStartAgain}>
            Start again
          </Button>
        )
      }
    >
      If you are still logging in, go on: this page notices when it is done.
    </Banner>
  );
}

const PIN_CODES = new Set(["pin_mismatch", "registration_failed"]);

function Failed({ session, act, onStartAgain }: Pick<StateProps, "session" | "act" | "onStartAgain">) {
  const [pin, setPin] = useState("");
  const { problem } = session;
  const cancelled = problem?.code === CANCELLED;
  const stepSays = !cancelled && session.steps.some((step) => step.problem);
  const asksPin = session.canResume && problem != null && PIN_CODES.has(problem.code);
  const resuming = act.isPending && act.variables.act === "resume";
  return (
    <>
      {problem && (
        <Banner live tone={cancelled ? "info" : "bad"} title={problem.title}>
          {problem.detail} {problem.remedy}
          {!stepSays && !cancelled && <ProblemSmallPrint code={problem.code} meta={problem.meta} docs={problem.docs} />}
        </Banner>
      )}
      {stepSays && <StepList steps={session.steps} />}
      {asksPin && (
        <Stack gap={6}>
          <Text size="sm" fw={600}>
            Two-step verification PIN (six digits)
          </Text>
          <PinInput length={6} type="number" value={pin} onChange={setPin} aria-label="PIN" />
        </Stack>
      )}
      <Group gap="xs">
        {session.canResume && (
          <Button loading={resuming} onClick={() => act.mutate({ act: "resume", ...(pin.length === 6 && { pin }) })}>
            Resume
          </Button>
        )}
        <Button variant={session.canResume ? "default" : "filled"} onClick={onStartAgain}>
          Start again
        </Button>
      </Group>
    </>
  );
}
