use wabakit_domain::{
    Time,
    ids::{AccountId, ConversationId, MessageId, OrgId},
    inbox::{Digest, Waiting},
    message::{ReportedStatus, StatusEntry},
};
use wabakit_ports::store::StoreError;

use super::messages::{faults, opt_document, read_document};
use crate::{
    bulk::row,
    types::{T, U},
    values::{document, row as cells, text},
};

row! {
    struct StatusRow in message_statuses {
        message_id: U,
        status: String,
        participant: String,
        at: T,
        errors: Option<String>,
        pricing: Option<String>,
        extra: Option<String>,
    }
}

row! {
    struct WaitingRow in waiting_updates {
        wamid: String,
        account_id: U,
        key: String,
        org_id: U,
        what: String,
        received_at: T,
        wamid_token: Option<String>,
        conversation_id: Option<U>,
    }
}

row! {
    struct DigestRow in applied_digests {
        digest: Vec<u8>,
        org_id: U,
        applied_at: T,
    }
}

impl StatusRow {
    /// Returns the parts by which a status is unique.
    pub(crate) fn seen(&self) -> Result<(MessageId, ReportedStatus, Option<String>), StoreError> {
        let cell = cells("message_statuses", self.message_id.0);
        Ok((
            MessageId(self.message_id.0),
            cell("status").word(&self.status)?,
            Some(self.participant.clone()).filter(|participant| !participant.is_empty()),
        ))
    }
}

impl TryFrom<&StatusEntry> for StatusRow {
    type Error = StoreError;

    fn try_from(entry: &StatusEntry) -> Result<Self, StoreError> {
        Ok(Self {
            message_id: U(entry.message.0),
            status: entry.status.as_str().to_owned(),
            participant: text(entry.participant.as_deref().unwrap_or_default())?,
            at: T(entry.at),
            errors: faults(&entry.errors)?,
            pricing: opt_document(entry.pricing.as_ref())?,
            extra: entry.extra.as_ref().map(ToString::to_string),
        })
    }
}

impl TryFrom<StatusRow> for StatusEntry {
    type Error = StoreError;

    fn try_from(row: StatusRow) -> Result<Self, StoreError> {
        let (message, status, participant) = row.seen()?;
        let cell = cells("message_statuses", row.message_id.0);
        Ok(Self {
            message,
            status,
            participant,
            at: row.at.0,
            errors: read_document(cell("errors"), row.errors.as_deref())?.unwrap_or_default(),
            pricing: read_document(cell("pricing"), row.pricing.as_deref())?,
            // Written by this server as JSON. Anything else is read as nothing.
            extra: row
                .extra
                .and_then(|extra| serde_json::from_str(&extra).ok()),
        })
    }
}

impl TryFrom<&Waiting> for WaitingRow {
    type Error = StoreError;

    fn try_from(waiting: &Waiting) -> Result<Self, StoreError> {
        Ok(Self {
            wamid: text(waiting.wamid.as_str())?,
            account_id: U(waiting.account.0),
            key: text(&waiting.key())?,
            org_id: U(waiting.org.0),
            what: document(&waiting.what)?,
            received_at: T(waiting.received_at),
            wamid_token: waiting.wamid.token(),
            conversation_id: waiting.conversation.map(|id| U(id.0)),
        })
    }
}

impl TryFrom<WaitingRow> for Waiting {
    type Error = StoreError;

    fn try_from(row: WaitingRow) -> Result<Self, StoreError> {
        let cell = cells("waiting_updates", row.account_id.0);
        Ok(Self {
            org: OrgId(row.org_id.0),
            account: AccountId(row.account_id.0),
            what: cell("what").document(&row.what)?,
            wamid: row.wamid.into(),
            conversation: row.conversation_id.map(|id| ConversationId(id.0)),
            received_at: row.received_at.0,
        })
    }
}

impl DigestRow {
    pub(crate) fn new(org: OrgId, digest: Digest, now: Time) -> Self {
        Self {
            digest: digest.to_vec(),
            org_id: U(org.0),
            applied_at: T(now),
        }
    }
}
