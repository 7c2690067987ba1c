import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { api, unwrap } from "../../api/client";
import type { AuthAnswer } from "../../api/types";
import { ProblemNote } from "../../ui/ProblemNote";

interface SignInFormProps {
  email?: string;
  orgId?: string | undefined;
  onSignedIn: (answer: AuthAnswer) => void;
}

export function SignInForm({ email = "", orgId, onSignedIn }: SignInFormProps) {
  const password = useRef<HTMLInputElement>(null);
  const form = useForm({
    initialValues: { email, password: "" },
    validate: {
      email: (value) => (value.includes("@") ? null : "Enter the email address of your account."),
      password: (value) => (value === "" ? "Enter your password." : null),
    },
  });
  const signIn = useMutation({
    mutationFn: (values: { email: string; password: string }) =>
      unwrap(
        api.POST("/auth/login", {
          body: { ...values, email: values.email.trim(), session: "cookie", ...(orgId && { orgId }) },
        }),
      ),
    onSuccess: onSignedIn,
    onError: () => {
      form.setFieldValue("password", "");
      password.current?.focus();
    },
  });

  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
      <Stack gap="md">
        {signIn.isError && <ProblemNote error={signIn.error} title="You are not signed in" />}
        <TextInput label="Email" type="email" name="email" autoComplete="username" data-autofocus={email === "" || undefined} {...form.getInputProps("email")} />
        <PasswordInput
          ref={password}
          data-autofocus={email !== "" || undefined}
          label="Password"
          name="password"
          autoComplete="current-password"
          visibilityToggleButtonProps={{ "aria-label": "Show or hide the password" }}
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={signIn.isPending} fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
