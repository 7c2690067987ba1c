//! The audit log: writes entries, reads them, and checks the hash chain.

use serde_json::Value;
use uuid::Uuid;
use wabakit_domain::{
    audit::{Actor, AuditEvent, NewAuditEvent},
    ids::OrgId,
    principal::Scope,
};
use wabakit_ports::store::{AuditFilter, Page, PageRequest};

use crate::{Caller, Ports, ServiceError};

/// Makes the audit entries of one act, all with the same actor and origin.
pub(crate) struct Trail<'a> {
    ports: &'a Ports,
    org: OrgId,
    actor: Actor,
    request_id: Option<Uuid>,
}

impl<'a> Trail<'a> {
    pub(crate) fn of(ports: &'a Ports, caller: &Caller) -> Self {
        Self {
            ports,
            org: caller.org,
            actor: caller.actor(),
            request_id: caller.request_id,
        }
    }

    pub(crate) const fn by(
        ports: &'a Ports,
        org: OrgId,
        actor: Actor,
        request_id: Option<Uuid>,
    ) -> Self {
        Self {
            ports,
            org,
            actor,
            request_id,
        }
    }

    /// Makes an entry. `data` is shown to the organisation's members, so it must not hold a secret.
    pub(crate) fn event(
        &self,
        action: &str,
        subject: (&str, impl ToString),
        data: &Value,
    ) -> NewAuditEvent {
        NewAuditEvent {
            id: self.ports.id(),
            org: self.org,
            at: self.ports.now(),
            actor: self.actor.clone(),
            action: action.to_owned(),
            subject_kind: subject.0.to_owned(),
            subject_id: subject.1.to_string(),
            data: data.to_string(),
            request_id: self.request_id,
        }
    }
}

/// The result of checking an audit log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AuditVerdict {
    /// The number of entries that were checked.
    pub checked: i64,
    /// The first entry that was changed or is missing.
    pub first_broken: Option<i64>,
}

/// The audit log's use cases.
#[derive(Clone)]
pub struct AuditService {
    ports: Ports,
}

impl AuditService {
    /// Creates the service on these ports.
    pub const fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Lists the organisation's log, newest first.
    pub async fn list(
        &self,
        caller: &Caller,
        filter: AuditFilter,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditEvent, i64>, ServiceError> {
        caller.require(Scope::AuditRead)?;
        Ok(self.ports.audit.audit_log(caller.org, filter, page).await?)
    }

    /// Checks the organisation's chain from its first entry to its head.
    pub async fn verify(&self, caller: &Caller) -> Result<AuditVerdict, ServiceError> {
        caller.require(Scope::AuditRead)?;
        self.verify_org(caller.org).await
    }

    /// Checks the chain of any organisation. For the command line.
    pub async fn verify_org(&self, org: OrgId) -> Result<AuditVerdict, ServiceError> {
        const CHUNK: i64 = 500;
        let (head, head_hash) = self.ports.audit.audit_head(org).await?;
        let (mut sequence, mut hash) = (0, [0; 32]);
        while sequence < head {
            let chunk = self
                .ports
                .audit
                .audit_chain(org, sequence, CHUNK.min(head - sequence))
                .await?;
            for entry in &chunk {
                if entry.sequence != sequence + 1 || !entry.follows(&hash) {
                    return Ok(AuditVerdict {
                        checked: sequence,
                        first_broken: Some(sequence + 1),
                    });
                }
                (sequence, hash) = (entry.sequence, entry.hash);
            }
            if chunk.is_empty() {
                return Ok(AuditVerdict {
                    checked: sequence,
                    first_broken: Some(sequence + 1),
                });
            }
        }
        let broken = (hash != head_hash).then_some(sequence);
        Ok(AuditVerdict {
            checked: sequence,
            first_broken: broken,
        })
    }
}
