use std::collections::HashMap;

use wabakit_domain::{audit as known, ids::UserId};
use wabakit_wire::audit::{Actor, ActorKind, AuditEvent, AuditVerification, Subject};

use super::IntoWire;
use crate::AuditVerdict;

/// Makes the wire form of an audit entry. `names` holds the names of the team's people.
pub fn audit_event(entry: known::AuditEvent, names: &HashMap<UserId, String>) -> AuditEvent {
    let event = entry.event;
    let (kind, id, user) = match event.actor {
        known::Actor::User(user) => (ActorKind::User, Some(user.uuid()), Some(user)),
        known::Actor::Key(key) => (ActorKind::Key, Some(key.uuid()), None),
        known::Actor::System => (ActorKind::System, None, None),
        known::Actor::Operator => (ActorKind::Operator, None, None),
        known::Actor::Meta => (ActorKind::Meta, None, None),
    };
    let subject = (!event.subject_id.is_empty()).then_some(Subject {
        kind: event.subject_kind,
        id: event.subject_id,
    });
    AuditEvent {
        id: event.id.uuid(),
        sequence: entry.sequence,
        at: event.at,
        actor: Actor {
            kind,
            id,
            name: user.and_then(|user| names.get(&user).cloned()),
        },
        action: event.action,
        subject,
        data: serde_json::from_str(&event.data).unwrap_or_default(),
        request_id: event.request_id,
        hash: hex::encode(entry.hash),
    }
}

impl IntoWire<AuditVerification> for AuditVerdict {
    fn into_wire(self) -> AuditVerification {
        AuditVerification {
            intact: self.first_broken.is_none(),
            checked: self.checked,
            first_broken: self.first_broken,
        }
    }
}
