import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { asProblem } from "../../api/problem";
import type { Invitation, Role } from "../../api/types";
import { Modal } from "../../ui/layers";
import { ProblemNote } from "../../ui/ProblemNote";
import { signInOptionsQuery } from "../auth/session";
import { ROLE_WORDS } from "../connections/words";
import { invite, useTeamAct } from "./data";

interface InviteDialogProps {
  opened: boolean;
  roles: Role[];
  onClose: () => void;
  onInvited: (invitation: Invitation) => void;
}

export function InviteDialog({ opened, ...rest }: InviteDialogProps) {
  return (
    <Modal opened={opened} onClose={rest.onClose} title="Invite somebody" centered>
      <InviteForm {...rest} />
    </Modal>
  );
}

function InviteForm({ roles, onInvited }: Omit<InviteDialogProps, "opened">) {
  const form = useForm<{ email: string; role: Role }>({
    initialValues: { email: "", role: "agent" },
    validate: { email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : "Enter an email address.") },
  });
  const act = useTeamAct(invite);
  const options = useQuery(signInOptionsQuery);
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ email, role }) =>
        act.mutate(
          { email: email.trim(), role },
          { onSuccess: onInvited, onError: (error) => form.setErrors(asProblem(error).fields) },
        ),
      )}
    >
      <Stack>
        <TextInput label="Email" type="email" data-autofocus {...form.getInputProps("email")} />
        <Select
          label="Role"
          allowDeselect={false}
          data={roles.map((role) => ({ value: role, label: `${ROLE_WORDS[role].name}: ${ROLE_WORDS[role].may}` }))}
          {...form.getInputProps("role")}
        />
        {act.isError && <ProblemNote error={act.error} title="The invitation was not made" />}
        <Group justify="flex-end">
          <Button type="submit" loading={act.isPending}>
            {options.data?.mail ? "Send the invitation" : "Create invitation link"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
