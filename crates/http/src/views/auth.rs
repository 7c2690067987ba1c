//! Signing in.

use chrono::Utc;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::identity;
use wabakit_services::{Caller, InvitationView, SignedIn};

/// What a member may do in an organisation. A higher role may do all that a lower one may.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Owner,
    Admin,
    Agent,
    Viewer,
}

impl From<identity::Role> for Role {
    fn from(role: identity::Role) -> Self {
        match role {
            identity::Role::Owner => Self::Owner,
            identity::Role::Admin => Self::Admin,
            identity::Role::Agent => Self::Agent,
            identity::Role::Viewer => Self::Viewer,
        }
    }
}

impl From<Role> for identity::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Agent => Self::Agent,
            Role::Viewer => Self::Viewer,
        }
    }
}

/// A person.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) id: Uuid,
    #[schema(example = "owner@acme.example")]
    pub(crate) email: String,
    #[schema(example = "Olivia Owner")]
    pub(crate) name: String,
    /// Runs the platform.
    pub(crate) is_operator: bool,
}

impl From<identity::User> for User {
    fn from(user: identity::User) -> Self {
        Self {
            id: user.id.uuid(),
            email: user.email,
            name: user.name,
            is_operator: user.is_operator,
        }
    }
}

/// An organisation, and the caller's role in it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Org {
    pub(crate) id: Uuid,
    #[schema(example = "Acme Coffee")]
    pub(crate) name: String,
    pub(crate) role: Role,
}

impl Org {
    pub(crate) fn of((org, role): (identity::Org, identity::Role)) -> Self {
        Self {
            id: org.id.uuid(),
            name: org.name,
            role: role.into(),
        }
    }
}

/// How a browser asks to be signed in.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionKind {
    /// By the cookie alone: the tokens are left out of the answer.
    Cookie,
}

/// Address and password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Login {
    #[schema(example = "owner@acme.example")]
    pub(crate) email: String,
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    pub(crate) password: SecretString,
    /// For people who are in several organisations; the one they joined first without it.
    pub(crate) org_id: Option<Uuid>,
    pub(crate) session: Option<SessionKind>,
}

/// A sign-in. A browser that asked for `"session": "cookie"` gets no tokens, only the cookie.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthAnswer {
    /// A JWT, to be sent as `Authorization: Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    /// To be exchanged once, at `POST /auth/refresh`.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    /// How many seconds the access token lives.
    #[schema(example = 900)]
    expires_in: i64,
    user: User,
    org: Org,
}

impl AuthAnswer {
    pub(crate) fn of(signed_in: SignedIn, kind: Option<SessionKind>) -> Self {
        let told = |token: &SecretString| kind.is_none().then(|| token.expose_secret().to_owned());
        Self {
            access_token: told(&signed_in.access_token),
            refresh_token: told(&signed_in.refresh_token),
            expires_in: signed_in.expires_in.num_seconds(),
            user: signed_in.user.into(),
            org: Org::of((signed_in.org, signed_in.role)),
        }
    }
}

/// A refresh token to exchange.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refresh {
    #[schema(value_type = String)]
    pub(crate) refresh_token: SecretString,
}

/// Who is signed in, where, and what they may do.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    user: User,
    org: Org,
    /// Every organisation that they are in.
    orgs: Vec<Org>,
    /// What their role allows here, as dotted words.
    #[schema(example = json!(["accounts.read", "accounts.manage"]))]
    permissions: Vec<&'static str>,
}

impl Me {
    /// `None` when the caller is in no organisation any more.
    pub(crate) fn of(
        caller: &Caller,
        user: identity::User,
        orgs: Vec<(identity::Org, identity::Role)>,
    ) -> Option<Self> {
        let current = orgs.iter().find(|(org, _)| org.id == caller.org)?.clone();
        Some(Self {
            permissions: permissions(current.1, user.is_operator),
            user: user.into(),
            org: Org::of(current),
            orgs: orgs.into_iter().map(Org::of).collect(),
        })
    }
}

fn permissions(role: identity::Role, is_operator: bool) -> Vec<&'static str> {
    let mut may = vec!["accounts.read", "team.read"];
    if role.may_connect() {
        may.extend([
            "accounts.manage",
            "team.manage",
            "audit.read",
            "meta_apps.manage",
            "org.manage",
        ]);
    }
    if role.may_manage(identity::Role::Owner) {
        may.push("owners.manage");
    }
    if is_operator {
        may.push("platform.operate");
    }
    may
}

/// The old password and the new.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChangePassword {
    #[schema(value_type = String, format = Password)]
    pub(crate) current_password: SecretString,
    /// 12 to 200 characters.
    #[schema(value_type = String, format = Password)]
    pub(crate) new_password: SecretString,
}

/// A reset link's token and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResetPassword {
    /// The fragment of the link.
    #[schema(value_type = String)]
    pub(crate) token: SecretString,
    /// 12 to 200 characters.
    #[schema(value_type = String, format = Password)]
    pub(crate) new_password: SecretString,
}

/// An invitation's token.
#[derive(Deserialize, ToSchema)]
pub(crate) struct InspectInvitation {
    /// The fragment of the link.
    #[schema(value_type = String)]
    pub(crate) token: SecretString,
}

/// An invitation to take, with the name and password to sign in with.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AcceptInvitation {
    /// The fragment of the link.
    #[schema(value_type = String)]
    pub(crate) token: SecretString,
    #[schema(example = "Ada Admin")]
    pub(crate) name: String,
    /// 12 to 200 characters; somebody who is known here already proves it by the password they have.
    #[schema(value_type = String, format = Password)]
    pub(crate) password: SecretString,
    pub(crate) session: Option<SessionKind>,
}

/// What an invitation says.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvitationPreview {
    email: String,
    org_name: String,
    role: Role,
    expires_at: chrono::DateTime<Utc>,
}

impl From<InvitationView> for InvitationPreview {
    fn from(invitation: InvitationView) -> Self {
        Self {
            email: invitation.email,
            org_name: invitation.org.name,
            role: invitation.role.into(),
            expires_at: invitation.expires_at,
        }
    }
}
