//! Files of messages, as rows.

use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    event::{EventData, MediaEvent},
    ids::{ConversationId, IdBlock, MediaId, MessageId, OrgId},
    media::Media,
};
use wabakit_ports::store::{Facts, MediaStore, StoreError};

use super::Db;
use super::{Conn, Store, hold, stored};
use crate::{
    error::Fault,
    rows::MediaRow,
    schema::media,
    types::{T, U},
};

async fn claim(conn: &mut Conn, now: Time, lease: Time, limit: i64) -> Result<Vec<Media>, Fault> {
    hold(conn, "media").await?;
    let due: Vec<U> = media::table
        // Word for word as in the index.
        .filter(sql::<Bool>("state = 'pending'"))
        .filter(media::next_at.le(T(now)))
        .order((media::next_at.asc(), media::id.asc()))
        .limit(limit.max(0))
        .select(media::id)
        .load(conn)
        .await?;
    let order = due.clone();
    let mut rows: Vec<MediaRow> = diesel::update(media::table.filter(media::id.eq_any(due)))
        .set(media::next_at.eq(T(lease)))
        .returning(MediaRow::as_returning())
        .get_results(conn)
        .await?;
    rows.sort_by_key(|row| order.iter().position(|id| *id == row.id));
    let claimed: Result<_, StoreError> = rows.into_iter().map(Media::try_from).collect();
    Ok(claimed?)
}

async fn save(
    conn: &mut Conn,
    (told, quota): (&Media, Option<i64>),
    announce: bool,
    audit: &[NewAuditEvent],
    (now, mut ids): (Time, IdBlock),
) -> Result<((), Facts), Fault> {
    // The row is updated first, so that a merge or an erasure at the same time waits for this, or this for it.
    let row: Option<MediaRow> = diesel::update(media::table.find(U(told.id.0)))
        .filter(media::org_id.eq(U(told.org.0)))
        .set(media::attempts.eq(told.attempts))
        .returning(MediaRow::as_returning())
        .get_result(conn)
        .await
        .optional()?;
    let mut row = row.ok_or(StoreError::Missing("the file"))?;
    let before = row.stored_bytes();
    row.take(told)?;
    diesel::update(media::table.find(row.id))
        .set(&row)
        .execute(conn)
        .await?;
    stored::count(conn, told.org, row.stored_bytes() - before, quota).await?;
    let mut facts = Facts::audit(audit);
    if !announce {
        return Ok(((), facts));
    }
    let data = EventData::MediaUpdated(MediaEvent {
        media: told.id,
        message: MessageId(row.message_id.0),
        conversation: ConversationId(row.conversation_id.0),
        state: told.state,
    });
    facts.tell(&mut ids, told.org, now, data)?;
    Ok(((), facts))
}

#[async_trait]
impl MediaStore for Store {
    async fn claim_media(
        &self,
        now: Time,
        lease: Time,
        limit: i64,
    ) -> Result<Vec<Media>, StoreError> {
        self.0
            .write((now, lease, limit), |conn, (now, lease, limit)| {
                Box::pin(claim(conn, *now, *lease, *limit))
            })
            .await
    }

    async fn media(&self, org: OrgId, id: MediaId) -> Result<Option<Media>, StoreError> {
        self.0
            .read((org, id), |conn, (org, id)| {
                Box::pin(async move {
                    let row: Option<MediaRow> = media::table
                        .find(U(id.0))
                        .filter(media::org_id.eq(U(org.0)))
                        .select(MediaRow::as_select())
                        .into_boxed::<Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(Media::try_from).transpose()?)
                })
            })
            .await
    }

    async fn stored_bytes(&self, org: OrgId) -> Result<i64, StoreError> {
        self.0
            .read(org, |conn, org| {
                Box::pin(async move { Ok(stored::bytes_of(conn, *org).await?) })
            })
            .await
    }

    async fn save_media(
        &self,
        media: Media,
        quota: Option<i64>,
        announce: bool,
        audit: Vec<NewAuditEvent>,
        now: Time,
        ids: IdBlock,
    ) -> Result<Option<i64>, StoreError> {
        let save = self.0.record(
            ((media, quota), announce, audit, (now, ids)),
            |conn, ((media, quota), announce, audit, at)| {
                Box::pin(save(conn, (media, *quota), *announce, audit, *at))
            },
        );
        let (_, heads) = save.await?;
        Ok(heads.as_slice().first().map(|(_, end)| *end))
    }
}
