import { Button, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, unwrap } from "../../api/client";
import { asProblem } from "../../api/problem";
import { Modal } from "../../ui/layers";
import { ProblemNote } from "../../ui/ProblemNote";
import { toastDone } from "../../ui/toast";
import { metaAppsQuery } from "./data";

export function AddMetaApp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Add a Meta app" centered>
      <AddMetaAppForm onClose={onClose} />
    </Modal>
  );
}

function AddMetaAppForm({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const needed = (what: string) => (value: string) => (value.trim() === "" ? `Enter the ${what}.` : null);
  const form = useForm({
    initialValues: { name: "", appId: "", appSecret: "", verifyToken: "", configId: "", graphVersion: "" },
    validate: {
      name: needed("name"),
      appId: (value) => (/^\d{3,30}$/.test(value.trim()) ? null : "Enter the app id: digits only."),
      appSecret: needed("app secret"),
      verifyToken: needed("verify token"),
    },
  });
  const add = useMutation({
    mutationFn: ({ configId, graphVersion, ...values }: typeof form.values) => {
      const more = { ...(configId && { configId: configId.trim() }), ...(graphVersion && { graphVersion: graphVersion.trim() }) };
      return unwrap(api.POST("/api/meta-apps", { body: { ...values, appId: values.appId.trim(), ...more } }));
    },
    onSuccess: async (app) => {
      toastDone(`${app.name} is added.`);
      onClose();
      await queries.invalidateQueries({ queryKey: metaAppsQuery.queryKey });
    },
    onError: (error) => form.setErrors(asProblem(error).fields),
  });
  const toggle = { "aria-label": "Show or hide what is typed" };
  return (
    <form onSubmit={form.onSubmit((values) => add.mutate(values))} noValidate>
      <Stack>
        <TextInput label="Name" description="As your team will know it." data-autofocus {...form.getInputProps("name")} />
        <TextInput label="App id" inputMode="numeric" {...form.getInputProps("appId")} />
        <PasswordInput label="App secret" autoComplete="off" description="Sealed when stored, and never shown again." visibilityToggleButtonProps={toggle} {...form.getInputProps("appSecret")} />
        <PasswordInput label="Webhook verify token" autoComplete="off" description="The word that you also enter at Meta, under Webhooks." visibilityToggleButtonProps={toggle} {...form.getInputProps("verifyToken")} />
        <TextInput label="Configuration id (optional)" description="Of Facebook Login for Business, for Embedded Signup." {...form.getInputProps("configId")} />
        <TextInput label="Graph version (optional)" description="Such as v26.0. Without one the app speaks the server's." {...form.getInputProps("graphVersion")} />
        {add.isError && <ProblemNote error={add.error} title="The app was not added" />}
        <Group justify="flex-end">
          <Button type="submit" loading={add.isPending}>
            Add the app
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
