//! The audit log: who did what to what, in a hash chain per organisation.

use ring::digest;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Time,
    ids::{ApiKeyId, AuditEventId, OrgId, UserId},
};

/// The actor of an audit entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// A person who is signed in.
    User(UserId),
    /// A program with an API key.
    Key(ApiKeyId),
    /// A person at the command line of the server.
    Operator,
    /// The server itself: a worker, a sweep.
    System,
    /// Meta, by a callback.
    Meta,
}

/// An act to record. The organisation's members can read it, so it never holds a secret.
#[derive(Clone, PartialEq, Debug)]
pub struct NewAuditEvent {
    /// Our id.
    pub id: AuditEventId,
    /// The organisation whose log it is in.
    pub org: OrgId,
    /// The time when it happened, in microseconds or coarser.
    pub at: Time,
    /// The actor.
    pub actor: Actor,
    /// The action, as a dotted name: `connect.started`.
    pub action: String,
    /// The kind of object: `account`, `user`, …
    pub subject_kind: String,
    /// The object's id.
    pub subject_id: String,
    /// Further data, as a JSON object.
    pub data: String,
    /// The HTTP request that caused it.
    pub request_id: Option<Uuid>,
}

/// An entry of an organisation's audit log.
#[derive(Clone, PartialEq, Debug)]
pub struct AuditEvent {
    /// The recorded act.
    pub event: NewAuditEvent,
    /// Its place in the organisation's log, from 1, without a gap.
    pub sequence: i64,
    /// The hash of the chain up to and including this entry.
    pub hash: [u8; 32],
}

impl AuditEvent {
    /// Chains an act to a log that ended at `previous` with `previous_hash` (zeros at the start).
    pub fn chain(event: NewAuditEvent, previous: i64, previous_hash: &[u8; 32]) -> Self {
        let sequence = previous + 1;
        let hash = chain_hash(&event, sequence, previous_hash);
        Self {
            event,
            sequence,
            hash,
        }
    }
    /// Tells whether the entry is unchanged since it was written after `previous_hash`.
    pub fn follows(&self, previous_hash: &[u8; 32]) -> bool {
        chain_hash(&self.event, self.sequence, previous_hash) == self.hash
    }
}

/// Each field is hashed with its length before it, so that no two entries feed the same bytes to the hash.
fn chain_hash(event: &NewAuditEvent, sequence: i64, previous: &[u8; 32]) -> [u8; 32] {
    let (actor_kind, actor_id) = match &event.actor {
        Actor::User(user) => ("user", user.to_string()),
        Actor::Key(key) => ("key", key.to_string()),
        Actor::Operator => ("operator", String::new()),
        Actor::System => ("system", String::new()),
        Actor::Meta => ("meta", String::new()),
    };
    let request = event
        .request_id
        .map(|id| id.to_string())
        .unwrap_or_default();
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(previous);
    let fields: [&[u8]; 12] = [
        &sequence.to_be_bytes(),
        event.id.0.as_bytes(),
        event.org.0.as_bytes(),
        &event.at.timestamp_micros().to_be_bytes(),
        actor_kind.as_bytes(),
        actor_id.as_bytes(),
        event.action.as_bytes(),
        event.subject_kind.as_bytes(),
        event.subject_id.as_bytes(),
        event.data.as_bytes(),
        request.as_bytes(),
        b"wabakit audit 1",
    ];
    for field in fields {
        context.update(&(field.len() as u64).to_be_bytes());
        context.update(field);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn event(data: &str) -> NewAuditEvent {
        NewAuditEvent {
            id: AuditEventId(Uuid::from_u128(1)),
            org: OrgId(Uuid::from_u128(2)),
            at: DateTime::from_timestamp_micros(1).unwrap(),
            actor: Actor::System,
            action: "connect.started".into(),
            subject_kind: "connect_session".into(),
            subject_id: "x".into(),
            data: data.into(),
            request_id: None,
        }
    }

    /// Hashes that an older version wrote. They must stay the same, or the logs of running servers would look forged.
    #[test]
    fn entries_of_each_actor_keep_their_hash() {
        let hash_of = |actor| {
            let event = NewAuditEvent {
                actor,
                ..event("{}")
            };
            hex(&AuditEvent::chain(event, 0, &[0; 32]).hash)
        };
        for (actor, hash) in [
            (
                Actor::User(UserId(Uuid::from_u128(9))),
                "13339068d86a4cbf55278cb8cbf0994818ad86fb012f8a3f0902636baf4c94f1",
            ),
            (
                Actor::Operator,
                "b522e764cd26acb7199cd610fe4cf92663d9d8ba42e640bfdf2b6d6f3d4abc03",
            ),
            (
                Actor::System,
                "bfe515cfd13c51aa24ec74a2752dc3cc13d611b7ec2fc39bb784205f464e56c5",
            ),
            (
                Actor::Meta,
                "e4e36bf283fb58297497c97570688d30f210ab2ba63218b16ab877ac24cb214a",
            ),
        ] {
            assert_eq!(hash_of(actor.clone()), hash, "{actor:?}");
        }
        let id = Uuid::from_u128(9);
        let key = hash_of(Actor::Key(ApiKeyId(id)));
        assert_ne!(key, hash_of(Actor::User(UserId(id))));
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn a_changed_entry_no_longer_follows() {
        let first = AuditEvent::chain(event("{}"), 0, &[0; 32]);
        let second = AuditEvent::chain(event("{}"), first.sequence, &first.hash);
        assert!(first.follows(&[0; 32]) && second.follows(&first.hash));
        assert!(!second.follows(&[0; 32]), "an entry cannot be moved");
        let mut forged = second.clone();
        forged.event.data = r#"{"a":1}"#.into();
        assert!(!forged.follows(&first.hash));
        let mut moved = second;
        moved.event.action = "connect.starte".into();
        moved.event.subject_kind = "dconnect_session".into();
        assert!(
            !moved.follows(&first.hash),
            "fields cannot flow into each other"
        );
    }
}
