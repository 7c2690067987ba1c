import { Box, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, settle } from "../../api/client";
import type { SignIn } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { ProblemNote } from "../../ui/ProblemNote";
import { RelativeTime } from "../../ui/RelativeTime";
import { RowsSkeleton } from "../../ui/Rows";
import { toastDone, toastProblem } from "../../ui/toast";
import { useSigned } from "../auth/session";
import { signInsQuery } from "./data";
import { Section } from "./Section";

const ALL_OTHERS = "all others";

/** Lists the person's own sign-ins, each with a button that ends it. */
export function SignIns() {
  const { me } = useSigned();
  const queries = useQueryClient();
  const list = useQuery(signInsQuery);
  const end = useMutation({
    mutationFn: (id: string) =>
      settle(id === ALL_OTHERS ? api.DELETE("/auth/sign-ins") : api.DELETE("/auth/sign-ins/{id}", { params: { path: { id } } })),
    onSuccess: (_, id) => toastDone(id === ALL_OTHERS ? "You are signed in here only." : "The sign-in has ended."),
    onError: (error) => toastProblem("The sign-in did not end", error),
    onSettled: () => queries.invalidateQueries({ queryKey: signInsQuery.queryKey }),
  });
  const ending = end.isPending ? end.variables : undefined;

  return (
    <Section title="Where you are signed in" lead="End the sign-ins that you do not recognise, then change your password.">
      {list.isPending && <RowsSkeleton rows={2} height={64} label="Loading your sign-ins" />}
      {list.isError && (
        <ProblemNote error={list.error} title="Your sign-ins could not be loaded" onRetry={() => void list.refetch()} retrying={list.isFetching} />
      )}
      {list.data && (
        <Stack component="ul" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
          {list.data.map((each) => (
            <Row key={each.id} signIn={each} withOrg={me.orgs.length > 1} busy={ending === each.id} onEnd={() => end.mutate(each.id)} />
          ))}
        </Stack>
      )}
      {(list.data?.length ?? 0) > 1 && (
        <Button variant="default" loading={ending === ALL_OTHERS} onClick={() => end.mutate(ALL_OTHERS)} style={{ alignSelf: "flex-start" }}>
          End all others
        </Button>
      )}
    </Section>
  );
}

interface RowProps {
  signIn: SignIn;
  withOrg: boolean;
  busy: boolean;
  onEnd: () => void;
}

function Row({ signIn, withOrg, busy, onEnd }: RowProps) {
  const client = signIn.client ?? "Unknown client";
  return (
    <Group component="li" justify="space-between" wrap="nowrap" gap="md">
      <Box style={{ minWidth: 0 }}>
        <Text fw={600} truncate>
          {client}
        </Text>
        <Text size="sm" c="dimmed">
          {signIn.address && `${signIn.address} · `}
          {withOrg && `${signIn.orgName} · `}
          signed in <RelativeTime at={signIn.createdAt} />, used <RelativeTime at={signIn.lastUsedAt} />
        </Text>
      </Box>
      {signIn.current ? (
        <Badge tone="ok">This browser</Badge>
      ) : (
        <Button variant="default" size="xs" style={{ flexShrink: 0 }} loading={busy} onClick={onEnd} aria-label={`End ${client}${signIn.address ? ` at ${signIn.address}` : ""}`}>
          End
        </Button>
      )}
    </Group>
  );
}
