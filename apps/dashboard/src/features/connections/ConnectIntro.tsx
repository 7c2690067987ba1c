import { Button, List, Stack, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { AppWindow, ArrowRight } from "lucide-react";
import { Banner } from "../../ui/Banner";
import { ProblemNote } from "../../ui/ProblemNote";
import { startConnect } from "./data";
import type { Popup } from "./usePopup";
import { RIGHTS } from "./words";

interface ConnectIntroProps {
  popup: Popup;
  /** The number that is being reconnected. */
  again?: string | undefined;
}

/** Says what Meta will ask, and starts the login in this window or another. */
export function ConnectIntro({ popup, again }: ConnectIntroProps) {
  const phone = useMediaQuery("(max-width: 48em), (pointer: coarse)");
  const { state } = popup;
  const redirect = useMutation({
    mutationFn: () => startConnect("redirect"),
    onSuccess: ({ authUrl }) => window.location.assign(authUrl),
  });
  const leaving = redirect.isPending || redirect.isSuccess;
  const opening = state.kind === "starting";

  const here = (
    <Button
      key="here"
      variant={phone ? "filled" : "default"}
      leftSection={<ArrowRight size={16} aria-hidden />}
      loading={leaving}
      disabled={opening}
      onClick={() => redirect.mutate()}
    >
      Continue in this window
    </Button>
  );
  const inPopup = (
    <Button
      key="popup"
      variant={phone ? "default" : "filled"}
      leftSection={<AppWindow size={16} aria-hidden />}
      loading={opening}
      disabled={leaving}
      onClick={() => popup.open()}
    >
      Continue in a new window
    </Button>
  );

  return (
    <Stack gap="lg">
      <Text>
        {again
          ? `Log in at Meta again and share ${again}. Nothing is lost in between.`
          : "You log in at Meta and choose what to share. No token or password passes through your hands, or this page."}
      </Text>
      <Stack gap="xs">
        <Title order={3} fz="1rem">
          What Meta will ask
        </Title>
        <List type="ordered" size="sm" spacing={4}>
          <List.Item>To log in with the Facebook profile that manages your business.</List.Item>
          <List.Item>Which business and which WhatsApp Business Account to share.</List.Item>
          <List.Item>To allow these rights:</List.Item>
        </List>
        <List size="sm" spacing={6} withPadding>
          {RIGHTS.map((right) => (
            <List.Item key={right.scope}>
              <b>{right.name}</b>, {right.why}
              <Text size="xs" c="dimmed" className="wk-mono">
                {right.scope}
              </Text>
            </List.Item>
          ))}
        </List>
      </Stack>
      {state.kind === "blocked" && (
        <Banner live tone="warn" title="The browser blocked the new window">
          Allow windows for this page and try again, or continue in this window.
        </Banner>
      )}
      {state.kind === "refused" && <ProblemNote error={state.error} title="The login could not be started" />}
      {redirect.isError && <ProblemNote error={redirect.error} title="The login could not be started" />}
      <Stack gap="xs">{phone ? [here, inPopup] : [inPopup, here]}</Stack>
    </Stack>
  );
}
