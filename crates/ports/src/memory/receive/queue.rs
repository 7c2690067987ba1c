//! Numbers' queues: who works on them, and what is next.

use std::collections::{BTreeMap, HashMap};

use uuid::Uuid;
use wabakit_domain::{
    Time,
    account::Account,
    conversation::Conversation,
    ids::{AccountId, ConversationId, MessageId},
    message::{Message, MessageStatus},
    outbound::{Job, JobState, Priority, WaitReason},
};

use super::{NumberQueue, Received, count};
use crate::store::{Dispatch, DueLimit, DueMessage, QueueLease, QueueOverview};

impl NumberQueue {
    pub(super) fn is_free(&self, now: Time) -> bool {
        self.owner.is_none_or(|(_, until)| until <= now)
    }
}

fn is_due(job: &Job, now: Time) -> bool {
    job.state == JobState::Queued && job.due_at <= now && job.expires_at > now
}

impl Received {
    /// A number's messages that have not ended.
    pub(super) fn jobs_of(&self, account: AccountId) -> impl Iterator<Item = (&Message, &Job)> {
        let first = (account, MessageId(Uuid::nil()));
        let last = (account, MessageId(Uuid::max()));
        let found = self.jobs.range(first..=last);
        found.filter_map(|(_, id)| {
            let message = self.messages.get(id)?;
            Some((message, message.job.as_deref()?))
        })
    }

    pub(super) fn idle_queues(&self, now: Time) -> Vec<AccountId> {
        let mut accounts: Vec<_> = self.jobs.iter().map(|(account, _)| *account).collect();
        accounts.dedup();
        accounts.retain(|account| {
            let queue = self.queues.get(account);
            queue.is_none_or(|queue| queue.is_free(now))
                && self
                    .jobs_of(*account)
                    .any(|(_, job)| is_due(job, now) || job.state == JobState::Dispatching)
        });
        accounts
    }

    /// Takes or keeps the queue; nothing where somebody else has it.
    pub(super) fn lease(
        &mut self,
        owner: Uuid,
        account: &Account,
        now: Time,
        until: Time,
    ) -> Option<QueueLease> {
        let queue = self.queues.entry(account.id).or_default();
        let is_kept = queue.owner.is_some_and(|(held_by, _)| held_by == owner);
        if !is_kept {
            if !queue.is_free(now) {
                return None;
            }
            queue.epoch += 1;
        }
        queue.owner = Some((owner, until));
        Some(QueueLease {
            org: account.org,
            account: account.id,
            epoch: queue.epoch,
            is_kept,
            phone_number_id: account.phone_number_id.clone(),
            waba_id: account.waba_id.clone(),
            grant: account.grant,
            is_active: account.is_active,
            throughput_level: account.health.throughput_level.clone(),
            is_coexistence: account.health.is_coexistence,
            is_paused: queue.is_paused,
            block: queue.block.clone(),
            inbound: self.inbound.get(&account.id).copied().unwrap_or(0),
        })
    }

    /// Each conversation's next message; nothing while one is dispatching.
    fn firsts(&self, account: AccountId, now: Time) -> HashMap<ConversationId, Option<MessageId>> {
        let mut waiting: Vec<_> = self
            .jobs_of(account)
            .filter(|(_, job)| {
                let is_passed = job.holds_until.is_some_and(|until| until <= now);
                let may_go = job.due_at <= now || !is_passed;
                job.state == JobState::Queued
                    && job.turn.at <= now
                    && job.expires_at > now
                    && may_go
            })
            .map(|(message, job)| ((job.priority, job.turn, message.id), message))
            .collect();
        waiting.sort_unstable_by_key(|(place, _)| *place);
        let mut firsts = HashMap::new();
        let dispatching = self.jobs_of(account);
        let dispatching = dispatching.filter(|(_, job)| job.state == JobState::Dispatching);
        firsts.extend(dispatching.map(|(message, _)| (message.conversation, None)));
        for (_, message) in waiting {
            let first = firsts.entry(message.conversation);
            first.or_insert(Some(message.id));
        }
        firsts
    }

    pub(super) fn due(
        &self,
        account: AccountId,
        after: Option<(Priority, String)>,
        held: &[ConversationId],
        now: Time,
        limit: DueLimit,
    ) -> Vec<DueMessage> {
        let mut found = Vec::new();
        let firsts = self.firsts(account, now);
        for priority in Priority::ALL {
            let mut flows = BTreeMap::<&str, Vec<_>>::new();
            let due = self.jobs_of(account).filter(|(message, job)| {
                let is_first = firsts.get(&message.conversation) == Some(&Some(message.id));
                let is_held = held.contains(&message.conversation);
                job.priority == priority && is_due(job, now) && is_first && !is_held
            });
            for (message, job) in due {
                let flow = flows.entry(&job.flow).or_default();
                flow.push((job.due_at, message.id, message, job));
            }
            let after = after.as_ref().filter(|(of, _)| *of == priority);
            let mut flows: Vec<_> = flows.into_iter().collect();
            flows.sort_by_key(|(flow, _)| {
                let has_been = after.is_some_and(|(_, after)| *flow <= after.as_str());
                (has_been, *flow)
            });
            let mut rounds = Vec::new();
            for (turn, (_, mut waiting)) in flows.into_iter().enumerate() {
                waiting.sort_unstable_by_key(|(due_at, id, ..)| (*due_at, *id));
                let waiting = waiting.into_iter().enumerate();
                rounds.extend(waiting.map(|(place, (.., message, job))| {
                    ((place / limit.per_flow.max(1), turn), message, job)
                }));
            }
            // Stable: within a flow's part of a round the order stays.
            rounds.sort_by_key(|(place, ..)| *place);
            found.extend(rounds.into_iter().map(|(_, message, job)| {
                DueMessage {
                    id: message.id,
                    org: message.org,
                    conversation: message.conversation,
                    priority,
                    flow: job.flow.clone(),
                    due_at: job.due_at,
                    expires_at: job.expires_at,
                    attempt: job.attempt,
                    body: self.bodies.get(&message.id).cloned().unwrap_or_default(),
                    guard: job.guard,
                    window_until: self
                        .conversations
                        .get(&message.conversation)
                        .and_then(Conversation::window_until),
                    opted_out: message
                        .contact
                        .and_then(|id| self.contacts.get(&id))
                        .is_some_and(|contact| contact.opted_out),
                }
            }));
        }
        found.truncate(limit.messages);
        found
    }

    pub(super) fn dispatch(&mut self, owner: Uuid, of: &Dispatch, now: Time) -> Vec<MessageId> {
        let queue = self.queues.get(&of.account);
        let is_held = queue.is_some_and(|queue| {
            queue.epoch == of.epoch && queue.owner.is_some_and(|(held_by, _)| held_by == owner)
        });
        let mut begun = Vec::new();
        for (id, token) in of.messages.iter().filter(|_| is_held) {
            let Some(message) = self.messages.get_mut(id) else {
                continue;
            };
            let (is_own, job) = (message.account == of.account, message.job.as_mut());
            let Some(job) = job.filter(|job| is_own && job.state == JobState::Queued) else {
                continue;
            };
            job.state = JobState::Dispatching;
            job.attempt += 1;
            job.token = Some(*token);
            job.epoch = of.epoch;
            job.dispatched_at = Some(now);
            job.wait = None;
            message.status = MessageStatus::Sending;
            begun.push(*id);
        }
        begun
    }

    pub(super) fn queue_overview(
        &self,
        account: AccountId,
        now: Time,
        stuck_before: Time,
        most: i64,
    ) -> QueueOverview {
        let in_state = |state| {
            self.jobs_of(account)
                .filter(move |(_, job)| job.state == state)
        };
        let queued = || in_state(JobState::Queued).map(|(_, job)| job);
        let due =
            |priority| queued().filter(move |job| job.priority == priority && job.due_at <= now);
        let mut waiting = Vec::<(WaitReason, i64)>::new();
        for job in queued().filter(|job| job.due_at > now) {
            let reason = job.wait.unwrap_or(WaitReason::Scheduled);
            match waiting.iter_mut().find(|(of, _)| *of == reason) {
                Some((_, count)) => *count = most.min(*count + 1),
                None => waiting.push((reason, most.min(1))),
            }
        }
        let stuck = self.jobs_of(account);
        let stuck = stuck.filter(|(_, job)| job.is_stuck(stuck_before));
        let queue = self.queues.get(&account);
        QueueOverview {
            account,
            due: Priority::ALL.map(|priority| count(due(priority), most)),
            waiting,
            dispatching: count(in_state(JobState::Dispatching), most),
            proving: count(in_state(JobState::Proving), most),
            unknown: count(in_state(JobState::Unknown), most),
            failed: count(in_state(JobState::Failed), most),
            stuck: count(stuck, most),
            oldest_due: queued()
                .map(|job| job.due_at)
                .filter(|due_at| *due_at <= now)
                .min(),
            is_paused: queue.is_some_and(|queue| queue.is_paused),
            block: queue.and_then(|queue| queue.block.clone()),
            is_owned: queue.is_some_and(|queue| !queue.is_free(now)),
        }
    }
}
