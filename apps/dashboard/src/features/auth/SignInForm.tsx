import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api, unwrap } from "../../api/client";
import { asProblem } from "../../api/problem";
import type { AuthAnswer } from "../../api/types";
import { ProblemNote } from "../../ui/ProblemNote";

interface SignInFormProps {
  email?: string;
  orgId?: string | undefined;
  onSignedIn: (answer: AuthAnswer) => void;
}

/** Focuses a field when it appears. */
const takeFocus = (input: HTMLInputElement | null) => input?.focus();

export function SignInForm({ email = "", orgId, onSignedIn }: SignInFormProps) {
  const password = useRef<HTMLInputElement>(null);
  const [asksCode, setAsksCode] = useState(false);
  const form = useForm({
    initialValues: { email, password: "", code: "" },
    validate: {
      email: (value) => (value.includes("@") ? null : "Enter the email address of your account."),
      password: (value) => (value === "" ? "Enter your password." : null),
    },
  });
  const signIn = useMutation({
    mutationFn: ({ email, password, code }: { email: string; password: string; code: string }) =>
      unwrap(
        api.POST("/auth/login", {
          body: { email: email.trim(), password, session: "cookie", ...(orgId && { orgId }), ...(code && { code }) },
        }),
      ),
    onSuccess: onSignedIn,
    onError: (error) => {
      const { code } = asProblem(error);
      form.setFieldValue("code", "");
      setAsksCode(code === "second_factor_required" || code === "wrong_code");
      if (code === "second_factor_required" || code === "wrong_code") return;
      form.setFieldValue("password", "");
      password.current?.focus();
    },
  });

  return (
    <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
      <Stack gap="md">
        {signIn.isError && asProblem(signIn.error).code !== "second_factor_required" && <ProblemNote error={signIn.error} title="You are not signed in" />}
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
        {asksCode && (
          <TextInput label="Code" description="Of your authenticator app, or a recovery code." autoComplete="one-time-code" ref={takeFocus} {...form.getInputProps("code")} />
        )}
        <Button type="submit" loading={signIn.isPending} fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
