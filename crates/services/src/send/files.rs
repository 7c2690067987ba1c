//! Uploaded files at Meta: uploaded once for each number, and again when Meta no longer has them.

use std::{io, sync::Arc, time};

use chrono::Duration;
use futures::{StreamExt as _, TryStreamExt as _};
use moka::future::Cache;
use thiserror::Error;
use uuid::Uuid;
use wabakit_domain::{
    ids::{AccountId, MetaMediaId, OrgId, PhoneNumberId, UploadId},
    inbound::MetaFault,
    media::shown_name,
    outbound::{MediaSource, Outbound, with_media_id},
};
use wabakit_ports::{
    blob::{BlobError, BlobKey},
    meta::{GrantAccess, MediaUpload, MetaError},
    store::{StoreError, Upload},
};

use super::SendPorts;

/// The time for which Meta's id of a file is used. Meta keeps a file for 30 days, and the message needs it a little
/// longer than the request. Source: Meta, "Media".
const GOOD_FOR: Duration = Duration::days(29);
/// The time for which an id is cached in this process, and the number of files.
const REMEMBERED: time::Duration = time::Duration::from_secs(3_600);
const FILES: u64 = 10_000;
/// Meta's code for "media upload error".
const UPLOAD_ERROR: i64 = 131_053;

/// The reason why a message's file could not be uploaded to Meta.
#[derive(Clone, Debug, Error)]
pub(super) enum MediaProblem {
    /// We no longer have it.
    #[error("the file is no longer here")]
    Gone,
    /// Meta's error.
    #[error("{0}")]
    Meta(MetaError),
    /// The database or the media store cannot be used now.
    #[error("{0}")]
    Unavailable(Arc<str>),
}

impl MediaProblem {
    /// Returns the error that the message fails with. `None` when a retry may help.
    pub(super) fn fault(&self) -> Option<MetaFault> {
        let (code, words) = match self {
            Self::Gone => (
                UPLOAD_ERROR,
                "The file is no longer stored here: attach it again.",
            ),
            Self::Meta(error) if error.is_transient() => return None,
            Self::Meta(error) => {
                let code = error.meta.as_ref().map_or(UPLOAD_ERROR, |meta| meta.code);
                (code, error.detail.as_str())
            }
            Self::Unavailable(_) => return None,
        };
        Some(MetaFault {
            code,
            title: Some("Media upload error".to_owned()),
            message: Some(words.to_owned()),
            details: None,
            href: None,
        })
    }
}

/// Replaces our ids of files by Meta's. Cheap to clone.
#[derive(Clone)]
pub(super) struct SendFiles {
    ports: SendPorts,
    /// One caller at a time uploads a file for a number. The others wait for the result.
    known: Cache<(UploadId, AccountId), MetaMediaId>,
}

impl SendFiles {
    pub(super) fn new(ports: SendPorts) -> Self {
        let known = Cache::builder()
            .max_capacity(FILES)
            .time_to_live(REMEMBERED)
            .build();
        Self { ports, known }
    }

    /// Tells whether a body may name a file of ours. Most bodies do not, and need no parsing.
    pub(super) fn may_need(&self, body: &str) -> bool {
        body.match_indices("\"id\":\"").any(|(at, key)| {
            let from = at + key.len();
            let id = body.get(from..from + 36);
            id.is_some_and(|id| Uuid::try_parse(id).is_ok())
        })
    }

    /// Returns the body with Meta's ids of our files. Files that Meta does not have are uploaded.
    ///
    /// # Errors
    /// [`MediaProblem`].
    pub(super) async fn resolve(
        &self,
        access: &GrantAccess,
        (org, account): (OrgId, AccountId),
        number: &PhoneNumberId,
        body: &str,
    ) -> Result<String, MediaProblem> {
        let mut body = body.to_owned();
        for upload in uploads_in(&body) {
            let meta = self
                .known
                .try_get_with(
                    (upload, account),
                    self.ask(access, (org, account), number, upload),
                )
                .await
                .map_err(|problem| (*problem).clone())?;
            body = with_media_id(&body, &upload.to_string(), meta.as_str());
        }
        Ok(body)
    }

    /// Drops Meta's ids of the body's files, so that the next attempt uploads the files again.
    pub(super) async fn forget(&self, account: AccountId, body: &str) -> Result<(), StoreError> {
        for upload in uploads_in(body) {
            let now = self.ports.base.now();
            let outbox = &self.ports.outbox;
            outbox.save_meta_media(upload, account, None, now).await?;
            self.known.invalidate(&(upload, account)).await;
        }
        Ok(())
    }

    async fn ask(
        &self,
        access: &GrantAccess,
        (org, account): (OrgId, AccountId),
        number: &PhoneNumberId,
        upload: UploadId,
    ) -> Result<MetaMediaId, MediaProblem> {
        let outbox = &self.ports.outbox;
        let now = self.ports.base.now();
        let known = outbox
            .meta_media(upload, account)
            .await
            .map_err(unavailable)?;
        if let Some((id, at)) = known
            && at > now - GOOD_FOR
        {
            return Ok(id);
        }
        let upload = outbox.upload(org, upload).await.map_err(unavailable)?;
        let upload = upload.ok_or(MediaProblem::Gone)?;
        let file = self.open(&upload).await?;
        let id = self.ports.gateway.upload(access, number, file).await;
        let id = id.map_err(MediaProblem::Meta)?;
        let saved = outbox.save_meta_media(upload.id, account, Some(id.clone()), now);
        if let Err(error) = saved.await {
            tracing::warn!(%error, upload = %upload.id, "Meta's id of a file could not be stored: the next attempt uploads the file again");
        }
        Ok(id)
    }

    async fn open(&self, upload: &Upload) -> Result<MediaUpload, MediaProblem> {
        let key = BlobKey::parse(&upload.key).ok_or(MediaProblem::Gone)?;
        let blob = match self.ports.blobs.get(&key, None).await {
            Ok(blob) => blob,
            Err(BlobError::Missing) => return Err(MediaProblem::Gone),
            Err(error) => return Err(unavailable(error)),
        };
        Ok(MediaUpload {
            mime_type: upload.mime_type.clone(),
            filename: name_of(upload),
            size: blob.size,
            bytes: blob.bytes.map_err(io::Error::other).boxed(),
        })
    }
}

/// Names a file of ours as the other side sees it.
pub(super) fn name_of(upload: &Upload) -> String {
    let told = upload.filename.as_deref();
    shown_name(told, Some(&upload.mime_type), upload.created_at)
}

fn unavailable(error: impl std::error::Error) -> MediaProblem {
    MediaProblem::Unavailable(error.to_string().into())
}

/// Returns the uploads that a body names as files.
fn uploads_in(body: &str) -> Vec<UploadId> {
    let message = serde_json::from_str::<serde_json::Value>(body).ok();
    let message = message.and_then(|message| Outbound::from_json(message).ok());
    let mut uploads: Vec<_> = message
        .iter()
        .flat_map(Outbound::media)
        .filter_map(|file| upload_id(&file.source))
        .collect();
    uploads.sort_unstable();
    uploads.dedup();
    uploads
}

/// Returns our id of a file. Meta's ids are not UUIDs.
pub(super) fn upload_id(source: &MediaSource) -> Option<UploadId> {
    match source {
        MediaSource::Id(id) => id.parse().ok(),
        MediaSource::Link(_) => None,
    }
}
