//! Where files are kept: media that customers sent, and media that will be sent.
//!
//! A blob is written whole or not at all, under a key that we make, and never changed in part.

use std::{fmt, ops::Range};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{BoxStream, Stream, StreamExt as _, TryStreamExt as _};
use uuid::Uuid;
use wabakit_domain::{Time, ids::OrgId};

#[cfg(feature = "contract")]
pub mod contract;
#[cfg(feature = "memory")]
mod memory;

#[cfg(feature = "memory")]
pub use memory::MemoryBlobs;

/// The name of a blob: `organisation/yyyy-mm/uuid`. Made by us, so that nothing from outside is part of a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BlobKey(String);

impl BlobKey {
    /// The key of the blob `id`, made in the month of `at`.
    pub fn new(org: OrgId, at: Time, id: Uuid) -> Self {
        Self(format!("{}/{}/{id}", org.0, at.format("%Y-%m")))
    }

    /// Reads a key that was stored; `None` where the text is no key of ours.
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

    /// The key as text, to be stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whatever was wrong with the bytes that were to be stored.
pub type SourceError = Box<dyn std::error::Error + Send + Sync>;

/// Bytes to be stored. Its first error ends it, and nothing is stored.
pub type BlobSource = BoxStream<'static, Result<Bytes, SourceError>>;

/// Bytes that were stored. Its first error ends it.
pub type BlobBytes = BoxStream<'static, Result<Bytes, BlobError>>;

/// Any stream as one that can be stored.
pub fn source<E: Into<SourceError> + 'static>(
    stream: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> BlobSource {
    stream.map_err(Into::into).boxed()
}

/// What was stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlobInfo {
    /// Its length in bytes.
    pub size: u64,
}

/// A blob, or a part of it, that is being read.
pub struct Blob {
    /// The length of the whole blob in bytes.
    pub size: u64,
    /// Which of its bytes come, as `bytes=` of HTTP would name them but with the end excluded.
    pub range: Range<u64>,
    /// They come.
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

/// Keeps blobs. Each method can be called again after any failure.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// Stores the bytes, in place of what was there. When this answers they are durable; when it fails, or its
    /// future is dropped, they are not visible, and what was there before still is.
    ///
    /// `size_hint` is the length in bytes, where somebody said so. It saves work and is not checked.
    ///
    /// # Errors
    /// [`BlobError::Source`] where the bytes broke off; [`BlobError::Full`], [`BlobError::Refused`] and
    /// [`BlobError::Unavailable`] where the store could not take them.
    async fn put(
        &self,
        key: &BlobKey,
        bytes: BlobSource,
        size_hint: Option<u64>,
    ) -> Result<BlobInfo, BlobError>;

    /// Reads the blob, or a range of it. An end past the blob's end means its end.
    ///
    /// # Errors
    /// [`BlobError::Missing`]; [`BlobError::OutOfRange`] where the range has no byte of the blob;
    /// [`BlobError::Refused`] and [`BlobError::Unavailable`].
    async fn get(&self, key: &BlobKey, range: Option<Range<u64>>) -> Result<Blob, BlobError>;

    /// Deletes the blob. One that is not there is deleted already.
    ///
    /// # Errors
    /// [`BlobError::Refused`] and [`BlobError::Unavailable`].
    async fn delete(&self, key: &BlobKey) -> Result<(), BlobError>;
}

/// Why a blob could not be stored, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such blob.
    #[error("there is no such blob")]
    Missing,
    /// The range begins at or after the blob's end, or is empty.
    #[error("the range has no byte of the blob")]
    OutOfRange,
    /// No room is left: somebody must make some, then the same works.
    #[error("the blob store is full: {0}")]
    Full(String),
    /// The store is out of reach or in trouble: the same may work later.
    #[error("the blob store cannot be used now: {0}")]
    Unavailable(String),
    /// The store does not let us: somebody must mend rights, credentials or settings.
    #[error("the blob store refuses: {0}")]
    Refused(String),
    /// The bytes to be stored broke off. What it was can be downcast.
    #[error("the bytes to be stored broke off: {0}")]
    Source(#[source] SourceError),
}

impl BlobError {
    /// Whether trying the same again later can help, with or without somebody's hand.
    pub const fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Full(_) | Self::Unavailable(_) | Self::Refused(_)
        )
    }
}

/// The part of a blob of this size that a range asks for, `None` where it asks for no byte of it.
pub fn clamp(range: Option<Range<u64>>, size: u64) -> Option<Range<u64>> {
    let Some(range) = range else {
        return Some(0..size);
    };
    let range = range.start..range.end.min(size);
    (!range.is_empty()).then_some(range)
}
