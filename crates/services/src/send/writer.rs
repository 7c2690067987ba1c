//! The queue's writer: calls that arrive together are committed in one transaction.

use std::sync::Arc;

use serde_json::json;
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    ids::AccountId,
    message::Message,
    outbound::{Compose, Job, StoredFile, WaitReason},
};
use wabakit_ports::store::{IdempotencyKey, KnownAddressee, StoreError, Submission, Submitted};
use wabakit_work::{BatchLimits, Batcher};

use super::{
    SendError, SendMeter, SendPorts, SubmitSettings,
    answer::{self, Slot},
    draft::Draft,
    wakes::Wakes,
    window,
};
use crate::{Caller, audit::Trail};

/// A message that is ready to be queued once its recipient was looked up.
pub(super) struct Ready {
    pub(super) account: AccountId,
    pub(super) draft: Draft,
    /// Everything to store. The times of its job are set when it is queued.
    pub(super) compose: Compose,
}

/// One call.
pub(super) struct Call {
    pub(super) caller: Caller,
    pub(super) key: Option<IdempotencyKey>,
    /// The author of the messages. `None` for a program.
    pub(super) author: Option<wabakit_domain::ids::UserId>,
    /// The messages. An error is a message that is refused already.
    pub(super) messages: Vec<Result<Ready, SendError>>,
}

/// The result of a call.
pub(super) enum Written {
    /// The results of its messages, in order.
    Queued(Vec<Result<Message, SendError>>),
    /// The call is a repetition. Holds the stored answer.
    Repeated(String),
}

type Answer = Result<Written, SendError>;

/// Queues messages. Cheap to clone; bounded.
#[derive(Clone)]
pub(super) struct SubmitWriter {
    ports: SendPorts,
    tries: u32,
    wakes: Arc<Wakes>,
    meter: Arc<SendMeter>,
    batcher: Batcher<Call, Answer>,
}

impl SubmitWriter {
    pub(super) fn new(
        ports: SendPorts,
        settings: SubmitSettings,
        wakes: Arc<Wakes>,
        meter: Arc<SendMeter>,
    ) -> Self {
        let limits = BatchLimits {
            queue: settings.queue,
            room: usize::MAX,
            batch: usize::MAX,
            batch_weight: settings.batch,
            patience: settings.patience,
        };
        Self {
            ports,
            tries: settings.tries,
            wakes,
            meter,
            batcher: Batcher::new(limits, |call: &Call| call.messages.len()),
        }
    }

    /// Queues a call's messages. After `Ok` they are durable. A caller that goes away cancels nothing.
    ///
    /// # Errors
    /// [`SendError::NotStored`]; [`SendError::KeyReused`].
    pub(super) async fn write(&self, call: Call) -> Answer {
        let written = self.batcher.write(call).await;
        written.map_err(|_| SendError::NotStored)?
    }

    /// Counts the calls that wait to be written.
    pub(super) fn pending(&self) -> usize {
        self.batcher.pending()
    }

    /// Commits waiting calls until it is told to stop. Then it accepts no more, and writes those that still wait. As
    /// many of these may run as commits at the same time.
    pub(super) async fn run(&self, stop: &CancellationToken) {
        self.batcher.run(stop, |batch| self.commit(batch)).await;
    }

    /// Commits a batch. It retries while other writes conflict, and then commits each call alone, so that one call does
    /// not fail the others.
    async fn commit(&self, batch: Vec<Call>) -> Vec<Answer> {
        let mut error = None;
        for _ in 0..self.tries.max(1) {
            match self.attempt(&batch).await {
                Ok(written) => return answers(batch, written),
                Err(failure) => {
                    let is_conflict = matches!(failure, StoreError::Conflict);
                    error = Some(failure);
                    if !is_conflict {
                        break;
                    }
                }
            }
        }
        let is_passing = matches!(error, Some(StoreError::Unavailable(_)));
        if batch.len() > 1 && !is_passing {
            let mut answers = Vec::with_capacity(batch.len());
            for call in batch {
                answers.extend(Box::pin(self.commit(vec![call])).await);
            }
            return answers;
        }
        if let Some(error) = error {
            complain(&error, batch.len());
        }
        batch.iter().map(|_| Err(SendError::NotStored)).collect()
    }

    /// Commits a batch once. Returns the result of each call, with the refusals of its messages.
    async fn attempt(&self, batch: &[Call]) -> Result<Vec<(Submitted, Refused)>, StoreError> {
        let ports = &self.ports;
        let mut known = self.look_up(batch).await?.into_iter();
        let now = ports.base.now();
        let (mut submissions, mut verdicts) = (Vec::new(), Vec::new());
        for call in batch {
            let mut slots = Vec::with_capacity(call.messages.len());
            let mut messages = Vec::new();
            let mut refused = Vec::new();
            for message in &call.messages {
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
                                let compose = ready.due(call.author, now);
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
                org: call.caller.org,
                audit: call.audit(ports, &messages),
                // A call of which nothing was queued keeps no answer, so that it can be made again.
                key: call.key.clone().filter(|_| !messages.is_empty()),
                answer: answer::write(&slots),
                messages,
            });
        }
        let accounts: Vec<_> = submissions
            .iter()
            .flat_map(|submission| submission.messages.iter().map(|(account, _)| *account))
            .collect();
        if accounts.is_empty() {
            let nothing = Submitted::Queued(Vec::new());
            let none = verdicts
                .into_iter()
                .map(|refused| (nothing.clone(), refused));
            return Ok(none.collect());
        }
        let (submitted, heads) = ports.outbox.submit(submissions, ports.ids(), now).await?;
        ports.bus.publish(&heads);
        self.meter.submitted(accounts.len());
        self.wakes.wake(accounts);
        Ok(submitted.into_iter().zip(verdicts).collect())
    }

    /// Looks up the recipients of the messages that are not refused: contact, conversation, window and opt-out of each,
    /// in order.
    async fn look_up(&self, batch: &[Call]) -> Result<Vec<KnownAddressee>, StoreError> {
        let ready = |call: &Call| {
            let org = call.caller.org;
            let asked = call.messages.iter().flatten().filter_map(move |ready| {
                let addressee = ready.draft.addressee()?;
                Some((org, ready.account, addressee))
            });
            asked.collect::<Vec<_>>()
        };
        let asked: Vec<_> = batch.iter().flat_map(ready).collect();
        match asked.is_empty() {
            true => Ok(Vec::new()),
            false => self.ports.outbox.addressees(asked).await,
        }
    }
}

impl Call {
    /// Makes one audit entry for the call, if any message is queued. It holds ids and counts, and no personal data.
    fn audit(&self, ports: &SendPorts, queued: &[(AccountId, Compose)]) -> Vec<NewAuditEvent> {
        let trail = Trail::of(&ports.base, &self.caller);
        let event = match (self.messages.len(), queued) {
            (_, []) => return Vec::new(),
            (1, [(account, compose)]) => trail.event(
                "message.queued",
                ("message", compose.message),
                &json!({"accountId": account}),
            ),
            (asked, [(_, first), ..]) => {
                let mut accounts: Vec<_> = queued.iter().map(|(account, _)| account).collect();
                accounts.sort_unstable();
                accounts.dedup();
                let data = json!({
                    "queued": queued.len(), "refused": asked - queued.len(),
                    "accountIds": accounts,
                });
                trail.event("message.bulk_queued", ("message", first.message), &data)
            }
        };
        vec![event]
    }
}

impl Ready {
    /// Returns the message to store, with its times as of now.
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

    /// Makes a message to queue from a draft, with its id and file.
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
                flow: draft.flow.clone(),
                client_reference: draft.client_reference.clone(),
                guard: window::guard(&draft),
                ..Job::new(draft.priority, now, draft.expires_at)
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

/// The refusal of each message of a call. `None` for a message that is not refused.
type Refused = Vec<Option<SendError>>;

fn answers(batch: Vec<Call>, written: Vec<(Submitted, Refused)>) -> Vec<Answer> {
    let answers = batch.into_iter().zip(written);
    let answers = answers.map(|(call, (submitted, refused))| match submitted {
        Submitted::Queued(messages) => {
            let mut messages = messages.into_iter();
            let results = call.messages.into_iter().zip(refused);
            let results = results.map(|(message, refused)| match (message, refused) {
                (Err(refusal), _) | (Ok(_), Some(refusal)) => Err(refusal),
                (Ok(_), None) => messages.next().ok_or(SendError::NotStored),
            });
            Ok(Written::Queued(results.collect()))
        }
        Submitted::Repeated(answer) => Ok(Written::Repeated(answer)),
        Submitted::KeyReused => Err(SendError::KeyReused),
    });
    answers.collect()
}

fn complain(error: &StoreError, calls: usize) {
    let source = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(%error, source, calls, "messages could not be queued; their callers got an error");
}
