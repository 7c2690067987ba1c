//! Files that somebody here uploads to send them: checked while they come, and kept once.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream};
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

/// A file as it comes.
pub struct NewUpload<S> {
    /// Its declared type; empty where there is none.
    pub content_type: String,
    /// Its name.
    pub filename: Option<String>,
    /// Its length in bytes, where somebody said so. It is not trusted.
    pub size: Option<u64>,
    /// Its bytes. The first error ends it, and nothing is kept.
    pub bytes: S,
}

/// The bytes are more than Meta takes of their kind.
#[derive(Debug, thiserror::Error)]
#[error("the file is larger than allowed")]
struct TooLarge;

/// What was counted while the bytes went by.
struct Tally {
    size: u64,
    digest: Context,
}

impl UploadService {
    pub(super) const fn new(ports: SendPorts) -> Self {
        Self { ports }
    }

    /// Keeps a file, to be sent by its id. The same bytes with the same name are the same file.
    ///
    /// # Errors
    /// For others than agents, admins and owners; [`SendError::MediaType`], [`SendError::MediaTooLarge`],
    /// [`SendError::MediaEmpty`]; when the bytes break off; when the store of files cannot be used now.
    pub async fn upload<E: Into<SourceError> + Send + 'static>(
        &self,
        caller: &Caller,
        file: NewUpload<impl Stream<Item = Result<Bytes, E>> + Send + Unpin + 'static>,
    ) -> Result<(Upload, MediaKind), SendError> {
        caller.require(Scope::MediaWrite)?;
        let filename = checked_name(file.filename)?;
        // It is asked again after its end where the file is short.
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
        let saved = self.ports.outbox.save_upload(upload, vec![event]).await;
        let is_ours = saved.as_ref().is_ok_and(|saved| saved.id == id);
        if !is_ours && let Err(error) = self.ports.blobs.delete(&key).await {
            tracing::warn!(%error, %key, "a file that is not needed is left behind: delete it by hand");
        }
        Ok((saved?, sort.kind))
    }
}

fn broken_off() -> SendError {
    Invalid::new("", "The file broke off: send it again.").into()
}

impl From<Invalid> for SendError {
    fn from(invalid: Invalid) -> Self {
        Self::Service(ServiceError::Invalid(invalid))
    }
}

/// Without its path.
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

/// Its first bytes: what tells its kind, and whatever came with them.
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

/// The whole file again, counted and hashed as it goes by; it ends with an error where it is too large.
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
