use wabakit_domain::identity::{LinkKind, LinkMail, Member, OneTimeLink};
use wabakit_wire::team::{Invitation, MailState, ResetLink, TeamMember};

use super::IntoWire;

impl IntoWire<TeamMember> for Member {
    fn into_wire(self) -> TeamMember {
        TeamMember {
            user_id: self.user.id.uuid(),
            email: self.user.email,
            name: self.user.name,
            role: self.role.into_wire(),
            created_at: self.joined_at,
            last_seen_at: self.last_seen_at,
        }
    }
}

/// Makes the wire form of an invitation, with its address if it was just made. `None` for links of other kinds.
pub fn invitation(link: OneTimeLink, url: Option<String>) -> Option<Invitation> {
    let LinkKind::Invitation {
        email,
        role,
        invited_by,
    } = link.kind
    else {
        return None;
    };
    Some(Invitation {
        id: link.id.uuid(),
        email,
        role: role.into_wire(),
        created_at: link.created_at,
        expires_at: link.expires_at,
        created_by: invited_by.uuid(),
        link: url,
        mailed: link.mail.is_some(),
        mail_state: link.mail.as_ref().map(mail_state),
        mail_failure: link.mail.and_then(|mail| mail.failure),
    })
}

const fn mail_state(mail: &LinkMail) -> MailState {
    match (mail.due_at, mail.sent_at) {
        (Some(_), _) => MailState::Waiting,
        (None, Some(_)) => MailState::Sent,
        (None, None) => MailState::Failed,
    }
}

/// Makes the wire form of a password reset link, with its address.
pub fn reset_link(link: &OneTimeLink, url: Option<String>) -> ResetLink {
    ResetLink {
        link: url,
        mailed: link.mail.is_some(),
        expires_at: link.expires_at,
    }
}
