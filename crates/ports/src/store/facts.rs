use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    event::{EventData, NewEvent},
    ids::{EventId, IdBlock, OrgId},
};

use super::StoreError;

/// The last sequences of orgs' event logs, by org.
pub type LogHeads = Vec<(OrgId, i64)>;

/// The entries that a write adds to the logs: audit entries and events. They are appended in the write's own
/// transaction, as its last statements.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Facts {
    /// Entries of audit logs.
    pub audit: Vec<NewAuditEvent>,
    /// Events of event logs.
    pub events: Vec<NewEvent>,
}

impl Facts {
    /// Makes facts of audit entries alone.
    #[must_use]
    pub fn audit(entries: &[NewAuditEvent]) -> Self {
        Self {
            audit: entries.to_vec(),
            events: Vec::new(),
        }
    }

    /// Adds an event under the next id of the block.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] when the block has no id left.
    pub fn tell(
        &mut self,
        ids: &mut IdBlock,
        org: OrgId,
        at: Time,
        data: EventData,
    ) -> Result<(), StoreError> {
        let id = ids.next().ok_or(StoreError::Forbidden(
            "a write needs more ids than its block has",
        ))?;
        self.events.push(NewEvent {
            id: EventId(id),
            org,
            at,
            data,
        });
        Ok(())
    }
}

impl From<Vec<NewAuditEvent>> for Facts {
    fn from(audit: Vec<NewAuditEvent>) -> Self {
        Self {
            audit,
            events: Vec::new(),
        }
    }
}
