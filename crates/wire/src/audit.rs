//! The audit log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// Who acts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    User,
    System,
    Operator,
    Meta,
}

/// Who acted.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Actor {
    pub kind: ActorKind,
    /// The person's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The person's name, while they are in the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What was acted on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Subject {
    #[schema(example = "account")]
    pub kind: String,
    pub id: String,
}

/// An entry of the audit log.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEvent {
    pub id: Uuid,
    /// Its place in the organisation's log, from 1, without a gap.
    pub sequence: i64,
    pub at: DateTime<Utc>,
    pub actor: Actor,
    /// What was done, dotted.
    #[schema(example = "connect.started")]
    pub action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// More, by action.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// The request that did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Uuid>,
    /// The chain's SHA-256 up to and with this entry, in hex.
    pub hash: String,
}

/// Whether the log is what was written.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditVerification {
    pub intact: bool,
    /// How many entries were checked.
    pub checked: i64,
    /// The first entry that is not what was written, or that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_broken: Option<i64>,
}
