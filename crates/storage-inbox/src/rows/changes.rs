use wabakit_domain::{
    delivery::{Change, Lane, ParkedItem},
    ids::{ChangeId, DeliveryId, OrgId, ParkedItemId},
};
use wabakit_ports::store::StoreError;

use crate::{
    bulk::row,
    types::{T, U},
    values::{opt_text, row as cells, text},
};

row! {
    struct ChangeRow in changes {
        id: U,
        delivery_id: U,
        org_id: Option<U>,
        lane: String,
        entry_id: Option<String>,
        entry_time: Option<i64>,
        field: String,
        received_at: T,
        raw: Vec<u8>,
    }
}

row! {
    struct QueueRow in change_queue {
        change_id: U,
        partition: i16,
        lane: String,
        bytes: i64,
        is_replay: bool,
    }
}

row! {
    struct ParkedRow in parked_items {
        id: U,
        org_id: Option<U>,
        change_id: U,
        item_index: i32,
        field: String,
        lane: String,
        state: String,
        reason: String,
        detail: String,
        attempts: i32,
        next_at: Option<T>,
        raw: Vec<u8>,
        created_at: T,
    }
}

impl QueueRow {
    pub(crate) fn new(id: ChangeId, lane: &Lane, bytes: usize, is_replay: bool) -> Self {
        Self {
            change_id: U(id.0),
            partition: i16::from(lane.partition()),
            lane: lane.key(),
            bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            is_replay,
        }
    }
}

impl TryFrom<Change> for ChangeRow {
    type Error = StoreError;

    fn try_from(change: Change) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(change.id.0),
            delivery_id: U(change.delivery.0),
            org_id: change.org.map(|org| U(org.0)),
            lane: text(&change.lane.key())?,
            entry_id: opt_text(change.entry_id.as_deref())?,
            entry_time: change.entry_time,
            field: text(&change.field)?,
            received_at: T(change.received_at),
            raw: change.raw,
        })
    }
}

impl From<ChangeRow> for Change {
    fn from(row: ChangeRow) -> Self {
        Self {
            id: ChangeId(row.id.0),
            delivery: DeliveryId(row.delivery_id.0),
            org: row.org_id.map(|org| OrgId(org.0)),
            lane: Lane::read(&row.lane),
            entry_id: row.entry_id,
            entry_time: row.entry_time,
            field: row.field,
            received_at: row.received_at.0,
            raw: row.raw,
        }
    }
}

impl TryFrom<ParkedItem> for ParkedRow {
    type Error = StoreError;

    fn try_from(item: ParkedItem) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(item.id.0),
            org_id: item.org.map(|org| U(org.0)),
            change_id: U(item.change.0),
            item_index: item.index,
            field: text(&item.field)?,
            lane: text(&item.lane.key())?,
            state: item.state.as_str().to_owned(),
            reason: text(&item.reason)?,
            detail: text(&item.detail)?,
            attempts: item.attempts,
            next_at: item.next_at.map(T),
            raw: item.raw,
            created_at: T(item.created_at),
        })
    }
}

impl TryFrom<ParkedRow> for ParkedItem {
    type Error = StoreError;

    fn try_from(row: ParkedRow) -> Result<Self, StoreError> {
        let cell = cells("parked_items", row.id.0);
        Ok(Self {
            id: ParkedItemId(row.id.0),
            org: row.org_id.map(|org| OrgId(org.0)),
            change: ChangeId(row.change_id.0),
            index: row.item_index,
            field: row.field,
            lane: Lane::read(&row.lane),
            state: cell("state").word(&row.state)?,
            reason: row.reason,
            detail: row.detail,
            attempts: row.attempts,
            next_at: row.next_at.map(|at| at.0),
            raw: row.raw,
            created_at: row.created_at.0,
        })
    }
}

/// Reads the item without its bytes.
pub(crate) fn without_bytes(mut row: ParkedRow) -> Result<ParkedItem, StoreError> {
    row.raw = Vec::new();
    row.try_into()
}
