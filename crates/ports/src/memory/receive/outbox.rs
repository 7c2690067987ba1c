use async_trait::async_trait;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    conversation::Peer,
    ids::{AccountId, ConversationId, IdBlock, MessageId, MetaMediaId, OrgId, UploadId},
    message::Message,
    outbound::{JobState, Priority},
};

use super::{MemoryStore, Received, rows};
use crate::store::{
    Addressee, Deferral, Dispatch, DueLimit, DueMessage, IdempotencyKey, KnownAddressee,
    OutboxFilter, OutboxStore, Overdue, Page, PageRequest, QueueBlock, QueueLease, QueueOverview,
    StoreError, Submission, Submitted, Upload,
};

impl OutboxFilter {
    fn takes(&self, message: &Message) -> bool {
        message.job.as_ref().is_some_and(|job| {
            let reference = self.client_reference.as_ref();
            self.account.is_none_or(|id| message.account == id)
                && self.status.is_none_or(|status| message.status == status)
                && reference.is_none_or(|wanted| job.client_reference.as_ref() == Some(wanted))
                && self.stuck_before.is_none_or(|before| job.is_stuck(before))
        })
    }
}

impl Received {
    fn addressee(&self, org: OrgId, account: AccountId, who: Addressee) -> KnownAddressee {
        let (contact, peer) = match who {
            Addressee::Person(key) => match self.keys.get(&(org, key)) {
                Some(id) => (self.contacts.get(id).cloned(), Peer::Contact(*id)),
                None => return KnownAddressee::default(),
            },
            Addressee::Group(group) => (None, Peer::Group(group)),
        };
        let conversation = self.peers.get(&(peer, account));
        let conversation = conversation.and_then(|id| self.conversations.get(id));
        KnownAddressee {
            contact,
            conversation: conversation.filter(|found| found.org == org).cloned(),
        }
    }
}

#[async_trait]
impl OutboxStore for MemoryStore {
    async fn addressees(
        &self,
        asked: Vec<(OrgId, AccountId, Addressee)>,
    ) -> Result<Vec<KnownAddressee>, StoreError> {
        let all = self.received();
        let known = asked.into_iter();
        Ok(known
            .map(|(org, account, who)| all.addressee(org, account, who))
            .collect())
    }

    async fn submit(
        &self,
        submissions: Vec<Submission>,
        ids: IdBlock,
        now: Time,
    ) -> Result<(Vec<Submitted>, Vec<(OrgId, i64)>), StoreError> {
        let audit: Vec<_> = submissions.iter().map(|one| one.audit.clone()).collect();
        let mut all = self.received();
        let (submitted, heads) = all.submit(submissions, ids, now)?;
        for (audit, submitted) in audit.into_iter().zip(&submitted) {
            if matches!(submitted, Submitted::Queued(_)) {
                self.rows().append(audit);
            }
        }
        Ok((submitted, heads))
    }

    async fn repeated(
        &self,
        org: OrgId,
        key: IdempotencyKey,
    ) -> Result<Option<Submitted>, StoreError> {
        Ok(self.received().repeated(org, &key))
    }

    async fn sent(
        &self,
        org: OrgId,
        filter: OutboxFilter,
        page: PageRequest<MessageId>,
    ) -> Result<Page<Message, MessageId>, StoreError> {
        let all = self.received();
        let found = all.messages.values().rev();
        let found = found
            .filter(|message| message.org == org && filter.takes(message))
            .filter(|message| page.after.is_none_or(|after| message.id < after))
            .take(page.limit.rows() + 1)
            .cloned()
            .collect();
        Ok(Page::cut(found, page.limit, |message: &Message| message.id))
    }

    async fn body(&self, org: OrgId, id: MessageId) -> Result<Option<String>, StoreError> {
        let all = self.received();
        let is_own = all.messages.get(&id).is_some_and(|found| found.org == org);
        Ok(all.bodies.get(&id).filter(|_| is_own).cloned())
    }

    async fn idle_queues(&self, now: Time, limit: i64) -> Result<Vec<AccountId>, StoreError> {
        let mut idle = self.received().idle_queues(now);
        idle.truncate(rows(limit));
        Ok(idle)
    }

    async fn lease_queues(
        &self,
        owner: Uuid,
        accounts: Vec<AccountId>,
        now: Time,
        until: Time,
    ) -> Result<Vec<QueueLease>, StoreError> {
        let mut all = self.received();
        let rows = self.rows();
        let accounts = accounts.iter().filter_map(|id| rows.accounts.get(id));
        Ok(accounts
            .filter_map(|account| all.lease(owner, account, now, until))
            .collect())
    }

    async fn release_queues(
        &self,
        owner: Uuid,
        accounts: Vec<AccountId>,
    ) -> Result<(), StoreError> {
        let mut all = self.received();
        for account in accounts {
            if let Some(queue) = all.queues.get_mut(&account) {
                queue.owner.take_if(|(held_by, _)| *held_by == owner);
            }
        }
        Ok(())
    }

    async fn due(
        &self,
        account: AccountId,
        after: Option<(Priority, String)>,
        held: Vec<ConversationId>,
        now: Time,
        limit: DueLimit,
    ) -> Result<Vec<DueMessage>, StoreError> {
        Ok(self.received().due(account, after, &held, now, limit))
    }

    async fn dispatch(
        &self,
        owner: Uuid,
        dispatches: Vec<Dispatch>,
        now: Time,
    ) -> Result<Vec<MessageId>, StoreError> {
        let mut all = self.received();
        let dispatches = dispatches.iter();
        Ok(dispatches
            .flat_map(|of| all.dispatch(owner, of, now))
            .collect())
    }

    async fn defer(&self, deferrals: Vec<Deferral>) -> Result<(), StoreError> {
        let mut all = self.received();
        for deferral in deferrals {
            let message = all.messages.get_mut(&deferral.message);
            let job = message.and_then(|message| message.job.as_mut());
            if let Some(job) = job.filter(|job| job.state == JobState::Queued) {
                job.due_at = deferral.due_at;
                job.wait = Some(deferral.wait);
                job.holds_until = deferral.holds_until;
            }
        }
        Ok(())
    }

    async fn orphans(
        &self,
        account: AccountId,
        epoch: i64,
        limit: i64,
    ) -> Result<Vec<MessageId>, StoreError> {
        let all = self.received();
        let orphans = all
            .jobs_of(account)
            .filter(|(_, job)| job.state == JobState::Dispatching && job.epoch < epoch);
        Ok(orphans
            .map(|(message, _)| message.id)
            .take(rows(limit))
            .collect())
    }

    async fn overdue(&self, now: Time, limit: i64) -> Result<Vec<Overdue>, StoreError> {
        let all = self.received();
        let jobs = all.jobs.iter().filter_map(|(_, id)| {
            let message = all.messages.get(id)?;
            let job = message.job.as_ref()?;
            let is_over = match job.state {
                JobState::Proving => job.due_at <= now,
                JobState::Queued => job.expires_at <= now,
                _ => false,
            };
            is_over.then_some(Overdue {
                org: message.org,
                account: message.account,
                message: message.id,
                is_proving: job.state == JobState::Proving,
            })
        });
        Ok(jobs.take(rows(limit)).collect())
    }

    async fn recent_sends(
        &self,
        conversations: Vec<ConversationId>,
        since: Time,
    ) -> Result<Vec<(ConversationId, Time)>, StoreError> {
        let all = self.received();
        let sent = conversations.iter().flat_map(|conversation| {
            let first = (*conversation, Time::MIN_UTC, MessageId(Uuid::nil()));
            let last = (*conversation, Time::MAX_UTC, MessageId(Uuid::max()));
            all.threads.range(first..=last)
        });
        let sent = sent.filter_map(|(conversation, _, id)| {
            let job = all.messages.get(id)?.job.as_ref()?;
            let at = job.dispatched_at.filter(|at| *at >= since)?;
            Some((*conversation, at))
        });
        Ok(sent.collect())
    }

    async fn block_queue(
        &self,
        account: AccountId,
        epoch: i64,
        block: Option<QueueBlock>,
    ) -> Result<(), StoreError> {
        let mut all = self.received();
        let queue = all.queues.get_mut(&account);
        if let Some(queue) = queue.filter(|queue| queue.epoch == epoch) {
            queue.block = block;
        }
        Ok(())
    }

    async fn pause_queue(
        &self,
        org: OrgId,
        account: AccountId,
        is_paused: bool,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(), StoreError> {
        let mut all = self.received();
        let mut rows = self.rows();
        if rows
            .accounts
            .get(&account)
            .is_none_or(|found| found.org != org)
        {
            return Err(StoreError::Missing("the account"));
        }
        all.queues.entry(account).or_default().is_paused = is_paused;
        rows.append(audit);
        Ok(())
    }

    async fn queues(
        &self,
        org: OrgId,
        now: Time,
        stuck_before: Time,
        most: i64,
    ) -> Result<Vec<QueueOverview>, StoreError> {
        let all = self.received();
        let rows = self.rows();
        let own = rows.accounts.values().filter(|account| account.org == org);
        Ok(own
            .map(|account| all.queue_overview(account.id, now, stuck_before, most))
            .collect())
    }

    async fn save_upload(
        &self,
        upload: Upload,
        audit: Vec<NewAuditEvent>,
    ) -> Result<Upload, StoreError> {
        let mut all = self.received();
        let same = all.uploads.values().find(|other| {
            (other.org, other.sha256) == (upload.org, upload.sha256)
                && (&other.mime_type, &other.filename) == (&upload.mime_type, &upload.filename)
        });
        if let Some(same) = same {
            return Ok(same.clone());
        }
        all.uploads.insert(upload.id, upload.clone());
        self.rows().append(audit);
        Ok(upload)
    }

    async fn upload(&self, org: OrgId, id: UploadId) -> Result<Option<Upload>, StoreError> {
        let all = self.received();
        Ok(all
            .uploads
            .get(&id)
            .filter(|found| found.org == org)
            .cloned())
    }

    async fn meta_media(
        &self,
        upload: UploadId,
        account: AccountId,
    ) -> Result<Option<(MetaMediaId, Time)>, StoreError> {
        let all = self.received();
        Ok(all.meta_media.get(&(upload, account)).cloned())
    }

    async fn save_meta_media(
        &self,
        upload: UploadId,
        account: AccountId,
        meta: Option<MetaMediaId>,
        now: Time,
    ) -> Result<(), StoreError> {
        let mut all = self.received();
        match meta {
            Some(meta) => all.meta_media.insert((upload, account), (meta, now)),
            None => all.meta_media.remove(&(upload, account)),
        };
        Ok(())
    }
}
