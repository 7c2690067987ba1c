import { ActionIcon, Button, Group, Skeleton, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Cable, Ellipsis, Keyboard, Plus } from "lucide-react";
import { useCallback, useEffect, useRef, useState } from "react";
import type { Account, ConnectSession } from "../../api/types";
import { Empty } from "../../ui/Empty";
import { Menu } from "../../ui/layers";
import { Page } from "../../ui/Page";
import { ProblemNote } from "../../ui/ProblemNote";
import { toastDone } from "../../ui/toast";
import { useSigned } from "../auth/session";
import { AccountCard } from "./AccountCard";
import { AddByHand } from "./AddByHand";
import { ConnectPanel, type PanelTarget } from "./ConnectPanel";
import { isReturn, isSamePhone, type ConnectReturn } from "./connectReturn";
import { accountsQuery, refreshConnections } from "./data";
import { Help } from "./Help";
import { Notices } from "./Notices";
import { RegisterDialog } from "./RegisterDialog";
import { ReturnedRefusal } from "./ReturnedRefusal";
import { byStanding } from "./words";

/** The result of the last connection that the page shows. */
interface Shown {
  refusal?: { code: string; sessionId?: string };
  highlight: string[];
}

function panelFor(returned: ConnectReturn): PanelTarget | null {
  return returned.pending ? { sessionId: returned.pending } : null;
}

function shownFor(returned: ConnectReturn): Shown {
  return {
    highlight: returned.success && returned.phoneNumber ? [returned.phoneNumber] : [],
    ...(returned.error && {
      refusal: { code: returned.error, ...(returned.sessionId && { sessionId: returned.sessionId }) },
    }),
  };
}

export function ConnectionsPage() {
  const { isAdmin } = useSigned();
  const returned = useSearch({ from: "/shell/connections" });
  const navigate = useNavigate();
  const queries = useQueryClient();
  const accounts = useQuery(accountsQuery);
  const [target, setTarget] = useState<PanelTarget | null>(() => panelFor(returned));
  const [shown, setShown] = useState<Shown>(() => shownFor(returned));
  const [byHand, setByHand] = useState(false);
  const [registering, setRegistering] = useState<string | null>(null);
  const toasted = useRef(false);

  // Takes the callback's result out of the address once.
  useEffect(() => {
    if (!isReturn(returned)) return;
    if (returned.success && !toasted.current) {
      toasted.current = true;
      toastDone("WhatsApp is connected.");
    }
    refreshConnections(queries);
    void navigate({ to: "/connections", search: {}, replace: true });
  }, [navigate, queries, returned]);

  const reconnect = useCallback((account: Account) => setTarget({ again: account.displayPhone }), []);

  function start(): void {
    setShown({ highlight: [] });
    setTarget({});
  }

  function done(session: ConnectSession): void {
    setTarget(null);
    setShown({ highlight: session.accounts.map((account) => account.phoneNumberId) });
    refreshConnections(queries);
  }

  const list = byStanding(accounts.data ?? []);
  const connect = (
    <Button leftSection={<Plus size={18} aria-hidden />} onClick={start}>
      Connect WhatsApp
    </Button>
  );

  return (
    <Page
      title="Connections"
      lead="The WhatsApp numbers of your organisation, and the state of each."
      actions={
        isAdmin && (
          <>
            {list.length > 0 && connect}
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <ActionIcon variant="default" size={36} aria-label="More ways to connect">
                  <Ellipsis size={18} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<Keyboard size={16} aria-hidden />} onClick={() => setByHand(true)}>
                  Add by hand
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )
      }
    >
      {shown.refusal && (
        <ReturnedRefusal
          code={shown.refusal.code}
          sessionId={isAdmin ? shown.refusal.sessionId : undefined}
          onResume={(sessionId) => {
            setShown({ highlight: [] });
            setTarget({ sessionId });
          }}
          onTryAgain={start}
          onDismiss={() => setShown({ highlight: [] })}
        />
      )}
      <Notices
        accounts={list}
        isAdmin={isAdmin}
        shown={target?.sessionId ?? shown.refusal?.sessionId}
        onResume={(sessionId) => setTarget({ sessionId })}
        onReconnect={reconnect}
        onRegister={(account) => setRegistering(account.id)}
      />
      {accounts.isError && (
        <ProblemNote
          error={accounts.error}
          title={accounts.data ? "The connections could not be brought up to date" : "The connections could not be loaded"}
          onRetry={() => void accounts.refetch()}
          retrying={accounts.isFetching}
        />
      )}
      {accounts.isPending && <CardsSkeleton />}
      {accounts.data && list.length === 0 && (
        <Empty icon={Cable} title="No number is connected yet" action={isAdmin && connect}>
          Connect your WhatsApp Business number to send and receive its messages here. It takes about a minute: you log
          in at Meta, choose a number, and are back.
          {!isAdmin && " An admin of your organisation can do it."}
        </Empty>
      )}
      {list.map((account) => (
        <AccountCard
          key={account.id}
          account={account}
          isAdmin={isAdmin}
          highlighted={shown.highlight.some((phone) => isSamePhone(phone, account))}
          onReconnect={reconnect}
        />
      ))}
      <Help />
      {isAdmin && (
        <>
          <ConnectPanel target={target} onTarget={setTarget} onClose={() => setTarget(null)} onDone={done} />
          {list
            .filter((account) => account.id === registering)
            .map((account) => (
              <RegisterDialog key={account.id} account={account} opened onClose={() => setRegistering(null)} />
            ))}
          <AddByHand opened={byHand} onClose={() => setByHand(false)} />
        </>
      )}
    </Page>
  );
}

function CardsSkeleton() {
  return (
    <Stack className="wk-card" p="lg" gap="md" role="status" aria-label="Loading the connections" h={300}>
      <Group justify="space-between">
        <Skeleton height={22} width={200} />
        <Skeleton height={22} width={110} radius="xl" />
      </Group>
      <Skeleton height={18} width={150} />
      <Group gap={40}>
        {Array.from({ length: 4 }, (_, fact) => (
          <Skeleton key={fact} height={36} width={140} />
        ))}
      </Group>
      <Group mt="auto" gap="xs">
        {Array.from({ length: 3 }, (_, button) => (
          <Skeleton key={button} height={36} width={110} />
        ))}
      </Group>
    </Stack>
  );
}
