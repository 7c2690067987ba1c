use async_trait::async_trait;
use wabakit_domain::{Time, delivery::Delivery, ids::DeliveryId};

use super::{MemoryStore, count, length, rows};
use crate::store::{
    DeliveryOverview, JournalBatch, JournalStore, Page, PageRequest, Rejections, SplitWrite,
    StoreError,
};

#[async_trait]
impl JournalStore for MemoryStore {
    async fn append(&self, batch: JournalBatch) -> Result<(), StoreError> {
        let mut all = self.received();
        let mut ids = batch.deliveries.iter().map(|delivery| delivery.id);
        if all.batches.contains_key(&batch.id) || ids.any(|id| all.deliveries.contains_key(&id)) {
            return Err(StoreError::Duplicate("the batch"));
        }
        let ids = batch.deliveries.iter().map(|delivery| delivery.id);
        all.batches.insert(batch.id, ids.collect());
        for delivery in batch.deliveries {
            all.deliveries.insert(delivery.id, (delivery, None));
        }
        Ok(())
    }

    async fn unsplit(&self, max_bytes: usize) -> Result<Vec<JournalBatch>, StoreError> {
        let all = self.received();
        let (mut found, mut bytes) = (Vec::new(), 0);
        for (&id, deliveries) in &all.batches {
            if bytes >= max_bytes && !found.is_empty() {
                break;
            }
            let deliveries: Vec<Delivery> = deliveries
                .iter()
                .filter_map(|id| all.deliveries.get(id))
                .map(|(delivery, _)| delivery.clone())
                .collect();
            bytes += deliveries.iter().map(|d| d.body.len()).sum::<usize>();
            found.push(JournalBatch { id, deliveries });
        }
        Ok(found)
    }

    async fn split(&self, write: SplitWrite) -> Result<(), StoreError> {
        let mut all = self.received();
        if !write.batches.iter().all(|id| all.batches.contains_key(id)) {
            return Err(StoreError::Conflict);
        }
        let known = |id| all.deliveries.contains_key(id);
        if !write.changes.iter().all(|change| known(&change.delivery))
            || !write.unreadable.iter().all(|(id, _)| known(id))
        {
            return Err(StoreError::Missing("the delivery"));
        }
        if write
            .changes
            .iter()
            .any(|change| all.changes.contains_key(&change.id))
        {
            return Err(StoreError::Duplicate("the change"));
        }
        for id in &write.batches {
            all.batches.remove(id);
        }
        for change in write.changes {
            all.enqueue(&change, false);
            all.changes.insert(change.id, change);
        }
        for (id, problem) in write.unreadable {
            if let Some((_, why)) = all.deliveries.get_mut(&id) {
                *why = Some(problem);
            }
        }
        Ok(())
    }

    async fn unsplit_count(&self, most: i64) -> Result<i64, StoreError> {
        Ok(count(self.received().batches.values().flatten(), most))
    }

    async fn deliveries(
        &self,
        unreadable_only: bool,
        page: PageRequest<DeliveryId>,
    ) -> Result<Page<DeliveryOverview, DeliveryId>, StoreError> {
        let all = self.received();
        let found = all.deliveries.values().rev();
        let found = found
            .filter(|(delivery, _)| page.after.is_none_or(|after| delivery.id < after))
            .filter(|(_, problem)| problem.is_some() || !unreadable_only)
            .take(page.limit.rows() + 1)
            .map(|(delivery, problem)| DeliveryOverview {
                id: delivery.id,
                app: delivery.app,
                received_at: delivery.received_at,
                size: length(&delivery.body),
                problem: problem.clone(),
            })
            .collect();
        Ok(Page::cut(found, page.limit, |delivery| delivery.id))
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        let all = self.received();
        Ok(all
            .deliveries
            .get(&id)
            .map(|(delivery, _)| delivery.clone()))
    }

    async fn record_rejections(&self, rejections: Vec<Rejections>) -> Result<(), StoreError> {
        let mut all = self.received();
        for told in rejections {
            let key = (told.minute, told.app, told.reason.clone());
            let known = all.rejections.entry(key).or_insert_with(|| Rejections {
                count: 0,
                ..told.clone()
            });
            known.count += told.count;
            if told.last_at >= known.last_at {
                known.last_at = told.last_at;
                known.last_address = told.last_address;
            }
        }
        Ok(())
    }

    async fn rejections(&self, since: Time, limit: i64) -> Result<Vec<Rejections>, StoreError> {
        let all = self.received();
        let found = all.rejections.values().rev();
        Ok(found
            .take_while(|counted| counted.minute >= since)
            .take(rows(limit))
            .cloned()
            .collect())
    }
}
