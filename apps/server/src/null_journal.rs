//! A journal that stores nothing, to measure the cost of the rest. Never use it in production.

use std::sync::Arc;

use async_trait::async_trait;
use wabakit_domain::{Time, delivery::Delivery, ids::DeliveryId};
use wabakit_ports::store::{
    DeliveryOverview, JournalBatch, JournalStore, Page, PageRequest, Rejections, SplitWrite,
    StoreError,
};

/// A journal that appends nothing. All other methods are the real journal's.
pub(crate) struct NullJournal(pub(crate) Arc<dyn JournalStore>);

#[async_trait]
impl JournalStore for NullJournal {
    async fn append(&self, _: JournalBatch) -> Result<(), StoreError> {
        Ok(())
    }
    async fn unsplit(&self, max_bytes: usize) -> Result<Vec<JournalBatch>, StoreError> {
        self.0.unsplit(max_bytes).await
    }
    async fn split(&self, write: SplitWrite) -> Result<(), StoreError> {
        self.0.split(write).await
    }
    async fn unsplit_count(&self, most: i64) -> Result<i64, StoreError> {
        self.0.unsplit_count(most).await
    }
    async fn deliveries(
        &self,
        unreadable_only: bool,
        page: PageRequest<DeliveryId>,
    ) -> Result<Page<DeliveryOverview, DeliveryId>, StoreError> {
        self.0.deliveries(unreadable_only, page).await
    }
    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        self.0.delivery(id).await
    }
    async fn record_rejections(&self, rejections: Vec<Rejections>) -> Result<(), StoreError> {
        self.0.record_rejections(rejections).await
    }
    async fn rejections(&self, since: Time, limit: i64) -> Result<Vec<Rejections>, StoreError> {
        self.0.rejections(since, limit).await
    }
}
