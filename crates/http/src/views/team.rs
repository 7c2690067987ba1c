//! The people of an organisation.

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::identity::{LinkKind, Member, OneTimeLink};
use wabakit_services::NewLink;

use super::auth::Role;

/// A member.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TeamMember {
    user_id: Uuid,
    email: String,
    name: String,
    role: Role,
    /// When they joined.
    created_at: DateTime<Utc>,
    /// When they last did something here, to the minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<DateTime<Utc>>,
}

impl From<Member> for TeamMember {
    fn from(member: Member) -> Self {
        Self {
            user_id: member.user.id.uuid(),
            email: member.user.email,
            name: member.user.name,
            role: member.role.into(),
            created_at: member.joined_at,
            last_seen_at: member.last_seen_at,
        }
    }
}

/// Another role for a member.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ChangeRole {
    pub(crate) role: Role,
}

/// Whom to invite, and as what.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Invite {
    #[schema(example = "ada@acme.example")]
    pub(crate) email: String,
    pub(crate) role: Role,
}

/// An invitation that nobody has taken yet.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invitation {
    id: Uuid,
    email: String,
    role: Role,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// The id of who invited.
    created_by: Uuid,
    /// The link to hand over. Told once, when the invitation is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

impl Invitation {
    /// `None` for links that are no invitations.
    pub(crate) fn of(link: OneTimeLink, url: Option<String>) -> Option<Self> {
        let LinkKind::Invitation {
            email,
            role,
            invited_by,
        } = link.kind
        else {
            return None;
        };
        Some(Self {
            id: link.id.uuid(),
            email,
            role: role.into(),
            created_at: link.created_at,
            expires_at: link.expires_at,
            created_by: invited_by.uuid(),
            link: url,
        })
    }
}

/// A link by which somebody chooses a new password. Told once.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResetLink {
    link: String,
    expires_at: DateTime<Utc>,
}

impl ResetLink {
    pub(crate) fn of(new: &NewLink, public_url: &Url) -> Self {
        Self {
            link: link_to(public_url, "reset", new),
            expires_at: new.link.expires_at,
        }
    }
}

/// The dashboard's page for a link. The token goes into the fragment, which browsers send to no server.
pub(crate) fn link_to(public_url: &Url, page: &str, new: &NewLink) -> String {
    let mut url = public_url.clone();
    url.set_path(page);
    url.set_query(None);
    url.set_fragment(Some(new.token.expose_secret()));
    url.into()
}
