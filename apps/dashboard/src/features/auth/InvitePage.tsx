import { Button, Skeleton, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, unwrap } from "../../api/client";
import { setLink } from "../../api/link";
import { Banner } from "../../ui/Banner";
import { ProblemNote } from "../../ui/ProblemNote";
import { AuthFrame } from "./AuthFrame";
import { useFragmentToken } from "./fragment";
import { checkNewPassword, NewPassword } from "./NewPassword";

export function InvitePage() {
  const token = useFragmentToken();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const invitation = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => unwrap(api.POST("/auth/invitations/inspect", { body: { token } })),
    enabled: token !== "",
    staleTime: Infinity,
  });
  const form = useForm({
    initialValues: { name: "", password: "" },
    validate: {
      name: (value) => (value.trim() === "" ? "Tell your team what to call you." : null),
      password: checkNewPassword,
    },
  });
  const accept = useMutation({
    mutationFn: (values: { name: string; password: string }) =>
      unwrap(api.POST("/auth/invitations/accept", { body: { token, ...values, session: "cookie" } })),
    onSuccess: async () => {
      setLink({ sessionEnded: false });
      queries.clear();
      await navigate({ to: "/connections" });
    },
  });

  if (token === "" || invitation.isError) {
    return (
      <AuthFrame title="This invitation cannot be used">
        {token === "" ? (
          <Banner tone="warn" title="The link is not whole">
            Open it again from where you got it, or ask for a new one.
          </Banner>
        ) : (
          <ProblemNote error={invitation.error} onRetry={() => void invitation.refetch()} />
        )}
      </AuthFrame>
    );
  }
  if (!invitation.data) {
    return (
      <AuthFrame title="Your invitation">
        <Stack role="status" aria-label="Loading the invitation">
          <Skeleton height={36} />
          <Skeleton height={36} />
          <Skeleton height={36} />
        </Stack>
      </AuthFrame>
    );
  }
  const { email, orgName, role } = invitation.data;
  return (
    <AuthFrame title={`Join ${orgName}`} lead={`You were invited as ${role}. You will sign in as ${email}.`}>
      <form onSubmit={form.onSubmit((values) => accept.mutate(values))} noValidate>
        <Stack gap="md">
          {accept.isError && <ProblemNote error={accept.error} title="The invitation was not accepted" />}
          <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
          <TextInput label="Your name" autoComplete="name" {...form.getInputProps("name")} />
          <NewPassword label="Password" {...form.getInputProps("password")} />
          <Button type="submit" loading={accept.isPending} fullWidth>
            Join {orgName}
          </Button>
        </Stack>
      </form>
    </AuthFrame>
  );
}
