//! Sign-ins.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The role of a member. Each role includes the rights of those after it: owner, admin, agent, viewer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Admin,
    Agent,
    Viewer,
}

/// A person who can sign in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: Uuid,
    #[schema(example = "owner@acme.example")]
    pub email: String,
    #[schema(example = "Olivia Owner")]
    pub name: String,
    /// Whether the person operates the platform.
    pub is_operator: bool,
    /// Whether the person has proven that they receive mail at the address.
    #[serde(default)]
    pub email_proven: bool,
}

/// The options of signing in on this server.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignInOptions {
    /// Whether the server sends mail, so that people can request a password reset and prove their address.
    pub mail: bool,
}

/// An organisation with the caller's role in it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Org {
    pub id: Uuid,
    #[schema(example = "Acme Coffee")]
    pub name: String,
    pub role: Role,
}

/// A sign-in. A browser that asked for `"session": "cookie"` gets no tokens, only the cookie.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthAnswer {
    /// A JWT for the header `Authorization: Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// A token that `POST /auth/refresh` exchanges once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The lifetime of the access token in seconds.
    #[schema(example = 900)]
    pub expires_in: i64,
    pub user: User,
    pub org: Org,
}

/// The caller: the person, the organisation and the permissions.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Me {
    pub user: User,
    pub org: Org,
    /// All organisations of the person.
    pub orgs: Vec<Org>,
    /// The permissions of the role in this organisation.
    #[schema(example = json!(["accounts.read", "accounts.manage"]))]
    pub permissions: Vec<String>,
}

/// A sign-in of the caller that has not ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    pub id: Uuid,
    /// The organisation that the sign-in is for.
    #[schema(example = "Acme Coffee")]
    pub org_name: String,
    pub created_at: DateTime<Utc>,
    /// The time of its last request, exact to five minutes.
    pub last_used_at: DateTime<Utc>,
    /// The time at which it ends, unless it is used before.
    pub expires_at: DateTime<Utc>,
    /// The client's name for itself, shortened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "Firefox on Linux")]
    pub client: Option<String>,
    /// The client's address when the person signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "203.0.113.7")]
    pub address: Option<String>,
    /// Whether the request was made with this sign-in.
    pub current: bool,
}

/// An invitation as the invited person sees it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationPreview {
    pub email: String,
    pub org_name: String,
    pub role: Role,
    pub expires_at: DateTime<Utc>,
}
