//! The loop over one number's queue, while this process holds its lease.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Notify, OwnedSemaphorePermit, watch},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    ids::{ConversationId, MessageId},
    outbound::{Priority, SendStep, WaitReason},
};
use wabakit_ports::{
    meta::GrantAccess,
    store::{Deferral, DueLimit, DueMessage, QueueBlock, StoreError},
};

use super::{
    Shared,
    attempt::{self, Number as Target},
    holds::{Hold, hold},
    keeper::Held,
    outcomes::StepReport,
    pace::{PAIR_MEMORY, Pace, Pairs},
};
use crate::send::{Rate, window};

/// The time between two rounds. Messages that become due within it are sent together.
const STEP: Duration = Duration::from_millis(20);
/// The seconds of the pace that are read ahead. Little, so that a message of higher priority need not wait behind them.
const AHEAD: f64 = 0.25;
/// The interval at which an empty queue is read, if nobody announces messages.
const LOOK: Duration = Duration::from_millis(500);
/// The interval at which recipients are dropped whom no limit holds back. A campaign has many.
const FORGET: Duration = Duration::from_secs(10);
/// The time for which a queue is empty before its lease is given up.
const PATIENCE: Duration = Duration::from_secs(5);
/// The time for which the access is used before it is read again.
const ACCESS_LIVES: Duration = Duration::from_secs(5);

/// The signals from attempts to the loop that began them.
#[derive(Default)]
pub(super) struct Feedback(Mutex<AttemptSignals>);

#[derive(Default)]
pub(super) struct AttemptSignals {
    /// Messages in work, with their conversations: from their selection until their outcome is written.
    pub(super) in_work: HashMap<MessageId, ConversationId>,
    /// Meta reported that the number sends too fast.
    pub(super) too_fast: bool,
    /// The limit that Meta set on the queue.
    pub(super) block: Option<QueueBlock>,
    /// Recipients over their limit, with how long they must wait.
    pub(super) pairs: Vec<(ConversationId, Duration)>,
    /// The number of times in a row that the queue was blocked.
    pub(super) strikes: u32,
    /// Meta accepted a message.
    pub(super) took_one: bool,
    /// The access must be read again.
    pub(super) stale_access: bool,
    /// The database did not confirm whether it marked messages.
    pub(super) is_unsure: bool,
}

impl Feedback {
    pub(super) fn locked<T>(&self, work: impl FnOnce(&mut AttemptSignals) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Keeps a message in work until it is dropped, however its task ends. Then the next message of the conversation may be
/// sent.
pub(super) struct InWork {
    feedback: Arc<Feedback>,
    wake: Arc<Notify>,
    message: MessageId,
}

impl InWork {
    fn new(feedback: &Arc<Feedback>, wake: &Arc<Notify>, due: &DueMessage) -> Self {
        feedback.locked(|heard| heard.in_work.insert(due.id, due.conversation));
        Self {
            feedback: feedback.clone(),
            wake: wake.clone(),
            message: due.id,
        }
    }
}

impl Drop for InWork {
    fn drop(&mut self) {
        self.feedback
            .locked(|heard| heard.in_work.remove(&self.message));
        self.wake.notify_one();
    }
}

/// Returns the report that fails a message that may not be sent any more.
fn barring(due: &DueMessage, held: &Held, now: wabakit_domain::Time) -> Option<StepReport> {
    let fault = window::fault(due, now)?;
    Some(StepReport {
        org: held.lease.org,
        account: held.lease.account,
        message: due.id,
        step: SendStep::Barred { fault },
    })
}

/// The loop over one number's queue.
pub(super) struct Number {
    shared: Arc<Shared>,
    held: watch::Receiver<Held>,
    wake: Arc<Notify>,
    feedback: Arc<Feedback>,
    pace: Pace,
    pairs: Pairs,
    buffer: VecDeque<DueMessage>,
    cursor: Option<(Priority, String)>,
    inbound: i64,
    access: Option<Arc<GrantAccess>>,
    access_read: Option<Instant>,
    block: Option<QueueBlock>,
    /// Tells whether a block has ended, so that one message is sent as a probe before the others.
    is_probing: bool,
    look: Instant,
    /// The time when recipients were last dropped whom no limit holds back.
    forgot: Instant,
    began: Instant,
    busy: Instant,
}

impl Number {
    pub(super) fn new(shared: Arc<Shared>, held: watch::Receiver<Held>, wake: Arc<Notify>) -> Self {
        let now = Instant::now();
        let lease = held.borrow().lease.clone();
        let rate = Rate::of(lease.throughput_level.as_deref(), lease.is_coexistence);
        Self {
            pace: Pace::new(rate.per_second.get(), now),
            inbound: lease.inbound,
            is_probing: lease.block.is_some(),
            block: lease.block,
            shared,
            held,
            wake,
            feedback: Arc::default(),
            pairs: Pairs::default(),
            buffer: VecDeque::new(),
            cursor: None,
            access: None,
            access_read: None,
            look: now,
            forgot: now,
            began: now,
            busy: now,
        }
    }

    /// Runs until it is stopped, the lease ends, or there has been nothing to do for a while.
    pub(super) async fn run(mut self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            let next = match self.round().await {
                Ok(Some(next)) => next,
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "a queue could not be read; this is retried");
                    Instant::now() + LOOK
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep_until(next) => {}
                () = self.wake.notified() => self.look = Instant::now(),
                changed = self.held.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Sends what may be sent now. Returns when to run the next round. `None` ends the loop.
    async fn round(&mut self) -> Result<Option<Instant>, StoreError> {
        let now = Instant::now();
        let held = self.held.borrow().clone();
        if now >= held.deadline {
            return Ok(None);
        }
        if let Some(is_settled) = self.unsure() {
            // The next lease has a new epoch, which fences off a marking that is still on its way.
            return Ok((!is_settled).then(|| now + STEP));
        }
        self.hear(&held, now).await?;
        self.refresh_access(&held, now).await?;
        let clock = self.shared.ports.base.now();
        let access = self.access.clone();
        let holding = hold(
            &held.lease,
            self.block.as_ref(),
            access.as_deref(),
            &self.shared.circuits,
            clock,
        );
        let Some(access) = access.filter(|_| holding.is_none()) else {
            // The messages that were read ahead are not marked, so they can be dropped.
            self.buffer.clear();
            self.look = now;
            if let Some(Hold::Until(block)) = holding {
                self.is_probing = true;
                let left = (block.until - clock).to_std().unwrap_or_default();
                return Ok(Some(now + left.clamp(STEP, LOOK * 2)));
            }
            // A person who resumes the queue wakes this loop. After a while the lease is given up, and the keeper finds
            // the queue.
            return Ok((now < self.busy + PATIENCE).then(|| now + LOOK));
        };
        let ready = self.allowed(now);
        if ready == 0 {
            return Ok(Some(self.pace.next().max(now + STEP)));
        }
        if self.buffer.is_empty() && now >= self.look {
            self.read(&held, clock, now).await?;
        }
        if self.buffer.is_empty() {
            let is_idle = now >= self.busy + PATIENCE
                && self.feedback.locked(|heard| heard.in_work.is_empty());
            return Ok((!is_idle).then(|| self.look.max(now + STEP)));
        }
        self.busy = now;
        self.let_go(&held, &access, ready).await?;
        Ok(Some(self.pace.next().max(now + STEP)))
    }

    /// After an unconfirmed marking, tells whether no message is in work. `None` if all markings were confirmed.
    fn unsure(&self) -> Option<bool> {
        self.feedback
            .locked(|heard| heard.is_unsure.then_some(heard.in_work.is_empty()))
    }

    /// Returns how many messages may be sent now. A probe is sent alone.
    fn allowed(&mut self, now: Instant) -> usize {
        let ready = self.pace.ready(now);
        let busy = self.feedback.locked(|heard| heard.in_work.len());
        match (self.is_probing, busy) {
            (true, 0) => ready.min(1),
            (true, _) => 0,
            (false, _) => ready,
        }
    }

    /// Applies the signals of attempts, and the changes of the lease.
    async fn hear(&mut self, held: &Held, now: Instant) -> Result<(), StoreError> {
        let lease = &held.lease;
        let rate = Rate::of(lease.throughput_level.as_deref(), lease.is_coexistence);
        self.pace.set(rate.per_second.get());
        let came = usize::try_from(lease.inbound - self.inbound).unwrap_or(0);
        if came > 0 {
            self.inbound = lease.inbound;
            self.pace.took(came, now);
        }
        let (too_fast, block, pairs, took_one, stale) = self.feedback.locked(|heard| {
            (
                std::mem::take(&mut heard.too_fast),
                heard.block.take(),
                std::mem::take(&mut heard.pairs),
                std::mem::take(&mut heard.took_one),
                std::mem::take(&mut heard.stale_access),
            )
        });
        if too_fast {
            self.pace.slow_down(now);
        }
        for (to, spared) in pairs {
            self.pairs.block(to, now + spared);
        }
        if stale {
            self.access_read = None;
        }
        // The block holds in this process, even if it cannot be stored.
        if block.is_some() {
            self.block.clone_from(&block);
            self.is_probing = true;
            self.feedback
                .locked(|heard| heard.strikes = heard.strikes.saturating_add(1));
        } else if took_one && self.is_probing {
            self.is_probing = false;
            self.feedback.locked(|heard| heard.strikes = 0);
            if self.block.take().is_none() {
                return Ok(());
            }
        } else {
            return Ok(());
        }
        let outbox = &self.shared.ports.outbox;
        outbox
            .block_queue(lease.account, lease.epoch, block)
            .await?;
        Ok(())
    }

    async fn refresh_access(&mut self, held: &Held, now: Instant) -> Result<(), StoreError> {
        if self
            .access_read
            .is_some_and(|read| now < read + ACCESS_LIVES)
        {
            return Ok(());
        }
        let found = self
            .shared
            .ports
            .access(held.lease.org, held.lease.account)
            .await?;
        let access = found.map(|(_, access)| Arc::new(access));
        let token = |access: &Option<Arc<GrantAccess>>| {
            access
                .as_ref()
                .and_then(|access| access.grant.token.clone())
        };
        // With another token, sending is tried at once.
        if token(&self.access).is_some()
            && token(&self.access) != token(&access)
            && self
                .block
                .as_ref()
                .is_some_and(|block| block.reason == WaitReason::TokenInvalid)
        {
            self.block = None;
        }
        self.access = access;
        self.access_read = Some(now);
        Ok(())
    }

    /// Reads due messages, a part of a second ahead, and the recent sends to their recipients.
    async fn read(
        &mut self,
        held: &Held,
        clock: wabakit_domain::Time,
        now: Instant,
    ) -> Result<(), StoreError> {
        if now >= self.forgot + FORGET {
            self.forgot = now;
            self.pairs.forget(now);
        }
        let lease = &held.lease;
        let rate = Rate::of(lease.throughput_level.as_deref(), lease.is_coexistence);
        let ahead = (f64::from(rate.per_second.get()) * AHEAD) as usize;
        let messages = ahead.max(4);
        let limit = DueLimit {
            messages,
            per_flow: (messages / 4).max(1),
        };
        let held = self
            .feedback
            .locked(|heard| heard.in_work.values().copied().collect());
        let outbox = &self.shared.ports.outbox;
        let found = outbox
            .due(lease.account, self.cursor.clone(), held, clock, limit)
            .await?;
        // A full answer means that there are more. Otherwise the loop is woken, or reads again after a while.
        self.look = match found.len() >= messages {
            true => now,
            false => now + LOOK,
        };
        if let Some(last) = found.last() {
            self.cursor = Some((last.priority, last.flow.clone()));
        }
        if now < self.began + PAIR_MEMORY {
            self.learn_pairs(&found, clock, now).await?;
        }
        self.buffer.extend(found);
        Ok(())
    }

    async fn learn_pairs(
        &mut self,
        found: &[DueMessage],
        clock: wabakit_domain::Time,
        now: Instant,
    ) -> Result<(), StoreError> {
        let strangers = found.iter().map(|due| due.conversation);
        let strangers: HashSet<_> = strangers.filter(|to| !self.pairs.knows(*to)).collect();
        if strangers.is_empty() {
            return Ok(());
        }
        let outbox = &self.shared.ports.outbox;
        let sends = outbox
            .recent_sends(strangers.into_iter().collect(), clock - PAIR_MEMORY)
            .await?;
        let mut sends = sends;
        sends.sort_unstable_by_key(|(_, at)| *at);
        for (to, at) in sends {
            let ago = (clock - at).to_std().unwrap_or_default();
            self.pairs.learn(to, ago, now);
        }
        Ok(())
    }

    /// Begins attempts for up to `ready` of the messages that were read. A message over its recipient's limit is
    /// deferred in the database.
    async fn let_go(
        &mut self,
        held: &Held,
        access: &Arc<GrantAccess>,
        ready: usize,
    ) -> Result<(), StoreError> {
        let wanted = ready.min(self.buffer.len());
        let Some(permits) = self.permits(wanted).await else {
            return Ok(());
        };
        let now = Instant::now();
        let clock = self.shared.ports.base.now();
        let (mut going, mut waiting, mut barred) = (Vec::new(), Vec::new(), Vec::new());
        while going.len() < permits.num_permits() {
            let Some(due) = self.buffer.pop_front() else {
                break;
            };
            if let Some(barring) = barring(&due, held, clock) {
                let in_work = InWork::new(&self.feedback, &self.wake, &due);
                barred.push((in_work, barring));
                continue;
            }
            match self.pairs.take(due.conversation, now) {
                Ok(()) => going.push((InWork::new(&self.feedback, &self.wake, &due), due)),
                Err(until) => waiting.push(Deferral {
                    message: due.id,
                    due_at: clock + until.duration_since(now),
                    wait: WaitReason::PairLimit,
                    holds_until: None,
                }),
            }
        }
        self.pace.took(going.len(), now);
        if !going.is_empty() {
            let target = Target {
                shared: self.shared.clone(),
                held: self.held.clone(),
                feedback: self.feedback.clone(),
                access: access.clone(),
                lease: held.lease.clone(),
            };
            attempt::begin(target, going, permits);
        }
        if !barred.is_empty() {
            let shared = self.shared.clone();
            self.shared.tasks.spawn(async move {
                let (_in_work, told): (Vec<InWork>, Vec<StepReport>) = barred.into_iter().unzip();
                shared.outcomes.tell_all(told).await;
            });
        }
        if !waiting.is_empty() {
            self.shared.ports.outbox.defer(waiting).await?;
        }
        Ok(())
    }

    /// Acquires permits for up to this many requests, at least one.
    async fn permits(&self, wanted: usize) -> Option<OwnedSemaphorePermit> {
        let requests = &self.shared.requests;
        let mut permits = requests.clone().acquire_owned().await.ok()?;
        let more = u32::try_from(wanted.saturating_sub(1).min(requests.available_permits()));
        let more = requests.clone().try_acquire_many_owned(more.unwrap_or(0));
        if let Ok(more) = more {
            permits.merge(more);
        }
        Some(permits)
    }
}
