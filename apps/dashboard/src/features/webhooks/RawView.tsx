import { Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery, type QueryKey, type UseQueryOptions } from "@tanstack/react-query";
import { Eye, EyeOff } from "lucide-react";
import { useState, type ReactNode } from "react";
import { CopyButton } from "../../ui/CopyButton";
import { Modal } from "../../ui/layers";
import { ProblemNote } from "../../ui/ProblemNote";
import { RawJson } from "../../ui/RawJson";
import { pretty } from "./words";

interface WithRaw {
  raw: string;
}

interface RawViewProps<Data extends WithRaw, Key extends QueryKey> {
  query: (reveal: boolean) => UseQueryOptions<Data, Error, Data, Key>;
  /** Whether this person may see the masked data. */
  mayReveal: boolean;
  children?: (data: Data) => ReactNode;
}

/** Shows what Meta sent, pretty-printed. Personal data and texts are masked until a person with the right reveals them. */
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
          <RawJson text={pretty(item.data.raw)} label="As Meta sent it" revealed={reveal} />
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
