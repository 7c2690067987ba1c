import { AppShell, Box, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useParams } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import type { Me } from "../api/types";
import { meQuery } from "../features/auth/session";
import { useLive } from "../live/useLive";
import { Menu } from "../ui/layers";
import { LogoMark } from "../ui/Logo";
import { Keys } from "./Keys";
import { LinkLost } from "./LinkLost";
import { navFor, type NavItem } from "./nav";
import { SessionEnded } from "./SessionEnded";
import { UserMenu } from "./UserMenu";
import classes from "./Shell.module.css";

/** Frames every page of a signed-in person: a sidebar on a desktop, a bar at the bottom on a phone. */
export function Shell() {
  const { data: me } = useQuery(meQuery);
  return me ? <SignedShell me={me} /> : null;
}

/** The places in the bar of a phone. The others are behind "More". */
const IN_BAR = 3;

function SignedShell({ me }: { me: Me }) {
  const nav = navFor(me.org.role);
  // On a phone a thread has the whole screen, and its own head leads back.
  const inThread = useParams({ strict: false }).conversationId !== undefined;
  useLive(me.user.id, me.org.id);
  return (
    <>
      <a className="wk-skip" href="#content">
        Skip to content
      </a>
      <AppShell
        layout="alt"
        header={{ height: { base: inThread ? 0 : 56, sm: 0 } }}
        footer={{ height: { base: inThread ? 0 : 60, sm: 0 } }}
        navbar={{ width: 236, breakpoint: "sm", collapsed: { mobile: true } }}
        padding={0}
      >
        {!inThread && (
          <AppShell.Header hiddenFrom="sm" className={classes.bar}>
            <Group h="100%" px="md" justify="space-between" wrap="nowrap">
              <Brand />
              <UserMenu me={me} compact />
            </Group>
          </AppShell.Header>
        )}
        <AppShell.Navbar className={classes.sidebar} p="md" aria-label="Sidebar" visibleFrom="sm">
          <Box px={8} pt={4} pb="lg">
            <Brand />
          </Box>
          <Stack component="nav" aria-label="Main" gap={4} flex={1}>
            {nav.map(({ to, label, icon: Icon }) => (
              <Link key={to} to={to} className="wk-nav">
                <Icon size={18} aria-hidden />
                {label}
              </Link>
            ))}
          </Stack>
          <UserMenu me={me} />
        </AppShell.Navbar>
        <AppShell.Main id="content" tabIndex={-1} className={classes.main}>
          <LinkLost />
          <Outlet />
        </AppShell.Main>
        {!inThread && (
          <AppShell.Footer hiddenFrom="sm" className={classes.bar}>
            <Group component="nav" aria-label="Main" h="100%" gap={0} grow>
              {nav.slice(0, IN_BAR).map(({ to, label, icon: Icon }) => (
                <Link key={to} to={to} className={classes.tab ?? ""}>
                  <Icon size={20} aria-hidden />
                  {label}
                </Link>
              ))}
              <More nav={nav.slice(IN_BAR)} />
            </Group>
          </AppShell.Footer>
        )}
      </AppShell>
      <SessionEnded me={me} />
      <Keys nav={nav} />
    </>
  );
}

function More({ nav }: { nav: NavItem[] }) {
  return (
    <Menu position="top-end" width={200} shadow="md">
      <Menu.Target>
        <button type="button" className={classes.tab}>
          <Ellipsis size={20} aria-hidden />
          More
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {nav.map(({ to, label, icon: Icon }) => (
          <Menu.Item key={to} component={Link} to={to} leftSection={<Icon size={16} aria-hidden />}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Brand() {
  return (
    <Group gap={10} wrap="nowrap">
      <LogoMark />
      <Text fw={700} size="lg" style={{ letterSpacing: "-0.02em" }}>
        Wabakit
      </Text>
    </Group>
  );
}
