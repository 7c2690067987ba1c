import { Button, Group, PasswordInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";
import { asProblem } from "../../api/problem";
import { Modal } from "../../ui/layers";
import { ProblemNote } from "../../ui/ProblemNote";
import { toastDone } from "../../ui/toast";
import { metaAppsQuery } from "../settings/data";
import { refreshConnections } from "./data";

/** Adds a number by a token that the person has. The server verifies it with Meta before it stores anything. */
export function AddByHand({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a number by hand" centered>
      <AddByHandForm onClose={onClose} />
    </Modal>
  );
}

function AddByHandForm({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const apps = useQuery(metaAppsQuery);
  const metaId = (what: string) => (value: string) =>
    /^\d{3,30}$/.test(value.trim()) ? null : `Enter the ${what}: digits only, as WhatsApp Manager shows it.`;
  const form = useForm({
    initialValues: { phoneNumberId: "", wabaId: "", accessToken: "", appId: "" },
    validate: {
      phoneNumberId: metaId("phone number id"),
      wabaId: metaId("WhatsApp Business Account id"),
      accessToken: (value) => (value.trim() === "" ? "Enter the access token." : null),
    },
  });
  const add = useMutation({
    mutationFn: ({ phoneNumberId, wabaId, accessToken, appId }: typeof form.values) =>
      unwrap(
        api.POST("/api/settings/phone-numbers", {
          body: {
            phoneNumberId: phoneNumberId.trim(),
            wabaId: wabaId.trim(),
            accessToken: accessToken.trim(),
            ...(appId && { appId }),
          },
        }),
      ),
    onSuccess: (account) => {
      toastDone(`${account.displayPhone} is connected.`);
      refreshConnections(queries);
      onClose();
    },
    onError: (error) => form.setErrors(asProblem(error).fields),
  });

  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))} noValidate>
      <Stack>
        <Text size="sm" c="dimmed">
          Most people need “Connect WhatsApp” instead, where no token is pasted. Use this for a system user's token of a
          Meta app that is listed under Settings.
        </Text>
        <TextInput label="Phone number id" inputMode="numeric" data-autofocus {...form.getInputProps("phoneNumberId")} />
        <TextInput label="WhatsApp Business Account id" inputMode="numeric" {...form.getInputProps("wabaId")} />
        <PasswordInput
          label="Access token"
          autoComplete="off"
          description="Sealed when stored, and never shown again."
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the token" }}
          {...form.getInputProps("accessToken")}
        />
        <Select
          label="Meta app of the token"
          placeholder="The default app"
          clearable
          data={(apps.data ?? []).map((app) => ({ value: app.appId, label: `${app.name} (${app.appId})` }))}
          value={form.values.appId === "" ? null : form.values.appId}
          onChange={(value) => form.setFieldValue("appId", value ?? "")}
        />
        {add.isError && <ProblemNote error={add.error} title="The number was not added" />}
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending}>
            Add the number
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
