//! The audit log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// The kind of an actor.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    User,
    Key,
    System,
    Operator,
    Meta,
}

/// The actor of an entry.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Actor {
    pub kind: ActorKind,
    /// The id of the person or the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// The person's name. Null after they left the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// The object of an act.
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
    /// The entry's position in the organisation's log, from 1, without gaps.
    pub sequence: i64,
    pub at: DateTime<Utc>,
    pub actor: Actor,
    /// The act, as dotted words.
    #[schema(example = "connect.started")]
    pub action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Details, which depend on the act.
    #[schema(value_type = Object)]
    pub data: Map<String, Value>,
    /// The id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<Uuid>,
    /// The SHA-256 of the chain up to and including this entry, in hex.
    pub hash: String,
}

/// The result of verifying the audit log.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditVerification {
    pub intact: bool,
    /// The number of entries that were checked.
    pub checked: i64,
    /// The sequence of the first entry that is missing or changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_broken: Option<i64>,
}
