import { Box, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, Star, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, settle } from "../../api/client";
import type { MetaApp } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Confirm } from "../../ui/Confirm";
import { Copy } from "../../ui/Copy";
import { ProblemNote } from "../../ui/ProblemNote";
import { RowsSkeleton } from "../../ui/Rows";
import { toastDone } from "../../ui/toast";
import { AddMetaApp } from "./AddMetaApp";
import { metaAppsQuery } from "./data";
import { Section } from "./Section";

export function MetaApps() {
  const queries = useQueryClient();
  const apps = useQuery(metaAppsQuery);
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<MetaApp | null>(null);
  const remove = useMutation({
    mutationFn: (app: MetaApp) => settle(api.DELETE("/api/meta-apps/{id}", { params: { path: { id: app.id } } })),
    onSuccess: async (_, app) => {
      toastDone(`${app.name} is removed.`);
      setRemoving(null);
      await queries.invalidateQueries({ queryKey: metaAppsQuery.queryKey });
    },
  });

  return (
    <Section title="Meta apps" lead="The app in whose name people log in at Meta. Secrets can be written here, and never read again.">
      {apps.isError && <ProblemNote error={apps.error} title="The Meta apps could not be loaded" onRetry={() => void apps.refetch()} />}
      {apps.isPending && <RowsSkeleton rows={1} height={72} label="Loading the Meta apps" />}
      {apps.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          There is none yet. Connecting needs one.
        </Text>
      )}
      <Stack gap="xs">
        {apps.data?.map((app) => (
          <Group key={app.id} justify="space-between" gap="sm" p="sm" style={{ border: "1px solid var(--wk-line)", borderRadius: 10 }}>
            <Box style={{ minWidth: 0 }}>
              <Group gap={8}>
                <Text fw={600}>{app.name}</Text>
                {app.isDefault && (
                  <Badge tone="info" icon={Star}>
                    Default
                  </Badge>
                )}
              </Group>
              <Text size="sm" c="dimmed">
                App id <Copy value={app.appId} what="app id" mono /> · Graph {app.graphVersion}
                {app.configId && (
                  <>
                    {" · configuration "}
                    <Copy value={app.configId} what="configuration id" mono />
                  </>
                )}
              </Text>
            </Box>
            {app.source === "environment" ? (
              <Text size="sm" c="dimmed">
                Set by the server
              </Text>
            ) : (
              <Button
                size="xs"
                variant="default"
                leftSection={<Trash2 size={14} aria-hidden />}
                onClick={() => setRemoving(app)}
                aria-label={`Remove ${app.name}`}
              >
                Remove
              </Button>
            )}
          </Group>
        ))}
      </Stack>
      <Button
        variant="default"
        leftSection={<Plus size={16} aria-hidden />}
        style={{ alignSelf: "flex-start" }}
        onClick={() => setAdding(true)}
      >
        Add a Meta app
      </Button>
      <AddMetaApp opened={adding} onClose={() => setAdding(false)} />
      <Confirm
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove ${removing?.name ?? ""}?`}
        act={`Remove ${removing?.name ?? ""}`}
        busy={remove.isPending}
        error={remove.error}
        onAct={() => removing && remove.mutate(removing)}
      >
        <Text size="sm">
          Its secret is deleted. New logins can no longer use it; an app that a connected number still needs cannot be
          removed.
        </Text>
      </Confirm>
    </Section>
  );
}
