import { Avatar, Box, Text, VisuallyHidden } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Building2, ChevronsUpDown, Keyboard, LogOut } from "lucide-react";
import { api, settle } from "../api/client";
import type { Me } from "../api/types";
import { leaveToSignIn } from "../features/auth/next";
import { Menu } from "../ui/layers";
import { toastProblem } from "../ui/toast";
import { openKeys } from "./keysStore";
import classes from "./Shell.module.css";

/** Shows the person and the organisation, with the menu of other organisations, keys and sign-out. */
export function UserMenu({ me, compact = false }: { me: Me; compact?: boolean }) {
  const signOut = useMutation({
    mutationFn: () => settle(api.POST("/auth/logout")),
    onSuccess: () => leaveToSignIn(),
    onError: (error) => toastProblem("You are still signed in", error),
  });
  const others = me.orgs.filter((org) => org.id !== me.org.id);
  const name = me.user.name || me.user.email;

  return (
    <Menu position={compact ? "bottom-end" : "top-start"} width={248} shadow="md">
      <Menu.Target>
        <button type="button" className={classes.user} style={compact ? { width: "auto" } : {}} >
          <Avatar name={name} color="petrol" radius="xl" size={34} aria-hidden />
          {compact ? (
            <VisuallyHidden>
              {name}, {me.org.name}
            </VisuallyHidden>
          ) : (
            <>
              <Box style={{ flex: 1, minWidth: 0 }}>
                <Text size="sm" fw={600} truncate>
                  {name}
                </Text>
                <Text size="xs" c="dimmed" truncate>
                  {me.org.name}
                </Text>
              </Box>
              <ChevronsUpDown size={16} aria-hidden style={{ opacity: 0.6 }} />
            </>
          )}
          <VisuallyHidden>, account menu</VisuallyHidden>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {me.user.email}
          <br />
          {me.org.name}, {me.org.role}
        </Menu.Label>
        {others.map((org) => (
          <Menu.Item
            key={org.id}
            leftSection={<Building2 size={16} aria-hidden />}
            onClick={() => leaveToSignIn({ org: org.id })}
          >
            Sign in to {org.name}
          </Menu.Item>
        ))}
        <Menu.Item leftSection={<Keyboard size={16} aria-hidden />} onClick={openKeys}>
          Keyboard shortcuts
        </Menu.Item>
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={() => signOut.mutate()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
