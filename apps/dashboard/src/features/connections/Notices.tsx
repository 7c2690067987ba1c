import { Button, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Account, ConnectSession, Warning } from "../../api/types";
import { Banner } from "../../ui/Banner";
import { ProblemNote } from "../../ui/ProblemNote";
import { RelativeTime } from "../../ui/RelativeTime";
import { toastProblem } from "../../ui/toast";
import { openSessionsQuery, useActOnAccount, useActOnSession, warningsQuery } from "./data";
import { byUrgency, WARNING_TONE } from "./words";

interface NoticesProps {
  accounts: readonly Account[];
  isAdmin: boolean;
  /** The session that the panel already shows. */
  shown: string | undefined;
  onResume: (sessionId: string) => void;
  onReconnect: (account: Account) => void;
  onRegister: (account: Account) => void;
}

/** Lists warnings and unfinished connections, most urgent first. */
export function Notices({ accounts, isAdmin, shown, onResume, onReconnect, onRegister }: NoticesProps) {
  const warnings = useQuery(warningsQuery);
  const sessions = useQuery({ ...openSessionsQuery, enabled: isAdmin });
  const open = (sessions.data ?? []).filter((session) => session.id !== shown);
  const known = byUrgency(warnings.data ?? []);
  if (open.length === 0 && known.length === 0 && !warnings.isError) return null;

  return (
    <Stack gap="sm" role="region" aria-label="What needs attention">
      {warnings.isError && (
        <ProblemNote
          error={warnings.error}
          title="Warnings could not be loaded"
          onRetry={() => void warnings.refetch()}
          retrying={warnings.isFetching}
        />
      )}
      {known.map((warning) => {
        const account = accounts.find((each) => each.id === warning.accountId);
        return (
          <Banner
            key={`${warning.grantId} ${warning.accountId ?? ""} ${warning.code}`}
            tone={WARNING_TONE[warning.severity]}
            title={account ? `${account.displayPhone}: ${warning.detail}` : warning.detail}
            actions={isAdmin && account && <Cure warning={warning} account={account} onReconnect={onReconnect} onRegister={onRegister} />}
          >
            {warning.remedy}
            {!isAdmin && warning.act && " An admin of your organisation can do it."}
          </Banner>
        );
      })}
      {open.map((session) => (
        <OpenSession key={session.id} session={session} onResume={onResume} />
      ))}
    </Stack>
  );
}

interface CureProps extends Pick<NoticesProps, "onReconnect" | "onRegister"> {
  warning: Warning;
  account: Account;
}

/** Shows the button of the act that a warning asks for, under the name that its words use. */
function Cure({ warning, account, onReconnect, onRegister }: CureProps) {
  const act = useActOnAccount(account);
  switch (warning.act) {
    case "reconnect":
      return (
        <Button size="xs" variant="default" onClick={() => onReconnect(account)}>
          Reconnect
        </Button>
      );
    case "register":
      return (
        <Button size="xs" variant="default" onClick={() => onRegister(account)}>
          Register with PIN
        </Button>
      );
    case "verify":
      return (
        <Button
          size="xs"
          variant="default"
          loading={act.isPending}
          onClick={() => act.mutate({ act: "verify" }, { onError: (error) => toastProblem(`${account.displayPhone} could not be verified`, error) })}
        >
          Verify
        </Button>
      );
    default:
      return null;
  }
}

const OPEN_WORDS: Partial<Record<ConnectSession["status"], string>> = {
  awaiting_login: "The login at Meta is not finished.",
  awaiting_confirmation: "It was finished in another browser and waits for your word.",
  awaiting_choice: "The numbers are not chosen yet.",
  running: "It is running.",
};

function OpenSession({ session, onResume }: { session: ConnectSession; onResume: (id: string) => void }) {
  const act = useActOnSession(session.id);
  const running = session.status === "running";
  return (
    <Banner
      tone="info"
      title={running ? "A connection is running" : "A connection is unfinished"}
      actions={
        <>
          <Button size="xs" onClick={() => onResume(session.id)}>
            {running ? "Show it" : "Resume"}
          </Button>
          {session.canCancel && (
            <Button
              size="xs"
              variant="default"
              loading={act.isPending}
              onClick={() =>
                act.mutate(
                  { act: "cancel" },
                  { onError: (error) => toastProblem("The connection could not be given up", error) },
                )
              }
            >
              Give up
            </Button>
          )}
        </>
      }
    >
      {session.problem?.detail ?? OPEN_WORDS[session.status]} Begun <RelativeTime at={session.createdAt} />, it
      lapses <RelativeTime at={session.expiresAt} tense="future" />.
    </Banner>
  );
}
