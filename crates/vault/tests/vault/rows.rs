//! The rows of the vault, in memory.

use std::{
    collections::BTreeMap,
    ops::Bound,
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use wabakit_domain::ids::{DataKeyId, OrgId};

use wabakit_ports::store::{DataKeyRow, DataKeyStore, StoreError};

type Tables = (BTreeMap<DataKeyId, DataKeyRow>, BTreeMap<String, Vec<u8>>);

/// Data keys and settings.
#[derive(Default)]
pub(crate) struct Rows(Mutex<Tables>);

impl Rows {
    fn all(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap()
    }
}

#[async_trait]
impl DataKeyStore for Rows {
    async fn data_key_of(&self, org: OrgId) -> Result<Option<DataKeyRow>, StoreError> {
        let rows = self.all();
        Ok(rows.0.values().find(|k| k.org == org).cloned())
    }

    async fn data_key(&self, id: DataKeyId) -> Result<Option<DataKeyRow>, StoreError> {
        Ok(self.all().0.get(&id).cloned())
    }

    async fn insert_data_key(&self, row: DataKeyRow) -> Result<DataKeyRow, StoreError> {
        let mut rows = self.all();
        if let Some(holds) = rows.0.values().find(|k| k.org == row.org) {
            return Ok(holds.clone());
        }
        rows.0.insert(row.id, row.clone());
        Ok(row)
    }

    async fn count_by_ring_key(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let mut counts = BTreeMap::new();
        for key in self.all().0.values() {
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
        let rows = self.all();
        let found = rows
            .0
            .range((from, Bound::Unbounded))
            .map(|(_, key)| key)
            .filter(|key| key.ring_key_id != ring_key_id)
            .take(usize::try_from(limit).unwrap())
            .cloned()
            .collect();
        Ok(found)
    }

    async fn rewrap(&self, keys: Vec<(String, DataKeyRow)>) -> Result<usize, StoreError> {
        let mut rows = self.all();
        let mut replaced = 0;
        for (wrapped_by, key) in keys {
            if let Some(stored) = rows.0.get_mut(&key.id)
                && stored.ring_key_id == wrapped_by
            {
                stored.ring_key_id = key.ring_key_id;
                stored.wrapped = key.wrapped;
                stored.wrapped_at = key.wrapped_at;
                replaced += 1;
            }
        }
        Ok(replaced)
    }

    async fn vault_setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.all().1.get(name).cloned())
    }

    async fn vault_settings(&self, prefix: &str) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let rows = self.all();
        let found = rows.1.iter();
        Ok(found
            .filter(|(name, _)| name.starts_with(prefix))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect())
    }

    async fn init_vault_setting(&self, name: &str, value: Vec<u8>) -> Result<Vec<u8>, StoreError> {
        let mut rows = self.all();
        let holds = rows.1.entry(name.to_owned()).or_insert(value);
        Ok(holds.clone())
    }
}
