import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { setLink } from "../../api/link";
import { AuthFrame } from "./AuthFrame";
import { safeNext } from "./next";
import { SignInForm } from "./SignInForm";

export function SignInPage() {
  const { next, org } = useSearch({ from: "/sign-in" });
  const queries = useQueryClient();
  const router = useRouter();

  function signedIn(): void {
    setLink({ sessionEnded: false });
    queries.clear();
    router.history.push(safeNext(next));
  }

  return (
    <AuthFrame title="Sign in" lead="Connect your business to WhatsApp and keep it connected.">
      <SignInForm orgId={org} onSignedIn={signedIn} />
      <Text size="sm" c="dimmed" mt="lg">
        Forgotten your password, or new here? An admin of your organisation can make you a link.
      </Text>
    </AuthFrame>
  );
}
