import { SegmentedControl, useMantineColorScheme } from "@mantine/core";
import { Page } from "../../ui/Page";
import { useSigned } from "../auth/session";
import { MetaApps } from "./MetaApps";
import { OrgName } from "./OrgName";
import { OwnPassword } from "./OwnPassword";
import { ProveAddress } from "./ProveAddress";
import { Section } from "./Section";
import { SignIns } from "./SignIns";
import { TwoFactor } from "./TwoFactor";

export function SettingsPage() {
  const { isAdmin } = useSigned();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Page title="Settings" lead="Your organisation, its Meta apps, and you.">
      <OrgName isAdmin={isAdmin} />
      {isAdmin && <MetaApps />}
      <OwnPassword />
      <ProveAddress />
      <TwoFactor />
      <SignIns />
      <Section title="Appearance" lead="Kept in this browser only.">
        <SegmentedControl
          aria-label="Colour scheme"
          value={colorScheme}
          onChange={(value) => setColorScheme(value === "light" || value === "dark" ? value : "auto")}
          data={[
            { value: "auto", label: "As the system" },
            { value: "light", label: "Light" },
            { value: "dark", label: "Dark" },
          ]}
          style={{ alignSelf: "flex-start" }}
        />
      </Section>
    </Page>
  );
}
