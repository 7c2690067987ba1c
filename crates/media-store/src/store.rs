//! The port `BlobStore`, implemented on the library.

use std::{fmt, ops::Range, sync::Arc};

use async_trait::async_trait;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::{
    Error as StoreError, GetOptions, GetRange, ObjectStore, ObjectStoreExt as _, PutPayloadMut,
    WriteMultipart, path::Path as Key,
};
use wabakit_ports::blob::{Blob, BlobError, BlobInfo, BlobKey, BlobSource, BlobStore, clamp};

use crate::errors::blob_error;

/// The length of a part. A shorter blob is uploaded in one piece. S3 requires at least 5 MiB.
const PART: usize = 8 * 1024 * 1024;
/// The number of parts that are uploaded at the same time.
const PARTS_UNDER_WAY: usize = 2;

/// Stores media in a folder or in a bucket.
#[derive(Clone)]
pub struct MediaStore {
    store: Arc<dyn ObjectStore>,
    prefix: Key,
}

impl MediaStore {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, prefix: Key) -> Self {
        Self { store, prefix }
    }

    fn at(&self, key: &BlobKey) -> Key {
        self.prefix
            .parts()
            .chain(Key::from(key.as_str()).parts())
            .collect()
    }

    /// Uploads the bytes and returns their number. A multipart upload that was begun is left in `upload`, so that the
    /// caller can abort it after a failure.
    async fn send(
        &self,
        at: &Key,
        mut bytes: BlobSource,
        size_hint: Option<u64>,
        upload: &mut Option<WriteMultipart>,
    ) -> Result<u64, BlobError> {
        // A blob that is known to be long need not be buffered first.
        let is_long = size_hint.is_some_and(|size| size >= PART as u64);
        let mut first = PutPayloadMut::new();
        let mut size = 0_u64;
        while let Some(chunk) = bytes.try_next().await.map_err(BlobError::Source)? {
            size = size.saturating_add(chunk.len() as u64);
            if upload.is_none() && !is_long && first.content_length() + chunk.len() < PART {
                first.push(chunk);
                continue;
            }
            let parts = match upload {
                Some(parts) => parts,
                None => {
                    let begun = self.store.put_multipart(at).await.map_err(unwritten)?;
                    let parts = upload.insert(WriteMultipart::new_with_chunk_size(begun, PART));
                    for chunk in std::mem::take(&mut first).freeze() {
                        parts.put(chunk);
                    }
                    parts
                }
            };
            parts
                .wait_for_capacity(PARTS_UNDER_WAY)
                .await
                .map_err(unwritten)?;
            parts.put(chunk);
        }
        match upload.take() {
            Some(parts) => parts.finish().await.map(drop),
            None => self.store.put(at, first.freeze()).await.map(drop),
        }
        .map_err(unwritten)?;
        Ok(size)
    }
}

/// Maps an error of a write. "Not found" then means that the folder or bucket is missing, not a blob.
fn unwritten(error: StoreError) -> BlobError {
    match blob_error(&error) {
        BlobError::Missing => BlobError::Refused(error.to_string()),
        error => error,
    }
}

impl fmt::Debug for MediaStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MediaStore({}, prefix {:?})", self.store, self.prefix)
    }
}

#[async_trait]
impl BlobStore for MediaStore {
    async fn put(
        &self,
        key: &BlobKey,
        bytes: BlobSource,
        size_hint: Option<u64>,
    ) -> Result<BlobInfo, BlobError> {
        let mut upload = None;
        let sent = self
            .send(&self.at(key), bytes, size_hint, &mut upload)
            .await;
        if let Some(upload) = upload {
            // A failed abort wastes space in the store. The caller must see the first error, not this one.
            let _ = upload.abort().await;
        }
        sent.map(|size| BlobInfo { size })
    }

    async fn get(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<Blob, BlobError> {
        let at = self.at(key);
        let asked = match &range {
            Some(range) if range.is_empty() => return Err(BlobError::OutOfRange),
            // Not every store accepts larger numbers.
            Some(range) if i64::try_from(range.end).is_err() => Some(GetRange::Offset(range.start)),
            Some(range) => Some(GetRange::Bounded(range.clone())),
            None => None,
        };
        let options = GetOptions {
            range: asked,
            ..GetOptions::default()
        };
        match self.store.get_opts(&at, options).await {
            Ok(found) => Ok(Blob {
                size: found.meta.size,
                range: found.range.clone(),
                bytes: found
                    .into_stream()
                    .map_err(|error| blob_error(&error))
                    .boxed(),
            }),
            Err(error) => Err(match (blob_error(&error), range) {
                // Stores report a range beyond the end in many ways.
                (BlobError::Unavailable(detail), Some(range)) => match self.store.head(&at).await {
                    Ok(found) if clamp(Some(range), found.size).is_none() => BlobError::OutOfRange,
                    _ => BlobError::Unavailable(detail),
                },
                (error, _) => error,
            }),
        }
    }

    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        match self.store.delete(&self.at(key)).await {
            Ok(()) => Ok(()),
            Err(error) => match blob_error(&error) {
                BlobError::Missing => Ok(()),
                error => Err(error),
            },
        }
    }
}
