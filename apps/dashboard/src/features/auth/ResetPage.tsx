import { Button, Stack } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, settle } from "../../api/client";
import { Banner } from "../../ui/Banner";
import { ProblemNote } from "../../ui/ProblemNote";
import { AuthFrame } from "./AuthFrame";
import { useFragmentToken } from "./fragment";
import { checkNewPassword, NewPassword } from "./NewPassword";

export function ResetPage() {
  const token = useFragmentToken();
  const form = useForm({ initialValues: { newPassword: "" }, validate: { newPassword: checkNewPassword } });
  const reset = useMutation({
    mutationFn: (newPassword: string) => settle(api.POST("/auth/password-reset", { body: { token, newPassword } })),
  });

  if (reset.isSuccess) {
    return (
      <AuthFrame title="Your password is changed">
        <Stack>
          <Banner tone="ok" title="Everywhere you were signed in, you are signed out now." />
          <Button component={Link} to="/sign-in" fullWidth>
            Sign in
          </Button>
        </Stack>
      </AuthFrame>
    );
  }
  if (token === "") {
    return (
      <AuthFrame title="This link cannot be used">
        <Banner tone="warn" title="The link is not whole">
          Open it again from where you got it, or ask an admin for a new one.
        </Banner>
      </AuthFrame>
    );
  }
  return (
    <AuthFrame title="Choose a new password" lead="The link works once.">
      <form onSubmit={form.onSubmit(({ newPassword }) => reset.mutate(newPassword))} noValidate>
        <Stack gap="md">
          {reset.isError && <ProblemNote error={reset.error} title="The password was not changed" />}
          <NewPassword label="New password" data-autofocus {...form.getInputProps("newPassword")} />
          <Button type="submit" loading={reset.isPending} fullWidth>
            Set the new password
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}
