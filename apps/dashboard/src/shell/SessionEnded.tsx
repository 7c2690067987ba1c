import { Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { readLink, setLink, subscribeLink } from "../api/link";
import type { AuthAnswer, Me } from "../api/types";
import { SignInForm } from "../features/auth/SignInForm";
import { Modal } from "../ui/layers";

/** Asks to sign in again over the page, so that nothing that was typed on it is lost. */
export function SessionEnded({ me }: { me: Me }) {
  const { sessionEnded } = useSyncExternalStore(subscribeLink, readLink);
  const queries = useQueryClient();

  function signedIn(answer: AuthAnswer): void {
    setLink({ sessionEnded: false });
    // Another person must not go on with this person's page.
    if (answer.user.id !== me.user.id || answer.org.id !== me.org.id) window.location.reload();
    else void queries.invalidateQueries();
  }

  return (
    <Modal
      opened={sessionEnded}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      title="Your session has ended"
      centered
    >
      <Text size="sm" c="dimmed" mb="md">
        Sign in again to go on where you were. Nothing on this page is lost.
      </Text>
      <SignInForm email={me.user.email} orgId={me.org.id} onSignedIn={signedIn} />
    </Modal>
  );
}
