import { Tabs } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useSigned } from "../auth/session";

/** Lets an operator switch between the organisation's webhooks and the platform's. */
export function WebhookTabs({ at }: { at: "org" | "platform" }) {
  const { me } = useSigned();
  const navigate = useNavigate();
  if (!me.user.isOperator) return null;
  return (
    <Tabs value={at} onChange={(value) => void navigate({ to: value === "platform" ? "/webhooks/platform" : "/webhooks" })}>
      <Tabs.List aria-label="Whose webhooks">
        <Tabs.Tab value="org">{me.org.name}</Tabs.Tab>
        <Tabs.Tab value="platform">Platform</Tabs.Tab>
      </Tabs.List>
    </Tabs>
  );
}
