import { Button, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import type { TeamMember } from "../../api/types";
import { Confirm } from "../../ui/Confirm";
import { Page } from "../../ui/Page";
import { ProblemNote } from "../../ui/ProblemNote";
import { RowsSkeleton } from "../../ui/Rows";
import { toastDone, toastProblem } from "../../ui/toast";
import { atLeast, grantableRoles, useSigned } from "../auth/session";
import { changeRole, endTwoFactor, invitationsQuery, invite, makeResetLink, removeMember, teamQuery, useTeamAct, withdrawInvitation } from "./data";
import { InvitationRow } from "./InvitationRow";
import { InviteDialog } from "./InviteDialog";
import { MemberRow } from "./MemberRow";
import { OneTimeLink, type ShownLink } from "./OneTimeLink";

export function TeamPage() {
  const { me, isAdmin } = useSigned();
  const team = useQuery(teamQuery);
  const invitations = useQuery({ ...invitationsQuery, enabled: isAdmin });
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<TeamMember | null>(null);
  const [link, setLink] = useState<ShownLink | null>(null);
  const role = useTeamAct(changeRole);
  const remove = useTeamAct(removeMember);
  const resetLink = useTeamAct(makeResetLink);
  const unguard = useTeamAct(endTwoFactor);
  const [unguarding, setUnguarding] = useState<TeamMember | null>(null);
  const withdraw = useTeamAct(withdrawInvitation);
  const again = useTeamAct(invite);
  const unguarded = unguarding ? unguarding.name || unguarding.email : "";
  const leaver = removing ? removing.name || removing.email : "";
  const roles = grantableRoles(me.org.role);

  return (
    <Page
      title="Team"
      lead={`Who works in ${me.org.name}, and what they may do.`}
      actions={
        isAdmin && (
          <Button leftSection={<UserPlus size={18} aria-hidden />} onClick={() => setInviting(true)}>
            Invite somebody
          </Button>
        )
      }
    >
      {team.isError && (
        <ProblemNote error={team.error} title="The team could not be loaded" onRetry={() => void team.refetch()} retrying={team.isFetching} />
      )}
      {team.isPending && <RowsSkeleton rows={3} height={72} label="Loading the team" />}
      {team.data && (
        <Stack component="ul" className="wk-card" gap={0} p={0} m={0} style={{ listStyle: "none" }}>
          {team.data.map((member) => (
            <MemberRow
              key={member.userId}
              member={member}
              isSelf={member.userId === me.user.id}
              roles={roles}
              onRole={(next) =>
                role.mutate(
                  { userId: member.userId, role: next },
                  {
                    onSuccess: () => toastDone(`${member.name || member.email} is ${next} now.`),
                    onError: (error) => toastProblem("The role did not change", error),
                  },
                )
              }
              mayReset={me.org.role === "owner" || !atLeast(member.role, "admin")}
              onResetLink={() =>
                resetLink.mutate(member.userId, {
                  onSuccess: ({ link, expiresAt }) =>
                    link
                      ? setLink({
                          link,
                          expiresAt,
                          title: `New password for ${member.name || member.email}`,
                          lead: "Hand this link over in a way you trust.",
                        })
                      : toastDone(`A link to choose a new password goes to ${member.email}.`),
                  onError: (error) => toastProblem("The link was not made", error),
                })
              }
              onEndTwoFactor={() => setUnguarding(member)}
              onRemove={() => setRemoving(member)}
            />
          ))}
        </Stack>
      )}
      {team.data?.length === 1 && isAdmin && (
        <Text size="sm" c="dimmed">
          You are here alone. Invite those who answer your customers.
        </Text>
      )}
      {invitations.isError && (
        <ProblemNote error={invitations.error} title="Invitations could not be loaded" onRetry={() => void invitations.refetch()} />
      )}
      {(invitations.data?.length ?? 0) > 0 && (
        <Stack gap="sm">
          <Title order={2}>Invited</Title>
          <Stack component="ul" className="wk-card" gap={0} p={0} m={0} style={{ listStyle: "none" }}>
            {invitations.data?.map((invitation) => (
              <InvitationRow
                key={invitation.id}
                invitation={invitation}
                busy={(withdraw.isPending && withdraw.variables === invitation.id) || (again.isPending && again.variables.email === invitation.email)}
                onWithdraw={() =>
                  withdraw.mutate(invitation.id, {
                    onSuccess: () => toastDone(`The invitation of ${invitation.email} is withdrawn.`),
                    onError: (error) => toastProblem("The invitation was not withdrawn", error),
                  })
                }
                onSendAgain={() =>
                  again.mutate(
                    { email: invitation.email, role: invitation.role },
                    {
                      onSuccess: () => toastDone(`The invitation goes to ${invitation.email} again. The link of the first mail works no longer.`),
                      onError: (error) => toastProblem("The invitation was not sent again", error),
                    },
                  )
                }
              />
            ))}
          </Stack>
        </Stack>
      )}

      <InviteDialog
        opened={inviting}
        roles={roles}
        onClose={() => setInviting(false)}
        onInvited={(invitation) => {
          setInviting(false);
          if (invitation.link) {
            setLink({
              title: `${invitation.email} is invited`,
              lead: "No email is sent: hand this link over yourself.",
              link: invitation.link,
              expiresAt: invitation.expiresAt,
            });
          } else {
            toastDone(`Sent to ${invitation.email}.`);
          }
        }}
      />
      <OneTimeLink shown={link} onClose={() => setLink(null)} />
      <Confirm
        opened={unguarding !== null}
        onClose={() => setUnguarding(null)}
        title={`Turn two-factor sign-in of ${unguarded} off?`}
        act="Turn off"
        busy={unguard.isPending}
        error={unguard.error}
        onAct={() => {
          if (!unguarding) return;
          unguard.mutate(unguarding.userId, {
            onSuccess: () => {
              toastDone(`${unguarded} signs in by password alone now.`);
              setUnguarding(null);
            },
          });
        }}
      >
        <Text size="sm">
          For somebody who lost both app and recovery codes. Make sure that it is they who ask. They are signed out
          everywhere.
        </Text>
      </Confirm>
      <Confirm
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title={`Remove ${leaver}?`}
        act={`Remove ${leaver}`}
        busy={remove.isPending}
        error={remove.error}
        onAct={() => {
          if (!removing) return;
          remove.mutate(removing.userId, {
            onSuccess: () => {
              toastDone(`${removing.name || removing.email} is removed.`);
              setRemoving(null);
            },
          });
        }}
      >
        <Text size="sm">
          They are signed out at once and can no longer see {me.org.name}. Connections that they made go on working, and
          the audit log keeps what they did.
        </Text>
      </Confirm>
    </Page>
  );
}
