use wabakit_domain::identity::{LinkKind, Member, OneTimeLink};
use wabakit_wire::team::{Invitation, ResetLink, TeamMember};

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

/// Tells an invitation, when it is made with its address. `None` for links that are no invitations.
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
    })
}

/// Tells a link by which somebody chooses a new password, with its address.
pub fn reset_link(link: &OneTimeLink, url: String) -> ResetLink {
    ResetLink {
        link: url,
        expires_at: link.expires_at,
    }
}
