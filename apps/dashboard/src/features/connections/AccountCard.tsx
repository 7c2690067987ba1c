import { ActionIcon, Box, Button, Group, Stack, Text, Title } from "@mantine/core";
import { CircleCheck, CircleSlash, Ellipsis, PenLine, RefreshCw, ShieldCheck, Star, TriangleAlert, Unplug } from "lucide-react";
import { useState } from "react";
import type { Account } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Copy } from "../../ui/Copy";
import { Fact } from "../../ui/Fact";
import { Menu } from "../../ui/layers";
import { RelativeTime, useNow } from "../../ui/RelativeTime";
import { toastDone, toastProblem } from "../../ui/toast";
import { ClockFact } from "./ClockFact";
import { useActOnAccount } from "./data";
import { DisconnectDialog } from "./DisconnectDialog";
import { RenameDialog } from "./RenameDialog";
import { dataClock, limitWords, plain, qualityWords, throughputWords, tokenClock } from "./words";

const STANDING = {
  connected: { tone: "ok", icon: CircleCheck, word: "Connected" },
  needs_attention: { tone: "warn", icon: TriangleAlert, word: "Needs attention" },
  disconnected: { tone: "quiet", icon: CircleSlash, word: "Disconnected" },
} as const;

interface AccountCardProps {
  account: Account;
  isAdmin: boolean;
  highlighted: boolean;
  onReconnect: (account: Account) => void;
}

type Dialog = "disconnect" | "rename" | null;

/** Shows one number with its facts. Its warnings are above all cards: see `Notices`. */
export function AccountCard({ account, isAdmin, highlighted, onReconnect }: AccountCardProps) {
  const [dialog, setDialog] = useState<Dialog>(null);
  const act = useActOnAccount(account);
  const standing = STANDING[account.state];
  const active = account.state !== "disconnected";
  const pending = act.isPending ? act.variables.act : undefined;
  const closeDialog = () => setDialog(null);

  return (
    <Box
      component="article"
      className={highlighted ? "wk-card wk-highlight" : "wk-card"}
      p={{ base: "md", sm: "lg" }}
      aria-label={`${account.displayName}, ${account.displayPhone}`}
      tabIndex={-1}
      data-list-item
      data-account={account.phoneNumberId}
      data-state={account.state}
    >
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="sm">
          <Box style={{ minWidth: 0 }}>
            <Group gap={8}>
              <Title order={2} fz="1.125rem">
                {account.displayName}
              </Title>
              {account.isDefault && active && (
                <Badge tone="info" icon={Star}>
                  Default
                </Badge>
              )}
            </Group>
            <Text fz="lg">
              <Copy value={account.displayPhone} what="phone number" />
            </Text>
          </Box>
          <Badge tone={standing.tone} icon={standing.icon}>
            {standing.word}
          </Badge>
        </Group>

        <Facts account={account} active={active} />

        {isAdmin && (
          <Group gap="xs">
            {active && (
              <Button
                size="sm"
                variant="default"
                leftSection={<ShieldCheck size={16} aria-hidden />}
                loading={pending === "verify"}
                onClick={() =>
                  act.mutate(
                    { act: "verify" },
                    {
                      onSuccess: () => toastDone(`Meta was asked about ${account.displayPhone} just now.`),
                      onError: (error) => toastProblem(`${account.displayPhone} could not be verified`, error),
                    },
                  )
                }
              >
                Verify
              </Button>
            )}
            <Button
              size="sm"
              variant={account.state === "connected" ? "default" : "light"}
              leftSection={<RefreshCw size={16} aria-hidden />}
              onClick={() => onReconnect(account)}
            >
              Reconnect
            </Button>
            {active && (
              <>
                <Button
                  size="sm"
                  variant="default"
                  leftSection={<Unplug size={16} aria-hidden />}
                  onClick={() => setDialog("disconnect")}
                >
                  Disconnect
                </Button>
                <Menu position="bottom-end" shadow="md">
                  <Menu.Target>
                    <ActionIcon variant="default" size={36} aria-label={`More for ${account.displayPhone}`}>
                      <Ellipsis size={18} aria-hidden />
                    </ActionIcon>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item leftSection={<PenLine size={16} aria-hidden />} onClick={() => setDialog("rename")}>
                      Rename
                    </Menu.Item>
                    <Menu.Item
                      leftSection={<Star size={16} aria-hidden />}
                      disabled={account.isDefault}
                      onClick={() =>
                        act.mutate(
                          { act: "makeDefault" },
                          {
                            onSuccess: () => toastDone(`${account.displayPhone} is the default number now.`),
                            onError: (error) => toastProblem("The default number did not change", error),
                          },
                        )
                      }
                    >
                      Make it the default
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              </>
            )}
          </Group>
        )}
      </Stack>
      <DisconnectDialog account={account} opened={dialog === "disconnect"} onClose={closeDialog} />
      <RenameDialog account={account} opened={dialog === "rename"} onClose={closeDialog} />
    </Box>
  );
}

function Facts({ account, active }: { account: Account; active: boolean }) {
  const quality = qualityWords(account.qualityRating);
  const now = useNow();
  return (
    <dl className="wk-facts">
      <Fact name="WABA">
        {account.wabaName ?? "Without a name"}
        <Text size="xs" c="dimmed">
          <Copy value={account.wabaId} what="WABA id" mono />
        </Text>
      </Fact>
      <Fact name="Phone number id">
        <Copy value={account.phoneNumberId} what="phone number id" mono />
      </Fact>
      {active ? (
        <>
          <Fact name="Quality">
            <Badge tone={quality.tone}>{quality.word}</Badge>
          </Fact>
          <Fact name="Status at Meta">{plain(account.status)}</Fact>
          <Fact name="Messaging limit">{limitWords(account.messagingLimit)}</Fact>
          <Fact name="Throughput">{throughputWords(account.throughputLevel)}</Fact>
          <ClockFact name="Token" clock={tokenClock(account.grant, now)} />
          <ClockFact name="Access to data" clock={dataClock(account.grant, now)} />
          <Fact name="Last verified">
            {account.lastVerifiedAt ? <RelativeTime at={account.lastVerifiedAt} /> : "Not yet"}
          </Fact>
        </>
      ) : (
        account.disconnectedAt && (
          <Fact name="Disconnected">
            <RelativeTime at={account.disconnectedAt} />
          </Fact>
        )
      )}
    </dl>
  );
}
