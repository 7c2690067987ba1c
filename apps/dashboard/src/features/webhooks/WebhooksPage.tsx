import { ActionIcon } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Ellipsis, History } from "lucide-react";
import { useState } from "react";
import { Menu } from "../../ui/layers";
import { Page } from "../../ui/Page";
import { useSigned } from "../auth/session";
import { ChangeDrawer } from "./ChangeDrawer";
import { ChangesLog } from "./ChangesLog";
import { Health } from "./Health";
import { Parked } from "./Parked";
import { ReplayRange } from "./ReplayRange";
import { WebhookTabs } from "./Tabs";
import { SendTestButton, TestResult, useTestDelivery } from "./TestDelivery";

/** Shows the health of receiving, the parked items, and the log of changes. */
export function WebhooksPage() {
  const { isAdmin } = useSigned();
  const { change, ...filters } = useSearch({ from: "/shell/webhooks" });
  const navigate = useNavigate();
  const [ranging, setRanging] = useState(false);
  const test = useTestDelivery();
  return (
    <Page
      title="Webhooks"
      lead="What Meta reports about your numbers, and whether it was applied."
      actions={
        isAdmin && (
          <>
            <SendTestButton delivery={test} />
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <ActionIcon variant="default" size={36} aria-label="More acts on webhooks">
                  <Ellipsis size={18} aria-hidden />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<History size={16} aria-hidden />} onClick={() => setRanging(true)}>
                  Replay a time range
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )
      }
    >
      <WebhookTabs at="org" />
      <TestResult delivery={test} />
      <Health />
      <Parked scope="org" mayAct={isAdmin} />
      <ChangesLog
        filters={filters}
        onFilter={(next) => void navigate({ to: "/webhooks", search: next, replace: true })}
        onOpen={(id) => void navigate({ to: "/webhooks", search: { ...filters, change: id }, resetScroll: false })}
      />
      <ChangeDrawer
        id={change}
        isAdmin={isAdmin}
        onClose={() => void navigate({ to: "/webhooks", search: filters, resetScroll: false })}
      />
      <ReplayRange scope="org" opened={ranging} onClose={() => setRanging(false)} />
    </Page>
  );
}
