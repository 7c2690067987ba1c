use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::blob::{Blob, BlobError, BlobInfo, BlobKey, BlobSource, BlobStore, clamp};

/// A store of blobs in memory, for tests of its users.
#[derive(Default)]
pub struct MemoryBlobs(Mutex<BTreeMap<BlobKey, Bytes>>);

impl MemoryBlobs {
    fn blobs(&self) -> MutexGuard<'_, BTreeMap<BlobKey, Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the keys of all blobs, in order.
    pub fn keys(&self) -> Vec<BlobKey> {
        self.blobs().keys().cloned().collect()
    }
}

#[async_trait]
impl BlobStore for MemoryBlobs {
    async fn put(
        &self,
        key: &BlobKey,
        mut bytes: BlobSource,
        _size_hint: Option<u64>,
    ) -> Result<BlobInfo, BlobError> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = bytes.try_next().await.map_err(BlobError::Source)? {
            whole.extend_from_slice(&chunk);
        }
        let size = whole.len() as u64;
        self.blobs().insert(key.clone(), whole.freeze());
        Ok(BlobInfo { size })
    }

    async fn get(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<Blob, BlobError> {
        let whole = self.blobs().get(key).cloned().ok_or(BlobError::Missing)?;
        let size = whole.len() as u64;
        let range = clamp(range, size).ok_or(BlobError::OutOfRange)?;
        let index = |at: u64| usize::try_from(at).unwrap_or(usize::MAX);
        let part = whole.slice(index(range.start)..index(range.end));
        Ok(Blob {
            size,
            range,
            bytes: stream::iter([Ok(part)]).boxed(),
        })
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        self.blobs().remove(key);
        Ok(())
    }
}
