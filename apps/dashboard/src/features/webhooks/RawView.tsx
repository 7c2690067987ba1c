import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery, type QueryKey, type UseQueryOptions } from "@tanstack/react-query";
import { Eye, EyeOff } from "lucide-react";
import { useState, type ReactNode } from "react";
import { CopyButton } from "../../ui/CopyButton";
import { Modal } from "../../ui/layers";
import { ProblemNote } from "../../ui/ProblemNote";
import classes from "./Webhooks.module.css";
import { pretty } from "./words";

interface WithRaw {
  raw: string;
}

interface RawViewProps<Data extends WithRaw, Key extends QueryKey> {
  query: (reveal: boolean) => UseQueryOptions<Data, Error, Data, Key>;
  /** Whether this person may see what is masked. */
  mayReveal: boolean;
  children?: (data: Data) => ReactNode;
}

/** What Meta sent, pretty-printed; personal data and texts masked until somebody who may asks for them. */
export function RawView<Data extends WithRaw, Key extends QueryKey>({ query, mayReveal, children }: RawViewProps<Data, Key>) {
  const [reveal, setReveal] = useState(false);
  const [asking, setAsking] = useState(false);
  const item = useQuery(query(reveal));
  return (
    <Stack gap="sm">
      {item.isError && (
        <ProblemNote error={item.error} title="What Meta sent could not be loaded" onRetry={() => void item.refetch()} retrying={item.isFetching} />
      )}
      {item.isPending && <Skeleton height={220} radius={8} role="status" aria-label="Loading what Meta sent" />}
      {item.data && (
        <>
          {children?.(item.data)}
          <Group justify="space-between">
            <Text size="sm" fw={600}>
              As Meta sent it{reveal ? "" : ", personal data masked"}
            </Text>
            <Group gap="xs">
              <CopyButton value={pretty(item.data.raw)} what="JSON" />
              {mayReveal && (
                <Button
                  size="compact-sm"
                  variant="default"
                  leftSection={reveal ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
                  onClick={() => (reveal ? setReveal(false) : setAsking(true))}
                >
                  {reveal ? "Mask again" : "Reveal"}
                </Button>
              )}
            </Group>
          </Group>
          <pre className={classes.raw} role="region" tabIndex={0} aria-label="As Meta sent it" data-revealed={reveal || undefined}>
            {pretty(item.data.raw)}
          </pre>
        </>
      )}
      <Modal opened={asking} onClose={() => setAsking(false)} title="Reveal personal data?" centered>
        <Stack gap="md">
          <Text size="sm">
            Names, numbers and texts of customers become readable here. That you looked is written to the audit log, with your name.
          </Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              Keep it masked
            </Button>
            <Button
              onClick={() => {
                setAsking(false);
                setReveal(true);
              }}
            >
              Reveal personal data
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}
