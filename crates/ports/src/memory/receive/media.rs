use async_trait::async_trait;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    event::{EventData, MediaEvent, NewEvent},
    ids::{EventId, IdBlock, MediaId, OrgId},
    media::{Media, MediaState},
};

use super::{MemoryStore, rows};
use crate::store::{MediaStore, StoreError};

#[async_trait]
impl MediaStore for MemoryStore {
    async fn claim_media(
        &self,
        now: Time,
        lease: Time,
        limit: i64,
    ) -> Result<Vec<Media>, StoreError> {
        let mut all = self.received();
        let mut due: Vec<_> = all
            .media
            .values()
            .filter(|media| media.state == MediaState::Pending)
            .filter_map(|media| Some((media.next_at.filter(|at| *at <= now)?, media.id)))
            .collect();
        due.sort_unstable();
        due.truncate(rows(limit));
        let mut claimed = Vec::new();
        for (_, id) in due {
            if let Some(media) = all.media.get_mut(&id) {
                media.next_at = Some(lease);
                claimed.push(media.clone());
            }
        }
        Ok(claimed)
    }

    async fn media(&self, org: OrgId, id: MediaId) -> Result<Option<Media>, StoreError> {
        let all = self.received();
        Ok(all.media.get(&id).filter(|media| media.org == org).cloned())
    }

    async fn save_media(
        &self,
        media: Media,
        announce: bool,
        audit: Vec<NewAuditEvent>,
        now: Time,
        mut ids: IdBlock,
    ) -> Result<Option<i64>, StoreError> {
        let mut all = self.received();
        let stored = all.media.get_mut(&media.id);
        let stored = stored.filter(|stored| stored.org == media.org);
        let stored = stored.ok_or(StoreError::Missing("the file"))?;
        // A merge may have moved the message since the file was read.
        *stored = Media {
            account: stored.account,
            message: stored.message,
            conversation: stored.conversation,
            created_at: stored.created_at,
            ..media
        };
        let data = EventData::MediaUpdated(MediaEvent {
            media: stored.id,
            message: stored.message,
            conversation: stored.conversation,
            state: stored.state,
        });
        let org = stored.org;
        self.rows().append(audit);
        Ok(announce.then(|| {
            all.tell(NewEvent {
                id: EventId(ids.next().unwrap_or_default()),
                org,
                at: now,
                data,
            })
        }))
    }
}
