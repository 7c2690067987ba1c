//! The store of files: media from customers, and media to send.
//!
//! A blob is written as a whole or not at all, under a key that we make, and never changed in part.

use std::{fmt, ops::Range};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{BoxStream, Stream, StreamExt as _, TryStreamExt as _};
use uuid::Uuid;
use wabakit_domain::{Time, ids::OrgId};

/// The name of a blob: `organisation/yyyy-mm/uuid`. We make it, so that no text from outside is part of a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BlobKey(String);

impl BlobKey {
    /// Makes the key of the blob `id`, in the month of `at`.
    pub fn new(org: OrgId, at: Time, id: Uuid) -> Self {
        Self(format!("{}/{}/{id}", org.0, at.format("%Y-%m")))
    }

    /// Reads a stored key. `None` when the text is not a key of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let is_uuid = |part: &str| Uuid::try_parse(part).is_ok_and(|uuid| uuid.to_string() == part);
        let is_month = |part: &str| {
            part.split_once('-').is_some_and(|(year, month)| {
                let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                year.len() == 4 && month.len() == 2 && digits(year) && digits(month)
            })
        };
        let mut parts = text.split('/');
        let (org, month, id) = (parts.next()?, parts.next()?, parts.next()?);
        let is_key = is_uuid(org) && is_month(month) && is_uuid(id) && parts.next().is_none();
        is_key.then(|| Self(text.to_owned()))
    }

    /// Returns the key as text, for storing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Any error of the bytes to be stored.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Bytes to be stored. After the first error nothing is stored.
pub type BlobSource = BoxStream<'static, Result<Bytes, SourceError>>;

/// Stored bytes. The first error ends them.
pub type BlobBytes = BoxStream<'static, Result<Bytes, BlobError>>;

/// Turns any stream into one that can be stored.
pub fn source<E: Into<SourceError> + 'static>(
    stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> BlobSource {
    stream.map_err(Into::into).boxed()
}

/// The result of storing a blob.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlobInfo {
    /// Its length in bytes.
    pub size: u64,
}

/// A blob, or a part of it, that is being read.
pub struct Blob {
    /// The length of the whole blob in bytes.
    pub size: u64,
    /// The range of its bytes, as in HTTP's `bytes=` but with the end excluded.
    pub range: Range<u64>,
    /// The bytes.
    pub bytes: BlobBytes,
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blob")
            .field("size", &self.size)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

/// Stores blobs. Each method can be called again after any failure.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Stores the bytes, and replaces the existing ones. When it returns, they are durable. When it fails, or its
    /// future is dropped, they are not visible, and the old bytes still are.
    ///
    /// `size_hint` is the expected length in bytes, if it is known. It saves work and is not checked.
    ///
    /// # Errors
    /// [`BlobError::Source`] when the bytes broke off; [`BlobError::Full`], [`BlobError::Refused`] and
    /// [`BlobError::Unavailable`] when the store could not take them.
    async fn put(
        &self,
        key: &BlobKey,
        bytes: BlobSource,
        size_hint: Option<u64>,
    ) -> Result<BlobInfo, BlobError>;

    /// Reads a blob, or a range of it. An end beyond the blob's end means the blob's end.
    ///
    /// # Errors
    /// [`BlobError::Missing`]; [`BlobError::OutOfRange`] when the range has no byte of the blob;
    /// [`BlobError::Refused`] and [`BlobError::Unavailable`].
    async fn get(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<Blob, BlobError>;

    /// Deletes a blob. Deleting a missing blob succeeds.
    ///
    /// # Errors
    /// [`BlobError::Refused`] and [`BlobError::Unavailable`].
    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError>;
}

/// The reason why a blob could not be stored, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The blob does not exist.
    #[error("there is no such blob")]
    Missing,
    /// The range begins at or after the blob's end, or is empty.
    #[error("the range has no byte of the blob")]
    OutOfRange,
    /// The store is full. A person must free space; then the same call works.
    #[error("the blob store is full: {0}")]
    Full(String),
    /// The store cannot be reached or has a failure. The same call may work later.
    #[error("the blob store cannot be used now: {0}")]
    Unavailable(String),
    /// The store refuses access. A person must correct rights, credentials or settings.
    #[error("the blob store refuses: {0}")]
    Refused(String),
    /// The bytes to be stored broke off. The cause can be downcast.
    #[error("the bytes to be stored broke off: {0}")]
    Source(#[source] SourceError),
}

impl BlobError {
    /// Tells whether the same call may work later, with or without a person's help.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Full(_) | Self::Unavailable(_) | Self::Refused(_)
        )
    }
}

/// Returns the part of a blob of this size that a range covers. `None` when it covers no byte.
pub fn clamp(range: Option<Range<u64>>, size: u64) -> Option<Range<u64>> {
    let Some(range) = range else {
        return Some(0..size);
    };
    let range = range.start..range.end.min(size);
    (!range.is_empty()).then_some(range)
}
