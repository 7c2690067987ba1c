//! The rows as they are stored, to and from the domain's types.

mod changes;
mod journal;
mod media;
mod messages;
mod people;
mod queues;
mod sending;
mod statuses;
mod templates;
mod traffic;

pub(crate) use changes::{ChangeRow, ParkedRow, QueueRow, without_bytes};
pub(crate) use journal::{BatchRow, DeliveryRow};
pub(crate) use media::MediaRow;
pub(crate) use messages::{MessageChange, MessageRow, StoredMessage};
pub(crate) use people::{ContactRow, ConversationRow, KeyRow, MergeRow, search_of};
pub(crate) use queues::{InboundRow, KeptRow, NumberQueueRow, UploadRow};
pub(crate) use sending::{DeferralRow, JobRow, PlaceRow, SentChange, SentRow};
pub(crate) use statuses::{DigestRow, StatusRow, WaitingRow};
pub(crate) use templates::{TemplateHistoryRow, TemplateRow, TemplateSyncRow};
pub(crate) use traffic::{RejectionsRow, TrafficRow};

/// An id alone.
#[derive(diesel::QueryableByName)]
pub(crate) struct IdRow {
    #[diesel(sql_type = crate::types::PUuid)]
    pub(crate) id: crate::types::U,
}
