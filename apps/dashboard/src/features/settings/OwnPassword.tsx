import { Button, PasswordInput, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { api, settle } from "../../api/client";
import { asProblem } from "../../api/problem";
import { ProblemNote } from "../../ui/ProblemNote";
import { toastDone } from "../../ui/toast";
import { NewPassword } from "../auth/NewPassword";
import { checkNewPassword } from "../auth/passwords";
import { useSigned } from "../auth/session";
import { Section } from "./Section";

export function OwnPassword() {
  const { me } = useSigned();
  const form = useForm({
    initialValues: { currentPassword: "", newPassword: "" },
    validate: {
      currentPassword: (value) => (value === "" ? "Enter the password that you have now." : null),
      newPassword: checkNewPassword,
    },
  });
  const change = useMutation({
    mutationFn: (body: { currentPassword: string; newPassword: string }) => settle(api.POST("/auth/password", { body })),
    onSuccess: () => {
      form.reset();
      toastDone("Your password is changed.");
    },
    onError: (error) => form.setErrors(asProblem(error).fields),
  });
  return (
    <Section title="Your password" lead={`For ${me.user.email}. Other browsers are signed out when it changes.`}>
      <form onSubmit={form.onSubmit((values) => change.mutate(values))} noValidate>
        <Stack maw={420}>
          <input type="hidden" name="username" autoComplete="username" value={me.user.email} readOnly />
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
            {...form.getInputProps("currentPassword")}
          />
          <NewPassword label="New password" {...form.getInputProps("newPassword")} />
          {change.isError && <ProblemNote error={change.error} title="The password was not changed" />}
          <Button type="submit" loading={change.isPending} style={{ alignSelf: "flex-start" }}>
            Change the password
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
