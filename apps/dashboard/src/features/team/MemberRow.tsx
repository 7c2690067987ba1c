import { ActionIcon, Avatar, Box, Group, Select, Text } from "@mantine/core";
import { Ellipsis, KeyRound, ShieldOff, UserMinus } from "lucide-react";
import type { Role, TeamMember } from "../../api/types";
import { Badge } from "../../ui/Badge";
import { Copy } from "../../ui/Copy";
import { Menu } from "../../ui/layers";
import { RelativeTime } from "../../ui/RelativeTime";
import { ROLE_WORDS } from "../connections/words";
import classes from "./Team.module.css";

interface MemberRowProps {
  member: TeamMember;
  isSelf: boolean;
  /** The roles that the reader may give; empty for a reader who is no admin. */
  roles: Role[];
  onRole: (role: Role) => void;
  /** Whether the reader may make a reset link for this member, and turn their two-factor sign-in off. */
  mayReset: boolean;
  onResetLink: () => void;
  onEndTwoFactor: () => void;
  onRemove: () => void;
}

export function MemberRow({ member, isSelf, roles, onRole, mayReset, onResetLink, onEndTwoFactor, onRemove }: MemberRowProps) {
  const name = member.name || member.email;
  const editable = !isSelf && roles.includes(member.role);
  return (
    <Group component="li" className={classes.row ?? ""} gap="md" px="md" py="sm" tabIndex={-1} data-list-item>
      <Avatar name={name} color="petrol" radius="xl" />
      <Box style={{ flex: "1 1 180px", minWidth: 0 }}>
        <Text fw={600}>
          {name}{" "}
          {isSelf && (
            <Text span c="dimmed" fw={400}>
              (you)
            </Text>
          )}
        </Text>
        <Text size="sm" c="dimmed">
          <Copy value={member.email} what="email address" />
        </Text>
      </Box>
      <Text size="sm" c="dimmed" w={120}>
        {member.lastSeenAt ? (
          <>
            Seen <RelativeTime at={member.lastSeenAt} />
          </>
        ) : (
          "Not seen yet"
        )}
      </Text>
      {editable ? (
        <>
          <Select
            w={120}
            aria-label={`Role of ${name}`}
            allowDeselect={false}
            data={roles.map((role) => ({ value: role, label: ROLE_WORDS[role].name }))}
            value={member.role}
            onChange={(value) => {
              const role = roles.find((each) => each === value);
              if (role) onRole(role);
            }}
          />
          <Menu position="bottom-end" shadow="md">
            <Menu.Target>
              <ActionIcon variant="default" size={36} aria-label={`More for ${name}`}>
                <Ellipsis size={18} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {mayReset && (
                <>
                  <Menu.Item leftSection={<KeyRound size={16} aria-hidden />} onClick={onResetLink}>
                    Make a password reset link
                  </Menu.Item>
                  <Menu.Item leftSection={<ShieldOff size={16} aria-hidden />} onClick={onEndTwoFactor}>
                    Turn two-factor sign-in off
                  </Menu.Item>
                </>
              )}
              <Menu.Item c="var(--wk-bad)" leftSection={<UserMinus size={16} aria-hidden />} onClick={onRemove}>
                Remove {name}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      ) : (
        <Badge tone="quiet">{ROLE_WORDS[member.role].name}</Badge>
      )}
    </Group>
  );
}
