//! Files that a caller uploads to send them: checked while they are read, and stored once.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream};
use metrics::counter;
use ring::digest::{Context, SHA256};
use serde_json::json;
use wabakit_domain::{ids::UploadId, outbound::MediaKind, principal::Scope};
use wabakit_ports::{
    blob::{BlobError, BlobKey, SourceError, source},
    store::{StoreError, Upload},
};

use super::{
    SendError, SendPorts,
    sniff::{self, HEAD, Sort},
};
use crate::{Caller, Invalid, ServiceError, audit::Trail};

/// The longest name of a file, in characters. Source: Meta, "Document messages".
const LONGEST_NAME: usize = 240;

/// The use cases of uploaded files.
#[derive(Clone)]
pub struct UploadService {
    ports: SendPorts,
}

/// A file that is being uploaded.
pub struct NewUpload<S> {
    /// The declared type. Empty if there is none.
    pub content_type: String,
    /// The file's name.
    pub filename: Option<String>,
    /// The declared length in bytes. It is not trusted.
    pub size: Option<u64>,
    /// The bytes. The first error ends the upload, and nothing is stored.
    pub bytes: S,
}

/// The file is larger than Meta accepts for its kind.
#[derive(Debug, thiserror::Error)]
#[error("the file is larger than allowed")]
struct TooLarge;

/// The length and digest of the bytes that were read.
struct Tally {
    size: u64,
    digest: Context,
}

impl UploadService {
    pub(super) const fn new(ports: SendPorts) -> Self {
        Self { ports }
    }

    /// Stores a file, to be sent by its id. The same bytes with the same name are the same file.
    ///
    /// # Errors
    /// [`SendError::MediaType`], [`SendError::MediaTooLarge`], [`SendError::MediaEmpty`], [`SendError::OverQuota`]; when
    /// the bytes break off; when the media store does not answer.
    pub async fn upload<E: Into<SourceError> + Send + 'static>(
        &self,
        caller: &Caller,
        file: NewUpload<impl Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static>,
    ) -> Result<(Upload, MediaKind), SendError> {
        caller.require(Scope::MediaWrite)?;
        let filename = checked_name(file.filename)?;
        // A short file is polled again after its end, which only a fused stream allows.
        let mut bytes = file.bytes.fuse();
        let head = head(&mut bytes).await?;
        if head.is_empty() {
            return Err(SendError::MediaEmpty);
        }
        let sort = sniff::sort(&file.content_type, filename.as_deref(), &head);
        let sort = sort.map_err(SendError::MediaType)?;
        let too_large = || SendError::MediaTooLarge {
            kind: sort.kind,
            at_most: sort.at_most,
        };
        if file.size.is_some_and(|size| size > sort.at_most) {
            return Err(too_large());
        }
        let base = &self.ports.base;
        let (now, id) = (base.now(), base.id::<UploadId>());
        let key = BlobKey::new(caller.org, now, id.uuid());
        let (bytes, tally) = tallied(head, bytes, sort);
        let stored = self.ports.blobs.put(&key, source(bytes), file.size).await;
        stored.map_err(|error| match error {
            BlobError::Source(error) if error.is::<TooLarge>() => too_large(),
            BlobError::Source(_) => broken_off(),
            error => StoreError::unavailable(error).into(),
        })?;
        let (size, sha256) = finish(&tally);
        let upload = Upload {
            id,
            org: caller.org,
            key: key.as_str().to_owned(),
            sha256,
            mime_type: sort.mime_type.to_owned(),
            filename,
            size: i64::try_from(size).unwrap_or(i64::MAX),
            created_at: now,
        };
        let data = json!({"kind": sort.kind.as_str(), "size": upload.size});
        let event = Trail::of(base, caller).event("media.uploaded", ("upload", id), &data);
        // Asked at the end, when it is known whether the file is here already: uploading it again succeeds with a full
        // quota as well.
        let saving = self
            .ports
            .outbox
            .save_upload(upload, base.media_quota, vec![event]);
        let saved = saving.await;
        let is_ours = saved.as_ref().is_ok_and(|saved| saved.id == id);
        if !is_ours && let Err(error) = self.ports.blobs.delete(&key).await {
            tracing::warn!(%error, %key, "an unneeded file is left in the media store: delete it by hand");
        }
        match (saved, base.media_quota) {
            (Err(StoreError::OverQuota), Some(quota)) => {
                counter!("wabakit_uploads_over_quota_total").increment(1);
                Err(SendError::OverQuota(quota))
            }
            (saved, _) => Ok((saved?, sort.kind)),
        }
    }
}

fn broken_off() -> SendError {
    Invalid::new("", "The upload broke off: send the file again.").into()
}

impl From<Invalid> for SendError {
    fn from(invalid: Invalid) -> Self {
        Self::Service(ServiceError::Invalid(invalid))
    }
}

/// Checks a file's name, and removes its path.
fn checked_name(name: Option<String>) -> Result<Option<String>, Invalid> {
    let name = name.map(|name| {
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        last.trim().to_owned()
    });
    let name = name.filter(|name| !name.is_empty());
    match &name {
        Some(name) if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) => {
            let detail = "A file's name has at most 240 characters, and no line breaks.";
            Err(Invalid::new("/filename", detail))
        }
        _ => Ok(name),
    }
}

/// Reads the first bytes of a file, from which its type is recognised.
async fn head<E: Into<SourceError>>(
    bytes: &mut (impl Stream<Item = Result<Bytes, E>> + Unpin),
) -> Result<Bytes, SendError> {
    let mut head = BytesMut::new();
    while head.len() < HEAD {
        match bytes.next().await {
            Some(chunk) => head.extend_from_slice(&chunk.map_err(|_| broken_off())?),
            None => break,
        }
    }
    Ok(head.freeze())
}

/// Returns the whole file as a stream that counts and hashes its bytes. It ends with an error when the file is too
/// large.
fn tallied<E: Into<SourceError> + Send + 'static>(
    head: Bytes,
    rest: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
    sort: Sort,
) -> (
    impl Stream<Item = Result<Bytes, SourceError>> + Send + 'static,
    Arc<Mutex<Tally>>,
) {
    let tally = Arc::new(Mutex::new(Tally {
        size: 0,
        digest: Context::new(&SHA256),
    }));
    let theirs = tally.clone();
    let whole = stream::iter([Ok(head)]).chain(rest.map(|chunk| chunk.map_err(Into::into)));
    let bytes = whole.map(move |chunk: Result<Bytes, SourceError>| {
        let chunk = chunk?;
        let mut tally = theirs.lock().unwrap_or_else(PoisonError::into_inner);
        tally.size += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if tally.size > sort.at_most {
            return Err(TooLarge.into());
        }
        tally.digest.update(&chunk);
        Ok(chunk)
    });
    (bytes, tally)
}

fn finish(tally: &Mutex<Tally>) -> (u64, [u8; 32]) {
    let tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(tally.digest.clone().finish().as_ref());
    (tally.size, sha256)
}
