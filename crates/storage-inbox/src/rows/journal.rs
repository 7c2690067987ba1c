use uuid::Uuid;
use wabakit_domain::{
    delivery::Delivery,
    ids::{DeliveryId, IdBlock, MetaAppId},
};
use wabakit_ports::store::JournalBatch;

use crate::{
    bulk::row,
    types::{T, U},
};

row! {
    struct DeliveryRow in deliveries {
        id: U,
        meta_app_id: Option<U>,
        received_at: T,
        body: Vec<u8>,
    }
}

row! {
    /// A batch that is not split yet.
    struct BatchRow in journal_batches {
        id: U,
        last_id: U,
        deliveries: i64,
        bytes: i64,
    }
}

impl BatchRow {
    /// Returns the batch of a delivery.
    pub(crate) const fn of(delivery: Uuid) -> Uuid {
        IdBlock::at(delivery).base()
    }
}

impl From<&JournalBatch> for BatchRow {
    fn from(batch: &JournalBatch) -> Self {
        let bytes: usize = batch.deliveries.iter().map(|one| one.body.len()).sum();
        Self {
            id: U(batch.id.0),
            last_id: U(IdBlock::at(batch.id.0).end()),
            deliveries: i64::try_from(batch.deliveries.len()).unwrap_or(i64::MAX),
            bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        }
    }
}

impl From<Delivery> for DeliveryRow {
    fn from(delivery: Delivery) -> Self {
        Self {
            id: U(delivery.id.0),
            meta_app_id: delivery.app.map(|app| U(app.0)),
            received_at: T(delivery.received_at),
            body: delivery.body,
        }
    }
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            id: DeliveryId(row.id.0),
            app: row.meta_app_id.map(|app| MetaAppId(app.0)),
            received_at: row.received_at.0,
            body: row.body,
        }
    }
}
