import { Button, Group, Skeleton, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "../../api/client";
import { Copy } from "../../ui/Copy";
import { ProblemNote } from "../../ui/ProblemNote";
import { toastDone } from "../../ui/toast";
import { orgQuery } from "./data";
import { Section } from "./Section";

export function OrgName({ isAdmin }: { isAdmin: boolean }) {
  const queries = useQueryClient();
  const org = useQuery(orgQuery);
  const [typed, setTyped] = useState<string | null>(null);
  const rename = useMutation({
    mutationFn: (name: string) => unwrap(api.PATCH("/api/orgs/current", { body: { name } })),
    onSuccess: async (saved) => {
      queries.setQueryData(orgQuery.queryKey, saved);
      setTyped(null);
      toastDone(`The organisation is called ${saved.name} now.`);
      await queries.invalidateQueries({ queryKey: ["me"] });
    },
  });
  const name = typed ?? org.data?.name ?? "";

  return (
    <Section title="Organisation">
      {org.isError && <ProblemNote error={org.error} title="The organisation could not be loaded" onRetry={() => void org.refetch()} />}
      {org.isPending && <Skeleton height={60} maw={420} role="status" aria-label="Loading the organisation" />}
      {org.data && (
        <>
          {isAdmin ? (
            <form
              onSubmit={(event) => {
                event.preventDefault();
                rename.mutate(name.trim());
              }}
            >
              <Group align="flex-end" gap="xs">
                <TextInput
                  label="Name"
                  value={name}
                  maxLength={100}
                  onChange={(event) => setTyped(event.currentTarget.value)}
                  style={{ flex: "1 1 220px", maxWidth: 420 }}
                />
                <Button type="submit" loading={rename.isPending} disabled={name.trim() === "" || name.trim() === org.data.name}>
                  Save the name
                </Button>
              </Group>
            </form>
          ) : (
            <Text>{org.data.name}</Text>
          )}
          {rename.isError && <ProblemNote error={rename.error} title="The name was not saved" />}
          <Text size="sm" c="dimmed">
            Organisation id <Copy value={org.data.id} what="organisation id" mono />
          </Text>
        </>
      )}
    </Section>
  );
}
