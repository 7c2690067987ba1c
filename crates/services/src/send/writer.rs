//! The queue's writer: calls that arrive together are committed as one.

use std::sync::Arc;

use tokio::{
    sync::{Mutex, mpsc, oneshot},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    Time,
    ids::{AccountId, OrgId},
    message::Message,
    outbound::{Compose, Job, JobState, StoredFile, WaitReason},
};
use wabakit_ports::store::{IdempotencyKey, KnownAddressee, StoreError, Submission, Submitted};

use super::{
    SendError, SendMeter, SendPorts, SubmitSettings,
    answer::{self, Slot},
    draft::Draft,
    wakes::Wakes,
    window,
};

/// A message that is ready to be queued, but for what is known of its addressee.
pub(super) struct Ready {
    pub(super) account: AccountId,
    pub(super) draft: Draft,
    /// Everything but the job, which tells the time.
    pub(super) compose: Compose,
}

/// One call.
pub(super) struct Call {
    pub(super) org: OrgId,
    pub(super) key: Option<IdempotencyKey>,
    /// Who called; none for a program.
    pub(super) author: Option<wabakit_domain::ids::UserId>,
    /// Its messages, or why one is refused already.
    pub(super) messages: Vec<Result<Ready, SendError>>,
}

/// What became of a call.
pub(super) enum Written {
    /// Its messages, in their order.
    Queued(Vec<Result<Message, SendError>>),
    /// It was made before, and this was kept as its answer.
    Repeated(String),
}

struct Entry {
    call: Call,
    written: oneshot::Sender<Result<Written, SendError>>,
}

/// Queues messages. Cheap to clone; bounded.
#[derive(Clone)]
pub(super) struct SubmitWriter(Arc<Inner>);

struct Inner {
    ports: SendPorts,
    settings: SubmitSettings,
    wakes: Arc<Wakes>,
    meter: Arc<SendMeter>,
    queue: mpsc::Sender<Entry>,
    waiting: Mutex<mpsc::Receiver<Entry>>,
}

/// What a try to commit came to.
enum Tried {
    /// Everybody was answered.
    Done,
    /// Somebody else got in the way, or one of the calls cannot be stored: these are to be tried again.
    Again(Vec<Entry>, StoreError),
}

impl SubmitWriter {
    pub(super) fn new(
        ports: SendPorts,
        settings: SubmitSettings,
        wakes: Arc<Wakes>,
        meter: Arc<SendMeter>,
    ) -> Self {
        let (queue, waiting) = mpsc::channel(settings.queue.max(1));
        Self(Arc::new(Inner {
            ports,
            settings,
            wakes,
            meter,
            queue,
            waiting: Mutex::new(waiting),
        }))
    }

    /// Queues a call's messages. When this answers, they are on disk. A caller that goes away takes nothing back.
    ///
    /// # Errors
    /// [`SendError::NotStored`]; [`SendError::KeyReused`].
    pub(super) async fn write(&self, call: Call) -> Result<Written, SendError> {
        let (written, answer) = oneshot::channel();
        let entry = Entry { call, written };
        let queue = &self.0.queue;
        match queue.try_reserve() {
            Ok(place) => place.send(entry),
            Err(mpsc::error::TrySendError::Full(())) => {
                timeout(self.0.settings.patience, queue.reserve())
                    .await
                    .map_err(|_| SendError::NotStored)?
                    .map_err(|_| SendError::NotStored)?
                    .send(entry);
            }
            Err(mpsc::error::TrySendError::Closed(())) => return Err(SendError::NotStored),
        }
        answer.await.map_err(|_| SendError::NotStored)?
    }

    /// How many calls wait to be written.
    pub(super) fn pending(&self) -> usize {
        self.0.queue.max_capacity() - self.0.queue.capacity()
    }

    /// Commits what waits, until it is told to stop: then it takes no more, and writes what waits still. As many
    /// of these may run as commits at once.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        loop {
            let batch = self.gather(stop).await;
            if batch.is_empty() {
                return;
            }
            self.commit(batch).await;
        }
    }

    async fn gather(&self, stop: &CancellationToken) -> Vec<Entry> {
        let mut waiting = self.0.waiting.lock().await;
        let mut next = tokio::select! {
            biased;
            entry = waiting.recv() => entry,
            () = stop.cancelled() => {
                waiting.close();
                waiting.recv().await
            }
        };
        let (mut batch, mut messages) = (Vec::new(), 0);
        while let Some(entry) = next {
            messages += entry.call.messages.len();
            batch.push(entry);
            if messages >= self.0.settings.batch {
                break;
            }
            next = waiting.try_recv().ok();
        }
        batch
    }

    /// Commits a batch: again while others get in the way, and then each call by itself, so that none suffers
    /// for another.
    async fn commit(&self, batch: Vec<Entry>) {
        let mut left = vec![batch];
        while let Some(mut batch) = left.pop() {
            let mut tries = 0;
            loop {
                tries += 1;
                let (entries, error) = match self.attempt(batch).await {
                    Tried::Done => break,
                    Tried::Again(entries, error) => (entries, error),
                };
                if matches!(error, StoreError::Conflict) && tries < self.0.settings.tries {
                    batch = entries;
                    continue;
                }
                let is_passing = matches!(error, StoreError::Unavailable(_));
                if entries.len() > 1 && !is_passing {
                    left.extend(entries.into_iter().rev().map(|entry| vec![entry]));
                } else {
                    complain(&error, entries.len());
                    for entry in entries {
                        let _ = entry.written.send(Err(SendError::NotStored));
                    }
                }
                break;
            }
        }
    }

    async fn attempt(&self, batch: Vec<Entry>) -> Tried {
        let ports = &self.0.ports;
        let known = match self.look_up(&batch).await {
            Ok(known) => known,
            Err(error) => return Tried::Again(batch, error),
        };
        let now = ports.base.now();
        let mut known = known.into_iter();
        let (mut submissions, mut verdicts) = (Vec::new(), Vec::new());
        for entry in &batch {
            let mut slots = Vec::with_capacity(entry.call.messages.len());
            let mut messages = Vec::new();
            let mut refused = Vec::new();
            for message in &entry.call.messages {
                let refusal = match message {
                    Err(error) => {
                        slots.push(Slot::refused(error));
                        refused.push(None);
                        continue;
                    }
                    Ok(ready) => {
                        let is_asked = ready.draft.addressee().is_some();
                        let known = is_asked.then(|| known.next()).flatten();
                        let known = known.unwrap_or_default();
                        match window::check(&ready.draft, &known, now) {
                            Ok(()) => {
                                slots.push(Slot::Queued(ready.compose.message));
                                let compose = ready.due(entry.call.author, now);
                                messages.push((ready.account, compose));
                                refused.push(None);
                                continue;
                            }
                            Err(refusal) => refusal,
                        }
                    }
                };
                slots.push(Slot::refused(&refusal));
                refused.push(Some(refusal));
            }
            verdicts.push(refused);
            submissions.push(Submission {
                org: entry.call.org,
                // Nothing came of a call of which nothing was queued: the same may be asked again.
                key: entry.call.key.clone().filter(|_| !messages.is_empty()),
                answer: answer::write(&slots),
                messages,
            });
        }
        let accounts: Vec<_> = submissions
            .iter()
            .flat_map(|submission| submission.messages.iter().map(|(account, _)| *account))
            .collect();
        let submitted = match accounts.is_empty() {
            true => Ok((vec![Submitted::Queued(Vec::new()); batch.len()], Vec::new())),
            false => ports.outbox.submit(submissions, ports.ids(), now).await,
        };
        match submitted {
            Ok((submitted, heads)) => {
                ports.bus.publish(&heads);
                self.0.meter.submitted(accounts.len());
                self.0.wakes.wake(accounts);
                for ((entry, submitted), refused) in batch.into_iter().zip(submitted).zip(verdicts)
                {
                    entry.answer(submitted, refused);
                }
                Tried::Done
            }
            Err(error) => Tried::Again(batch, error),
        }
    }

    /// What is known of the addressees of those messages that are not refused, in their order.
    async fn look_up(&self, batch: &[Entry]) -> Result<Vec<KnownAddressee>, StoreError> {
        let asked: Vec<_> = batch
            .iter()
            .flat_map(|entry| {
                entry
                    .call
                    .messages
                    .iter()
                    .flatten()
                    .map(move |ready| (entry, ready))
            })
            .filter_map(|(entry, ready)| {
                let addressee = ready.draft.addressee()?;
                Some((entry.call.org, ready.account, addressee))
            })
            .collect();
        match asked.is_empty() {
            true => Ok(Vec::new()),
            false => self.0.ports.outbox.addressees(asked).await,
        }
    }
}

impl Ready {
    /// As it is queued now.
    fn due(&self, author: Option<wabakit_domain::ids::UserId>, now: Time) -> Compose {
        let draft = &self.draft;
        let scheduled_at = draft.scheduled_at.filter(|at| *at > now);
        Compose {
            job: Job {
                due_at: scheduled_at.unwrap_or(now),
                wait: scheduled_at.map(|_| WaitReason::Scheduled),
                author,
                ..self.compose.job.clone()
            },
            ..self.compose.clone()
        }
    }

    /// A draft with its ids and its file.
    pub(super) fn new(
        draft: Draft,
        account: AccountId,
        message: wabakit_domain::ids::MessageId,
        file: Option<StoredFile>,
        now: Time,
    ) -> Self {
        let outbound = &draft.outbound;
        let group_id = match &outbound.recipient {
            wabakit_domain::outbound::Recipient::Group(group) => Some(group.clone()),
            _ => None,
        };
        let mut content = outbound.shown();
        if let Some(file) = &file {
            super::submit::describe(&mut content, file);
        }
        let compose = Compose {
            message,
            party: outbound.recipient.party(),
            group_id,
            content,
            context: outbound.context(),
            job: Job {
                state: JobState::Queued,
                priority: draft.priority,
                flow: draft.flow.clone(),
                due_at: now,
                expires_at: draft.expires_at,
                attempt: 0,
                epoch: 0,
                dispatched_at: None,
                in_doubt: 0,
                wait: None,
                client_reference: draft.client_reference.clone(),
                author: None,
            },
            body: outbound.to_json().to_string(),
            file,
        };
        Self {
            account,
            draft,
            compose,
        }
    }
}

impl Entry {
    fn answer(self, submitted: Submitted, refused: Vec<Option<SendError>>) {
        let answer = match submitted {
            Submitted::Queued(messages) => {
                let mut messages = messages.into_iter();
                let results = self.call.messages.into_iter().zip(refused);
                let results = results.map(|(message, refused)| match (message, refused) {
                    (Err(refusal), _) | (Ok(_), Some(refusal)) => Err(refusal),
                    (Ok(_), None) => messages.next().ok_or(SendError::NotStored),
                });
                Ok(Written::Queued(results.collect()))
            }
            Submitted::Repeated(answer) => Ok(Written::Repeated(answer)),
            Submitted::KeyReused => Err(SendError::KeyReused),
        };
        // One that went away wants no answer.
        let _ = self.written.send(answer);
    }
}

fn complain(error: &StoreError, calls: usize) {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, source, calls, "messages could not be queued; their callers were told so");
}
