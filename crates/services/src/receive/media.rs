//! Files of messages: fetched from Meta before they expire there, stored, and served.

use std::ops::Range;

use chrono::Duration;
use futures::{StreamExt as _, stream};
use metrics::counter;
use serde_json::json;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    ids::{MediaId, OrgId},
    media::{Media, MediaState},
    principal::Scope,
};
use wabakit_ports::{
    blob::{Blob, BlobError, BlobKey, source},
    meta::{GrantAccess, MediaDownload, MediaLink, MediaRemedy, MetaError, MetaErrorKind, Sha256},
    store::StoreError,
};
use wabakit_work::Backoff;

use super::ReceivePorts;
use crate::{Caller, ServiceError, audit::Trail};

/// The largest file to fetch: Meta's limit for documents.
const LARGEST: u64 = 100 << 20;
/// The time for which the webhook's own link is used. Meta's links expire after 5 minutes.
const LINK_LIVES: Duration = Duration::minutes(4);
/// The time for which fetching a file is retried. Meta keeps received files for at least a week.
const KEPT_AT_META: Duration = Duration::days(7);
/// The lease of a file that is being fetched. It is longer than a fetch takes.
const LEASE: Duration = Duration::minutes(10);
/// The time after which a file that did not fit into the org's quota is tried again by itself.
const ROOM_AGAIN: Duration = Duration::hours(6);
/// The code of such a file.
const OVER_QUOTA: &str = "storage_quota";
const TOGETHER: usize = 4;
const BACKOFF: Backoff = Backoff::seconds(10, 3_600);
/// The number of times that a file may arrive with another digest than Meta promised.
const CORRUPT_AT_MOST: i32 = 5;

/// A file, and its bytes or a range of them.
#[derive(Debug)]
pub struct MediaFile {
    /// The file.
    pub media: Media,
    /// The bytes. `None` if the range is outside of the file.
    pub blob: Option<Blob>,
}

/// The reason why a file was not fetched.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Meta(#[from] MetaError),
    #[error(transparent)]
    Blob(BlobError),
    #[error(transparent)]
    Store(StoreError),
    #[error("Meta gave no id of the file, and the webhook's link has expired")]
    NoId,
    #[error("the organisation's files are over its quota")]
    OverQuota,
}

/// The part of the store that an org's files take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StorageUse {
    /// Their bytes.
    pub used: i64,
    /// The most that they may take; no bound without it.
    pub quota: Option<i64>,
}

/// The use cases of files.
#[derive(Clone)]
pub struct MediaService {
    ports: ReceivePorts,
}

impl MediaService {
    pub(super) const fn new(ports: ReceivePorts) -> Self {
        Self { ports }
    }

    /// Returns a file of the organisation.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn media(&self, caller: &Caller, id: MediaId) -> Result<Media, ServiceError> {
        caller.require_any(&[Scope::MediaRead, Scope::MediaWrite])?;
        self.ports
            .media
            .media(caller.org, id)
            .await?
            .ok_or(ServiceError::NotFound("this file"))
    }

    /// Returns what the caller's org stores, and may store.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn storage_use(&self, caller: &Caller) -> Result<StorageUse, ServiceError> {
        let used = self.ports.media.stored_bytes(caller.org).await?;
        Ok(StorageUse {
            used: used.max(0),
            quota: self.ports.base.media_quota,
        })
    }

    /// Opens a file's bytes, or a range of them without its end.
    ///
    /// # Errors
    /// When it does not exist, or is not fetched; when the media store does not answer.
    pub async fn open(
        &self,
        caller: &Caller,
        id: MediaId,
        range: Option<Range<u64>>,
    ) -> Result<MediaFile, ServiceError> {
        const NOT_HERE: ServiceError = ServiceError::NotFound("this file");
        let media = self.media(caller, id).await?;
        let key = media.key.as_deref().and_then(BlobKey::parse);
        let key = key.ok_or(NOT_HERE)?;
        match self.ports.blobs.get(&key, range).await {
            Ok(blob) => Ok(MediaFile {
                media,
                blob: Some(blob),
            }),
            Err(BlobError::OutOfRange) => Ok(MediaFile { media, blob: None }),
            Err(BlobError::Missing) => {
                tracing::error!(%key, media = %id, "a stored file is gone from the media store");
                Err(NOT_HERE)
            }
            Err(error) => Err(ServiceError::Unavailable(StoreError::unavailable(error))),
        }
    }

    /// Retries fetching a file that failed. A file that is stored stays as it is.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn refetch(&self, caller: &Caller, id: MediaId) -> Result<Media, ServiceError> {
        caller.require(Scope::MediaWrite)?;
        let mut media = self.media(caller, id).await?;
        if media.state != MediaState::Stored {
            media.state = MediaState::Pending;
            media.attempts = 0;
            media.error = None;
            media.next_at = Some(self.ports.base.now());
            let trail = Trail::of(&self.ports.base, caller);
            let event = trail.event("media.refetched", ("media", id), &json!({}));
            self.record(&media, true, vec![event]).await?;
        }
        Ok(media)
    }

    /// Fetches files that are due, a few at a time. Returns how many were tried.
    pub(super) async fn fetch_due(&self) -> Result<usize, ServiceError> {
        let now = self.ports.base.now();
        let most = i64::try_from(TOGETHER).unwrap_or(1);
        let due = self.ports.media.claim_media(now, now + LEASE, most).await?;
        let count = due.len();
        let tried: Vec<_> = stream::iter(due)
            .map(|media| self.fetch(media))
            .buffer_unordered(TOGETHER)
            .collect()
            .await;
        tried.into_iter().collect::<Result<Vec<()>, _>>()?;
        Ok(count)
    }

    async fn fetch(&self, mut media: Media) -> Result<(), ServiceError> {
        let now = self.ports.base.now();
        media.attempts = media.attempts.saturating_add(1);
        let key = BlobKey::new(media.org, media.created_at, media.id.0);
        match self.bring(&media, &key, now).await {
            Ok(brought) => self.keep(media, &key, brought).await,
            Err(failure) => self.tell(media, failure).await,
        }
    }

    /// Keeps the bytes that were brought, where the org has room for them and the contact is still here.
    async fn keep(
        &self,
        media: Media,
        key: &BlobKey,
        (size, content_type): (u64, Option<String>),
    ) -> Result<(), ServiceError> {
        let stored = Media {
            state: MediaState::Stored,
            key: Some(key.as_str().to_owned()),
            size: i64::try_from(size).ok(),
            mime_type: media.mime_type.clone().or(content_type),
            stored_at: Some(self.ports.base.now()),
            next_at: None,
            error: None,
            link: None,
            ..media.clone()
        };
        let error = match self.record(&stored, true, Vec::new()).await {
            // The contact was erased while the file was being fetched, or the organisation has no room for it.
            Err(error @ (StoreError::Missing(_) | StoreError::OverQuota)) => error,
            saved => return Ok(saved?),
        };
        if let Err(error) = self.ports.blobs.delete(key).await {
            tracing::error!(%error, %key, "an erased file is left in the media store: delete it by hand");
        }
        match error {
            StoreError::OverQuota => self.tell(media, Failure::OverQuota).await,
            _ => Ok(()),
        }
    }

    /// Notes why a file was not fetched. Listeners are told when it is given up, and when it first lacks room.
    async fn tell(&self, mut media: Media, failure: Failure) -> Result<(), ServiceError> {
        let lacked_room = media.error.as_deref() == Some(OVER_QUOTA);
        self.note(&mut media, failure, self.ports.base.now());
        let lacks_room = media.error.as_deref() == Some(OVER_QUOTA) && !lacked_room;
        if lacks_room {
            counter!("wabakit_media_over_quota_total").increment(1);
        }
        let announced = lacks_room || media.state != MediaState::Pending;
        match self.record(&media, announced, Vec::new()).await {
            Err(StoreError::Missing(_)) => Ok(()),
            saved => Ok(saved?),
        }
    }

    /// Sets the state of a file that was not fetched.
    fn note(&self, media: &mut Media, failure: Failure, now: Time) {
        let (code, goes_on) = match &failure {
            Failure::NoId => ("expired", false),
            Failure::OverQuota => (OVER_QUOTA, true),
            Failure::Store(_) => ("store_unavailable", true),
            Failure::Blob(BlobError::Full(_)) => ("store_full", true),
            Failure::Blob(_) => ("store_unavailable", true),
            Failure::Meta(error) => {
                let code = match error.kind {
                    MetaErrorKind::MediaCorrupt => "hash_mismatch",
                    MetaErrorKind::MediaTooLarge => "too_large",
                    MetaErrorKind::NotFound | MetaErrorKind::LinkExpired => "expired",
                    _ => match error.media_remedy() {
                        MediaRemedy::Reconnect => "token_dead",
                        MediaRemedy::GiveUp => "refused",
                        MediaRemedy::Later | MediaRemedy::NewLink => "unavailable",
                    },
                };
                let goes_on = match error.media_remedy() {
                    MediaRemedy::GiveUp => false,
                    MediaRemedy::NewLink => media.attempts < CORRUPT_AT_MOST,
                    MediaRemedy::Later | MediaRemedy::Reconnect => true,
                };
                (code, goes_on)
            }
        };
        tracing::info!(%failure, media = %media.id, code, "a file was not fetched");
        let next = match code {
            OVER_QUOTA => now + ROOM_AGAIN,
            _ => self.ports.base.retry_at(BACKOFF, now, media.attempts),
        };
        let in_time = next < media.created_at + KEPT_AT_META || media.attempts == 1;
        if goes_on && in_time {
            media.next_at = Some(next);
            media.error = Some(code.to_owned());
        } else {
            media.state = MediaState::Failed;
            media.next_at = None;
            let code = match goes_on && code != OVER_QUOTA {
                true => "expired",
                false => code,
            };
            media.error = Some(code.to_owned());
        }
    }

    /// Downloads the bytes into the media store. The key is the file's own, so a second attempt replaces the first.
    async fn bring(
        &self,
        media: &Media,
        key: &BlobKey,
        now: Time,
    ) -> Result<(u64, Option<String>), Failure> {
        let most = self.room(media.org).await?;
        let (access, number) = self.access(media).await?;
        let promised = media.sha256.as_deref().and_then(Sha256::parse);
        if let Some(link) = &media.link
            && now < media.created_at + LINK_LIVES
        {
            let link = MediaLink {
                url: link.as_str().into(),
                mime_type: media.mime_type.clone(),
                sha256: promised,
                size: None,
            };
            match self.store(&access, &link, key, most).await {
                // The link has expired early, or its host may not get the token. Ask Meta for another link.
                Err(Failure::Meta(error)) if media.meta_media_id.is_some() => {
                    tracing::debug!(%error, media = %media.id, "the webhook's link failed; Meta is asked for another");
                }
                answer => return answer,
            }
        }
        let id = media.meta_media_id.as_ref().ok_or(Failure::NoId)?;
        let mut link = self.ports.files.media_link(&access, &number, id).await?;
        link.sha256 = promised.or(link.sha256);
        self.store(&access, &link, key, most).await
    }

    /// Returns how many bytes may be fetched of a file: what one may have, and what the org has room for.
    async fn room(&self, org: OrgId) -> Result<u64, Failure> {
        let Some(quota) = self.ports.base.media_quota else {
            return Ok(LARGEST);
        };
        let stored = self.ports.media.stored_bytes(org).await;
        let room = quota.saturating_sub(stored.map_err(Failure::Store)?);
        match u64::try_from(room) {
            Ok(room @ 1..) => Ok(room.min(LARGEST)),
            _ => Err(Failure::OverQuota),
        }
    }

    async fn store(
        &self,
        access: &GrantAccess,
        link: &MediaLink,
        key: &BlobKey,
        most: u64,
    ) -> Result<(u64, Option<String>), Failure> {
        // More than there is room for may still be less than a file may have.
        let failed = |error: MetaError| match error.kind {
            MetaErrorKind::MediaTooLarge if most < LARGEST => Failure::OverQuota,
            _ => error.into(),
        };
        if let Some(size) = link.size
            && size > most
        {
            let error = MetaError::new(MetaErrorKind::MediaTooLarge, "over 100 MB");
            return Err(if size > LARGEST {
                error.into()
            } else {
                failed(error)
            });
        }
        let download = self.ports.files.download(access, link, most).await;
        let download = download.map_err(failed)?;
        let MediaDownload {
            content_type,
            size,
            bytes,
        } = download;
        let stored = self
            .ports
            .blobs
            .put(key, source(bytes), size.or(link.size))
            .await;
        match stored {
            Ok(info) => Ok((info.size, content_type.or_else(|| link.mime_type.clone()))),
            Err(BlobError::Source(error)) => Err(match error.downcast::<MetaError>() {
                Ok(error) => failed(*error),
                Err(error) => Failure::Blob(BlobError::Source(error)),
            }),
            Err(error) => Err(Failure::Blob(error)),
        }
    }

    async fn access(
        &self,
        media: &Media,
    ) -> Result<(GrantAccess, wabakit_domain::ids::PhoneNumberId), Failure> {
        let base = &self.ports.base;
        let gone = |what| Failure::Meta(MetaError::new(MetaErrorKind::TokenInvalid, what));
        let found = base.accounts.account(media.org, media.account).await;
        let (account, grant) = found
            .map_err(Failure::Store)?
            .ok_or_else(|| gone("the account is gone"))?;
        if grant.token.is_none() {
            return Err(gone("the grant holds no token any more"));
        }
        let app = base.meta_apps.meta_app(media.org, grant.meta_app).await;
        let app = app
            .map_err(Failure::Store)?
            .ok_or_else(|| gone("the Meta app is gone"))?;
        Ok((GrantAccess { app, grant }, account.phone_number_id))
    }

    async fn record(
        &self,
        media: &Media,
        announce: bool,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        let org = media.org;
        let base = &self.ports.base;
        let (now, ids) = (base.now(), self.ports.ids());
        let head = self
            .ports
            .media
            .save_media(media.clone(), base.media_quota, announce, audit, now, ids)
            .await?;
        if let Some(head) = head {
            self.ports.bus.publish(&[(org, head)]);
        }
        Ok(())
    }
}
