import { Accordion, List, Stack, Text, Title } from "@mantine/core";
import { RIGHTS } from "./words";

/** Answers the questions of a newcomer. */
export function Help() {
  return (
    <Stack component="section" gap="sm" aria-labelledby="connect-help">
      <Title order={2} id="connect-help">
        Questions before you connect
      </Title>
      <Accordion variant="contained" radius="lg" styles={{ item: { background: "var(--wk-card)", borderColor: "var(--wk-line)" } }}>
        <Question id="waba" title="Do I need a WhatsApp Business Account?">
          <p>
            Yes, one with at least one verified phone number. It belongs to your business portfolio at Meta. If you have
            none, create it in WhatsApp Manager first: it is free and takes some minutes. Then come back and connect.
          </p>
        </Question>
        <Question id="ask" title="What will Meta ask?">
          <List size="sm" type="ordered" spacing={4}>
            <List.Item>To log in with the Facebook profile that manages your business.</List.Item>
            <List.Item>Which business and which WhatsApp Business Account to share. Share only what you want here.</List.Item>
            <List.Item>To allow the rights below. All of them are needed.</List.Item>
          </List>
          <p>Wabakit never sees your Facebook password.</p>
        </Question>
        <Question id="rights" title="Which rights, and why?">
          <List size="sm" spacing={6}>
            {RIGHTS.map((right) => (
              <List.Item key={right.scope}>
                <b>{right.name}</b> (<span className="wk-mono">{right.scope}</span>), {right.why}
              </List.Item>
            ))}
          </List>
          <p>The token that comes of it is stored sealed. You can take the rights back at any time, here or at Meta.</p>
        </Question>
        <Question id="phone" title="What happens to the app on my phone?">
          <p>
            A number that is used with the WhatsApp Business app stays usable there only if it was joined to the platform
            in the app (Meta calls that coexistence). Such a number keeps working in both places, and Wabakit does not
            register it anew.
          </p>
          <p>
            Any other number works here and no longer in an app. Nothing on your phone changes before you have verified
            the number at Meta.
          </p>
        </Question>
      </Accordion>
    </Stack>
  );
}

function Question({ id, title, children }: { id: string; title: string; children: React.ReactNode }) {
  return (
    <Accordion.Item value={id}>
      <Accordion.Control>{title}</Accordion.Control>
      <Accordion.Panel>
        <Text component="div" size="sm" maw={720}>
          {children}
        </Text>
      </Accordion.Panel>
    </Accordion.Item>
  );
}
