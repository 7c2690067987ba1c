use std::{collections::BTreeMap, ops::Bound};

use async_trait::async_trait;
use wabakit_domain::ids::{DataKeyId, OrgId};

use super::{MemoryStore, at_most};
use crate::store::{DataKeyRow, DataKeyStore, StoreError};

#[async_trait]
impl DataKeyStore for MemoryStore {
    async fn data_key_of(&self, org: OrgId) -> Result<Option<DataKeyRow>, StoreError> {
        let rows = self.rows();
        Ok(rows.data_keys.values().find(|k| k.org == org).cloned())
    }

    async fn data_key(&self, id: DataKeyId) -> Result<Option<DataKeyRow>, StoreError> {
        Ok(self.rows().data_keys.get(&id).cloned())
    }

    async fn insert_data_key(&self, row: DataKeyRow) -> Result<DataKeyRow, StoreError> {
        let mut rows = self.rows();
        if let Some(holds) = rows.data_keys.values().find(|k| k.org == row.org) {
            return Ok(holds.clone());
        }
        rows.data_keys.insert(row.id, row.clone());
        Ok(row)
    }

    async fn count_by_ring_key(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let mut counts = BTreeMap::new();
        for key in self.rows().data_keys.values() {
            *counts.entry(key.ring_key_id.clone()).or_insert(0) += 1;
        }
        Ok(counts.into_iter().collect())
    }

    async fn data_keys_not_wrapped_by(
        &self,
        ring_key_id: &str,
        after: Option<DataKeyId>,
        limit: i64,
    ) -> Result<Vec<DataKeyRow>, StoreError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let rows = self.rows();
        let found = rows
            .data_keys
            .range((from, Bound::Unbounded))
            .map(|(_, key)| key)
            .filter(|key| key.ring_key_id != ring_key_id)
            .cloned()
            .collect();
        Ok(at_most(limit)(found))
    }

    async fn rewrap(&self, keys: Vec<(String, DataKeyRow)>) -> Result<usize, StoreError> {
        self.write(|rows| {
            let mut replaced = 0;
            for (wrapped_by, key) in keys {
                if let Some(stored) = rows.data_keys.get_mut(&key.id)
                    && stored.ring_key_id == wrapped_by
                {
                    stored.ring_key_id = key.ring_key_id;
                    stored.wrapped = key.wrapped;
                    stored.wrapped_at = key.wrapped_at;
                    replaced += 1;
                }
            }
            Ok(replaced)
        })
    }

    async fn vault_setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.rows().vault_settings.get(name).cloned())
    }

    async fn vault_settings(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let rows = self.rows();
        let found = rows.vault_settings.iter();
        Ok(found
            .filter(|(name, _)| name.starts_with(prefix))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect())
    }

    async fn init_vault_setting(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let mut rows = self.rows();
        let holds = rows.vault_settings.entry(name.to_owned()).or_insert(value);
        Ok(holds.clone())
    }
}
