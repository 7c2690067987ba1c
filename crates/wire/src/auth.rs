//! Signing in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What a member may do in an organisation. A higher role may do all that a lower one may.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Owner,
    Admin,
    Agent,
    Viewer,
}

/// A person.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct User {
    pub id: Uuid,
    #[schema(example = "owner@acme.example")]
    pub email: String,
    #[schema(example = "Olivia Owner")]
    pub name: String,
    /// Runs the platform.
    pub is_operator: bool,
}

/// An organisation, and the caller's role in it.
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
    /// A JWT, to be sent as `Authorization: Bearer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// To be exchanged once, at `POST /auth/refresh`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// How many seconds the access token lives.
    #[schema(example = 900)]
    pub expires_in: i64,
    pub user: User,
    pub org: Org,
}

/// Who is signed in, where, and what they may do.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Me {
    pub user: User,
    pub org: Org,
    /// Every organisation that they are in.
    pub orgs: Vec<Org>,
    /// What their role allows here, as dotted words.
    #[schema(example = json!(["accounts.read", "accounts.manage"]))]
    pub permissions: Vec<String>,
}

/// What an invitation says.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationPreview {
    pub email: String,
    pub org_name: String,
    pub role: Role,
    pub expires_at: DateTime<Utc>,
}
