//! The queue of messages to Meta: the table `outbox`, with a place for each message that is not settled.
//!
//! Locks are taken in one order: leases by account, messages by id, places by id. A place comes and goes only while its
//! message is locked. Marking as dispatching and deferring write places alone, and lock no message.

mod due;
mod lease;
mod lists;
mod overview;
mod submit;
mod uploads;

use std::collections::HashSet;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    ids::{AccountId, ConversationId, IdBlock, MessageId, MetaMediaId, OrgId, UploadId},
    message::Message,
    outbound::Priority,
};
use wabakit_ports::store::{
    Addressee, Deferral, Dispatch, DueLimit, DueMessage, IdempotencyKey, KnownAddressee, LogHeads,
    OutboxFilter, OutboxStore, Overdue, Page, PageRequest, QueueBlock, QueueLease, QueueOverview,
    StoreError, Submission, Submitted, Upload,
};

pub(in super::super) use self::due::NEXT;
pub(super) use self::submit::prune as prune_keys;
use super::{Conn, Store, bulk, dispatch as writes};
use crate::{
    error::Fault,
    rows::DeferralRow,
    schema::{messages, outbox},
    types::U,
};

async fn dispatch(
    conn: &mut Conn,
    owner: Uuid,
    dispatches: &[Dispatch],
    now: Time,
) -> Result<Vec<MessageId>, Fault> {
    let sent = writes::dispatch(conn, owner, dispatches, now).await?;
    let mut sent: HashSet<MessageId> = sent.into_iter().map(|id| MessageId(id.0)).collect();
    let asked = dispatches.iter().flat_map(|one| &one.messages);
    Ok(asked.filter_map(|(id, _)| sent.take(id)).collect())
}

async fn defer(conn: &mut Conn, deferrals: &[Deferral]) -> Result<(), Fault> {
    let mut deferrals: Vec<&Deferral> = deferrals.iter().collect();
    // All who lock several places do it in this order.
    deferrals.sort_by_key(|deferral| deferral.message);
    let rows = deferrals.into_iter().map(DeferralRow::new);
    bulk::update(conn, rows.collect::<Result<_, _>>()?).await?;
    Ok(())
}

/// Brings the places in the queue into the conversation that their messages were moved to.
pub(super) async fn follow(conn: &mut Conn, conversation: U) -> Result<(), Fault> {
    let moved = messages::table
        .filter(messages::conversation_id.eq(conversation))
        .select(messages::id);
    diesel::update(outbox::table.filter(outbox::id.eq_any(moved)))
        .set(outbox::conversation_id.eq(conversation))
        .execute(conn)
        .await?;
    Ok(())
}

#[async_trait]
impl OutboxStore for Store {
    async fn addressees(
        &self,
        asked: Vec<(OrgId, AccountId, Addressee)>,
    ) -> Result<Vec<KnownAddressee>, StoreError> {
        self.0
            .read(asked, |conn, asked| {
                Box::pin(lists::addressees(conn, asked))
            })
            .await
    }

    async fn submit(
        &self,
        submissions: Vec<Submission>,
        ids: IdBlock,
        now: Time,
    ) -> Result<(Vec<Submitted>, LogHeads), StoreError> {
        self.0
            .record((submissions, ids, now), |conn, (submissions, ids, now)| {
                Box::pin(submit::submit(conn, submissions, *ids, *now))
            })
            .await
    }

    async fn repeated(
        &self,
        org: OrgId,
        key: IdempotencyKey,
    ) -> Result<Option<Submitted>, StoreError> {
        self.0
            .read((org, key), |conn, (org, key)| {
                Box::pin(async move { Ok(submit::repeated(conn, *org, key).await?) })
            })
            .await
    }

    async fn sent(
        &self,
        org: OrgId,
        filter: OutboxFilter,
        page: PageRequest<MessageId>,
    ) -> Result<Page<Message, MessageId>, StoreError> {
        self.0
            .read((org, filter, page), |conn, (org, filter, page)| {
                Box::pin(lists::sent(conn, *org, filter, *page))
            })
            .await
    }

    async fn body(&self, org: OrgId, id: MessageId) -> Result<Option<String>, StoreError> {
        self.0
            .read((org, id), |conn, (org, id)| {
                Box::pin(async move { Ok(lists::body(conn, *org, *id).await?) })
            })
            .await
    }

    async fn idle_queues(&self, now: Time, limit: i64) -> Result<Vec<AccountId>, StoreError> {
        self.0
            .read((now, limit), |conn, (now, limit)| {
                Box::pin(async move { Ok(due::idle(conn, *now, *limit).await?) })
            })
            .await
    }

    async fn lease_queues(
        &self,
        owner: Uuid,
        accounts: Vec<AccountId>,
        now: Time,
        until: Time,
    ) -> Result<Vec<QueueLease>, StoreError> {
        self.0
            .write(
                (owner, accounts, (now, until)),
                |conn, (owner, accounts, times)| {
                    Box::pin(lease::lease(conn, *owner, accounts, *times))
                },
            )
            .await
    }

    async fn release_queues(
        &self,
        owner: Uuid,
        accounts: Vec<AccountId>,
    ) -> Result<(), StoreError> {
        self.0
            .write((owner, accounts), |conn, (owner, accounts)| {
                Box::pin(async move { Ok(lease::release(conn, *owner, accounts).await?) })
            })
            .await
    }

    async fn due(
        &self,
        account: AccountId,
        after: Option<(Priority, String)>,
        held: Vec<ConversationId>,
        now: Time,
        limit: DueLimit,
    ) -> Result<Vec<DueMessage>, StoreError> {
        self.0
            .read(
                (account, after, (held, now), limit),
                |conn, (account, after, held, limit)| {
                    Box::pin(due::due(
                        conn,
                        *account,
                        after.as_ref(),
                        (&held.0, held.1),
                        *limit,
                    ))
                },
            )
            .await
    }

    async fn dispatch(
        &self,
        owner: Uuid,
        dispatches: Vec<Dispatch>,
        now: Time,
    ) -> Result<Vec<MessageId>, StoreError> {
        self.0
            .write(
                (owner, dispatches, now),
                |conn, (owner, dispatches, now)| Box::pin(dispatch(conn, *owner, dispatches, *now)),
            )
            .await
    }

    async fn defer(&self, deferrals: Vec<Deferral>) -> Result<(), StoreError> {
        self.0
            .write(deferrals, |conn, deferrals| {
                Box::pin(defer(conn, deferrals))
            })
            .await
    }

    async fn orphans(
        &self,
        account: AccountId,
        epoch: i64,
        limit: i64,
    ) -> Result<Vec<MessageId>, StoreError> {
        self.0
            .read((account, epoch, limit), |conn, (account, epoch, limit)| {
                Box::pin(async move { Ok(lists::orphans(conn, *account, *epoch, *limit).await?) })
            })
            .await
    }

    async fn overdue(&self, now: Time, limit: i64) -> Result<Vec<Overdue>, StoreError> {
        self.0
            .read((now, limit), |conn, (now, limit)| {
                Box::pin(async move { Ok(lists::overdue(conn, *now, *limit).await?) })
            })
            .await
    }

    async fn recent_sends(
        &self,
        conversations: Vec<ConversationId>,
        since: Time,
    ) -> Result<Vec<(ConversationId, Time)>, StoreError> {
        self.0
            .read((conversations, since), |conn, (conversations, since)| {
                Box::pin(async move { Ok(lists::recent(conn, conversations, *since).await?) })
            })
            .await
    }

    async fn block_queue(
        &self,
        account: AccountId,
        epoch: i64,
        block: Option<QueueBlock>,
    ) -> Result<(), StoreError> {
        self.0
            .write((account, epoch, block), |conn, (account, epoch, block)| {
                Box::pin(lease::block(conn, *account, *epoch, block.as_ref()))
            })
            .await
    }

    async fn pause_queue(
        &self,
        org: OrgId,
        account: AccountId,
        is_paused: bool,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        let pause = self.0.record(
            ((org, account), is_paused, audit),
            |conn, (of, is_paused, audit)| Box::pin(lease::pause(conn, *of, *is_paused, audit)),
        );
        pause.await.map(drop)
    }

    async fn queues(
        &self,
        org: OrgId,
        now: Time,
        stuck_before: Time,
        most: i64,
    ) -> Result<Vec<QueueOverview>, StoreError> {
        self.0
            .read(
                (org, (now, stuck_before), most),
                |conn, (org, times, most)| Box::pin(overview::overviews(conn, *org, *times, *most)),
            )
            .await
    }

    async fn save_upload(
        &self,
        upload: Upload,
        quota: Option<i64>,
        audit: Vec<NewAuditEvent>,
    ) -> Result<Upload, StoreError> {
        let save = self
            .0
            .record((upload, quota, audit), |conn, (upload, quota, audit)| {
                Box::pin(uploads::save(conn, (upload, *quota), audit))
            });
        Ok(save.await?.0)
    }

    async fn upload(&self, org: OrgId, id: UploadId) -> Result<Option<Upload>, StoreError> {
        self.0
            .read((org, id), |conn, (org, id)| {
                Box::pin(uploads::one(conn, *org, *id))
            })
            .await
    }

    async fn meta_media(
        &self,
        upload: UploadId,
        account: AccountId,
    ) -> Result<Option<(MetaMediaId, Time)>, StoreError> {
        self.0
            .read((upload, account), |conn, (upload, account)| {
                Box::pin(async move { Ok(uploads::at_meta(conn, *upload, *account).await?) })
            })
            .await
    }

    async fn save_meta_media(
        &self,
        upload: UploadId,
        account: AccountId,
        meta: Option<MetaMediaId>,
        now: Time,
    ) -> Result<(), StoreError> {
        self.0
            .write(((upload, account), meta, now), |conn, (of, meta, now)| {
                Box::pin(uploads::save_at_meta(conn, *of, meta.as_ref(), *now))
            })
            .await
    }
}
