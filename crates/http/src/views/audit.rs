//! The audit log.

use std::{collections::HashMap, fmt::Write as _};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{audit, ids::UserId};
use wabakit_services::AuditVerdict;

/// Who acts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActorKind {
    User,
    System,
    Operator,
    Meta,
}

/// Who acted.
#[derive(Serialize, ToSchema)]
pub(crate) struct Actor {
    kind: ActorKind,
    /// The person's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    /// The person's name, while they are in the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// What was acted on.
#[derive(Serialize, ToSchema)]
pub(crate) struct Subject {
    #[schema(example = "account")]
    kind: String,
    id: String,
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEvent {
    id: Uuid,
    /// Its place in the organisation's log, from 1, without a gap.
    sequence: i64,
    at: DateTime<Utc>,
    actor: Actor,
    /// What was done, dotted.
    #[schema(example = "connect.started")]
    action: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Subject>,
    /// More, by action.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// The request that did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<Uuid>,
    /// The chain's SHA-256 up to and with this entry, in hex.
    hash: String,
}

impl AuditEvent {
    pub(crate) fn of(entry: audit::AuditEvent, names: &HashMap<UserId, String>) -> Self {
        let event = entry.event;
        let (kind, user) = match event.actor {
            audit::Actor::User(user) => (ActorKind::User, Some(user)),
            audit::Actor::System => (ActorKind::System, None),
            audit::Actor::Operator => (ActorKind::Operator, None),
            audit::Actor::Meta => (ActorKind::Meta, None),
        };
        let subject = (!event.subject_id.is_empty()).then_some(Subject {
            kind: event.subject_kind,
            id: event.subject_id,
        });
        Self {
            id: event.id.uuid(),
            sequence: entry.sequence,
            at: event.at,
            actor: Actor {
                kind,
                id: user.map(UserId::uuid),
                name: user.and_then(|user| names.get(&user).cloned()),
            },
            action: event.action,
            subject,
            data: serde_json::from_str(&event.data).unwrap_or_default(),
            request_id: event.request_id,
            hash: hex(&entry.hash),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Whether the log is what was written.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditVerification {
    intact: bool,
    /// How many entries were checked.
    checked: i64,
    /// The first entry that is not what was written, or that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_broken: Option<i64>,
}

impl From<AuditVerdict> for AuditVerification {
    fn from(verdict: AuditVerdict) -> Self {
        Self {
            intact: verdict.first_broken.is_none(),
            checked: verdict.checked,
            first_broken: verdict.first_broken,
        }
    }
}
