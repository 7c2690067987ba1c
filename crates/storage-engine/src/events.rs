//! The event log's rows.
#![allow(missing_docs, reason = "columns are described in the migrations")]

use uuid::Uuid;
use wabakit_domain::{
    event::{Event, EventData, NewEvent},
    ids::EventId,
};
use wabakit_ports::store::StoreError;

use crate::{
    bulk::row,
    types::{T, U},
    values::{document, row as cells},
};

row! {
    /// An event of an org's log.
    pub struct EventRow in org_events {
        org_id: U,
        sequence: i64,
        id: U,
        at: T,
        subject_id: Option<U>,
        data: String,
    }
}

row! {
    /// The end of an org's log: its last sequence.
    pub struct HeadRow in event_heads {
        org_id: U,
        sequence: i64,
    }
}

/// Returns the id by which erasing a person finds the event: a conversation or a contact; for a message of a group, the
/// contact who wrote it.
fn subject_of(data: &EventData) -> Option<Uuid> {
    match data {
        EventData::MessageReceived(event)
        | EventData::MessageEchoed(event)
        | EventData::MessageImported(event)
        | EventData::MessageUpdated(event)
        | EventData::MessageNotice(event)
        | EventData::MessageQueued(event)
        | EventData::CallUpdated(event) => match event.message.group_id {
            Some(_) => event.message.contact.map(|id| id.0),
            None => Some(event.message.conversation.0),
        },
        EventData::MessageSending(event) => Some(event.conversation.0),
        EventData::MessageStatus(event) => Some(event.conversation.0),
        EventData::MediaUpdated(event) => Some(event.conversation.0),
        EventData::ConversationUpdated(event) => Some(event.id.0),
        EventData::ContactUpdated(event) => Some(event.id.0),
        EventData::ContactMerged(event) => Some(event.contact.id.0),
        EventData::ContactIdentityChanged(event) => Some(event.contact.id.0),
        EventData::ContactSplit(event) => Some(event.contact.id.0),
        _ => None,
    }
}

impl EventRow {
    pub(crate) fn new(event: &NewEvent, sequence: i64) -> Result<Self, StoreError> {
        Ok(Self {
            org_id: U(event.org.0),
            sequence,
            id: U(event.id.0),
            at: T(event.at),
            subject_id: subject_of(&event.data).map(U),
            data: document(&event.data)?,
        })
    }
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: EventId(row.id.0),
            sequence: row.sequence,
            at: row.at.0,
            data: cells("org_events", row.id.0)("data").document(&row.data)?,
        })
    }
}
