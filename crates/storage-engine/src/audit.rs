//! The audit log's rows.
#![allow(missing_docs, reason = "columns are described in the migrations")]

use wabakit_domain::{
    audit::{Actor, AuditEvent, NewAuditEvent},
    ids::{ApiKeyId, AuditEventId, OrgId, UserId},
};
use wabakit_ports::store::StoreError;

use crate::{
    bulk::row,
    types::{T, U},
    values::{row as cells, text},
};

row! {
    /// An entry.
    pub struct AuditRow in audit_events {
        id: U,
        org_id: U,
        sequence: i64,
        at: T,
        actor_kind: String,
        actor_id: Option<U>,
        action: String,
        subject_kind: String,
        subject_id: String,
        data: String,
        request_id: Option<U>,
        hash: Vec<u8>,
    }
}

row! {
    /// The end of an org's log: its last sequence and hash.
    pub struct AuditHeadRow in audit_heads {
        org_id: U,
        sequence: i64,
        hash: Vec<u8>,
    }
}

impl AuditHeadRow {
    /// Makes the head of an empty log.
    #[must_use]
    pub fn empty(org: OrgId) -> Self {
        Self {
            org_id: U(org.0),
            sequence: 0,
            hash: vec![0; 32],
        }
    }
    /// Returns the last sequence and hash.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the hash does not have 32 bytes.
    pub fn read(&self) -> Result<(i64, [u8; 32]), StoreError> {
        let cell = cells("audit_heads", self.org_id.0);
        Ok((self.sequence, cell("hash").bytes32(&self.hash)?))
    }
}

impl TryFrom<&AuditEvent> for AuditRow {
    type Error = StoreError;

    fn try_from(entry: &AuditEvent) -> Result<Self, StoreError> {
        let event = &entry.event;
        let (actor_kind, actor_id) = match event.actor {
            Actor::User(user) => ("user", Some(U(user.0))),
            Actor::Key(key) => ("key", Some(U(key.0))),
            Actor::Operator => ("operator", None),
            Actor::System => ("system", None),
            Actor::Meta => ("meta", None),
        };
        Ok(Self {
            id: U(event.id.0),
            org_id: U(event.org.0),
            sequence: entry.sequence,
            at: T(event.at),
            actor_kind: actor_kind.to_owned(),
            actor_id,
            action: text(&event.action)?,
            subject_kind: text(&event.subject_kind)?,
            subject_id: text(&event.subject_id)?,
            data: text(&event.data)?,
            request_id: event.request_id.map(U),
            hash: entry.hash.to_vec(),
        })
    }
}

impl TryFrom<AuditRow> for AuditEvent {
    type Error = StoreError;

    fn try_from(stored: AuditRow) -> Result<Self, StoreError> {
        let cell = cells("audit_events", stored.id.0);
        let actor = match (stored.actor_kind.as_str(), stored.actor_id) {
            ("user", Some(id)) => Some(Actor::User(UserId(id.0))),
            ("key", Some(id)) => Some(Actor::Key(ApiKeyId(id.0))),
            ("operator", None) => Some(Actor::Operator),
            ("system", None) => Some(Actor::System),
            ("meta", None) => Some(Actor::Meta),
            _ => None,
        };
        Ok(Self {
            event: NewAuditEvent {
                id: AuditEventId(stored.id.0),
                org: OrgId(stored.org_id.0),
                at: stored.at.0,
                actor: cell("actor_kind").parsed(actor)?,
                action: stored.action,
                subject_kind: stored.subject_kind,
                subject_id: stored.subject_id,
                data: stored.data,
                request_id: stored.request_id.map(|id| id.0),
            },
            sequence: stored.sequence,
            hash: cell("hash").bytes32(&stored.hash)?,
        })
    }
}
