//! One attempt: written down, made once, and judged.

use std::{pin::Pin, sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, watch},
    time::{Instant, timeout},
};
use wabakit_domain::{
    ids::AttemptToken,
    inbound::{MetaFault, Party},
    outbound::{
        Attempt, Block, LONGEST_HOLD, Next, Outcome, RetryPolicy, SendStep, Verdict, WaitReason,
        decide_next_attempt, opaque,
    },
    phone,
};
use wabakit_ports::{
    meta::{Certainty, GrantAccess, SendFailure},
    store::{Deferral, Dispatch, DueMessage, QueueBlock, QueueLease},
};
use wabakit_work::Died;

use super::{
    Shared,
    keeper::Held,
    number::{Feedback, InWork},
    outcomes::StepReport,
};

/// How long a message waits whose file could not be given to Meta, or that could not be written down.
const SHORTLY: Duration = Duration::from_secs(5);
/// The share of Meta's limits from which on a number goes slower.
const NEARLY_USED: u32 = 90;

/// What attempts of one number need.
#[derive(Clone)]
pub(super) struct Number {
    pub(super) shared: Arc<Shared>,
    pub(super) held: watch::Receiver<Held>,
    pub(super) feedback: Arc<Feedback>,
    pub(super) access: Arc<GrantAccess>,
    pub(super) lease: QueueLease,
}

/// A message on its way.
struct PendingAttempt {
    due: DueMessage,
    in_work: InWork,
    /// The body with Meta's ids of our files, where it has any.
    with_files: Option<String>,
}

impl PendingAttempt {
    fn body(&self) -> &str {
        self.with_files.as_deref().unwrap_or(&self.due.body)
    }
}

/// An attempt that is written down: the message is dispatching, with this token.
struct MarkedAttempt {
    going: PendingAttempt,
    token: AttemptToken,
}

/// Begins attempts for these: those that go as they are together, each that carries a file by itself.
pub(super) fn begin(
    number: Number,
    going: Vec<(InWork, DueMessage)>,
    mut permits: OwnedSemaphorePermit,
) {
    let files = &number.shared.files;
    let (files, plain): (Vec<_>, Vec<_>) = going
        .into_iter()
        .partition(|(_, due)| files.may_need(&due.body));
    for (in_work, due) in files {
        if let Some(permit) = permits.split(1) {
            let going = PendingAttempt {
                due,
                in_work,
                with_files: None,
            };
            number.spawn(number.clone().with_file(going, permit));
        }
    }
    if !plain.is_empty() {
        let plain = plain.into_iter().map(|(in_work, due)| PendingAttempt {
            due,
            in_work,
            with_files: None,
        });
        number.spawn(number.clone().together(plain.collect(), permits));
    }
}

impl Number {
    /// Runs a task that marks messages. Where it dies, they are no longer in work: what is not marked is read again.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let watched = self.watch(task);
        self.shared.tasks.spawn(async move {
            let _ = watched.await;
        });
    }

    fn watch<F: Future<Output = ()> + Send>(
        &self,
        task: F,
    ) -> impl Future<Output = Result<(), Died>> + Send + use<F> {
        let supervisor = &self.shared.ports.base.supervisor;
        supervisor.watch("send.attempt", task)
    }

    /// Gives Meta the file first, which may take a while, and only then writes the message down.
    ///
    /// It is its conversation's turn meanwhile. An upload that takes longer than that may last is passed: the message
    /// is put off until the file is there, and takes its turn again.
    async fn with_file(self, mut going: PendingAttempt, permit: OwnedSemaphorePermit) {
        let (shared, lease) = (self.shared.clone(), self.lease.clone());
        let whose = (lease.org, lease.account);
        let number = &lease.phone_number_id;
        let body = going.due.body.clone();
        let access = self.access.clone();
        let upload = shared.files.resolve(&access, whose, number, &body);
        let mut upload = std::pin::pin!(upload);
        let hold = LONGEST_HOLD.to_std().unwrap_or_default();
        let Ok(found) = timeout(hold, &mut upload).await else {
            return self.pass(going, upload).await;
        };
        match found {
            Ok(body) => {
                going.with_files = Some(body);
                self.together(vec![going], permit).await;
            }
            Err(problem) => {
                tracing::info!(message = %going.due.id, %problem, "a message's file could not be given to Meta");
                // An outcome is of an attempt, so one is begun for it.
                let outcome = match problem.fault() {
                    Some(fault) => Outcome::Refused { fault },
                    None => self.back(SHORTLY),
                };
                for marked in self.mark(vec![going]).await {
                    self.tell(&marked, outcome.clone()).await;
                }
            }
        }
    }

    /// Lets the others of the conversation pass while the upload lasts: the message is put off, and for no longer than
    /// it would be missed if this process died. Whether the upload was in vain shows at the next attempt.
    async fn pass<T>(&self, going: PendingAttempt, mut upload: Pin<&mut impl Future<Output = T>>) {
        let PendingAttempt { due, in_work, .. } = going;
        let mut in_work = Some(in_work);
        let began = self.shared.ports.base.now();
        let mut is_over = false;
        loop {
            let now = self.shared.ports.base.now();
            let put_off = Deferral {
                message: due.id,
                due_at: match is_over {
                    true => now,
                    false => now + LONGEST_HOLD,
                },
                wait: WaitReason::Upload,
                holds_until: Some(began),
            };
            match self.shared.ports.outbox.defer(vec![put_off]).await {
                Ok(()) => drop(in_work.take()),
                Err(error) => {
                    tracing::warn!(%error, message = %due.id, "a message whose file takes long could not be put off");
                }
            }
            if is_over {
                return;
            }
            is_over = timeout(SHORTLY * 6, &mut upload).await.is_ok();
        }
    }

    async fn together(self, all: Vec<PendingAttempt>, mut permits: OwnedSemaphorePermit) {
        for marked in self.mark(all).await {
            let (this, permit) = (self.clone(), permits.split(1));
            self.shared.tasks.spawn(async move {
                if this.watch(this.attempt(&marked)).await.is_err() {
                    let until = this.shared.ports.base.now() + this.shared.settings.proof_wait;
                    // The request may have left.
                    let outcome = Outcome::Unknown { until, fault: None };
                    this.shared.meter.ended(&outcome);
                    this.tell(&marked, outcome).await;
                }
                drop(permit);
            });
        }
    }

    /// Marks these as dispatching, each with a token of its own, and answers those that are marked.
    async fn mark(&self, all: Vec<PendingAttempt>) -> Vec<MarkedAttempt> {
        let ids = &self.shared.ports.base.ids;
        let all: Vec<_> = all
            .into_iter()
            .map(|going| (going, AttemptToken(ids.next())))
            .collect();
        let messages = all.iter().map(|(going, token)| (going.due.id, *token));
        let dispatch = Dispatch {
            account: self.lease.account,
            epoch: self.lease.epoch,
            messages: messages.collect(),
        };
        let marked = match self.shared.dispatcher.mark(dispatch).await {
            Ok(marked) => marked,
            Err(error) => {
                tracing::warn!(%error, messages = all.len(), "messages could not be written down as being sent");
                self.put_back(&all).await;
                return Vec::new();
            }
        };
        let all = all.into_iter();
        all.filter(|(going, _)| marked.contains(&going.due.id))
            .map(|(going, token)| MarkedAttempt { going, token })
            .collect()
    }

    /// Puts back what the database may have marked without saying so: nothing was sent. The token makes sure that
    /// this marking alone is undone, however late that is. Until it is written, none of them is read again; and it is
    /// told once more when the lease is given back, for only then no marking can be on its way any more.
    async fn put_back(&self, all: &[(PendingAttempt, AttemptToken)]) {
        self.feedback.locked(|heard| heard.is_unsure = true);
        let told: Vec<StepReport> = all
            .iter()
            .map(|(going, token)| self.told(&going.due, *token, self.back(SHORTLY)))
            .collect();
        self.shared.unsure.put(told.clone());
        self.shared.outcomes.tell_all(told).await;
    }

    /// It was not sent, and nobody but us could have.
    fn back(&self, wait: Duration) -> Outcome {
        Outcome::Again {
            due_at: self.shared.ports.base.now() + wait,
            wait: WaitReason::Retry,
            fault: None,
        }
    }

    async fn attempt(&self, marked: &MarkedAttempt) {
        let MarkedAttempt { going, token, .. } = marked;
        let due = &going.due;
        let deadline = self.held.borrow().deadline;
        if Instant::now() >= deadline {
            return self.tell(marked, self.back(Duration::ZERO)).await;
        }
        let (shared, lease) = (&self.shared, &self.lease);
        shared.meter.began(lease.account, shared.ports.base.now());
        let opaque = opaque(due.id, *token);
        let sent = shared
            .ports
            .gateway
            .send(&self.access, &lease.phone_number_id, going.body(), &opaque)
            .await;
        let outcome = match sent {
            Ok(receipt) => {
                let nearly = receipt
                    .usage_percent
                    .is_some_and(|used| used >= NEARLY_USED);
                self.feedback.locked(|heard| {
                    heard.took_one = true;
                    heard.too_fast |= nearly;
                });
                Outcome::Accepted {
                    wamid: receipt.wamid,
                    recipient: news_of(receipt.recipient, going.body()),
                }
            }
            Err(failure) if self.has_dead_file(going, &failure).await => self.back(Duration::ZERO),
            Err(failure) => self.judge(due, &failure),
        };
        shared.meter.ended(&outcome);
        let is_accepted = matches!(outcome, Outcome::Accepted { .. });
        self.tell(marked, outcome).await;
        if is_accepted {
            // Without Meta's id: it holds the customer's number.
            tracing::info!(org = %lease.org, account = %lease.account, message = %due.id, attempt = due.attempt + 1, "message sent");
        }
    }

    /// Whether Meta has a file no more that it once had: it is uploaded again, once for each message.
    async fn has_dead_file(&self, going: &PendingAttempt, failure: &SendFailure) -> bool {
        let code = failure.fault.as_ref().map(|fault| fault.code);
        let may_be = failure.certainty == Certainty::Refused
            && matches!(code, Some(100 | 131_009 | 131_053))
            && going.with_files.is_some()
            && going.due.attempt == 0;
        if may_be {
            let files = &self.shared.files;
            let forgotten = files.forget(self.lease.account, &going.due.body).await;
            return forgotten.is_ok();
        }
        false
    }

    fn judge(&self, due: &DueMessage, failure: &SendFailure) -> Outcome {
        let (shared, lease) = (&self.shared, &self.lease);
        let now = shared.ports.base.now();
        let code = failure.fault.as_ref().map(|fault| fault.code);
        tracing::debug!(message = %due.id, code, detail = failure.detail, certainty = ?failure.certainty, "not taken");
        let strikes = self.feedback.locked(|heard| heard.strikes);
        let attempt = failure.attempt(due.attempt + 1);
        let attempt = Attempt { strikes, ..attempt };
        let Verdict { next, effects } = decide_next_attempt(
            &attempt,
            now,
            shared.ports.random_unit(),
            &RetryPolicy::default(),
        );
        let block = |block: Block| QueueBlock {
            reason: block.reason,
            until: block.until,
            code,
        };
        let stops = effects.number.or(effects.waba).or(effects.grant);
        self.feedback.locked(|heard| {
            heard.too_fast |= effects.slow_down;
            heard.block = stops.map(block).or(heard.block.take());
            let spared = effects
                .pair_until
                .and_then(|until| (until - now).to_std().ok());
            heard
                .pairs
                .extend(spared.map(|spared| (due.conversation, spared)));
            heard.stale_access |= effects.grant.is_some();
            // That Meta refuses one message for itself shows that it listens.
            heard.took_one |= stops.is_none() && matches!(next, Next::Refused);
        });
        if let Some(found) = effects.waba {
            shared
                .circuits
                .open_waba(lease.waba_id.clone(), block(found));
        }
        if let Some(found) = effects.grant {
            shared.circuits.open_grant(&self.access, block(found));
        }
        match next {
            Next::Again { due_at, wait } => Outcome::Again {
                due_at,
                wait,
                fault: failure.fault.clone(),
            },
            Next::Refused => Outcome::Refused {
                fault: failure.fault.clone().unwrap_or_else(|| unnamed(failure)),
            },
            Next::Unknown => Outcome::Unknown {
                until: now + shared.settings.proof_wait,
                fault: failure.fault.clone(),
            },
        }
    }

    /// Tells how an attempt ended, and waits until that is written.
    async fn tell(&self, marked: &MarkedAttempt, outcome: Outcome) {
        let told = self.told(&marked.going.due, marked.token, outcome);
        self.shared.outcomes.tell_all([told]).await;
    }

    fn told(&self, due: &DueMessage, token: AttemptToken, outcome: Outcome) -> StepReport {
        StepReport {
            org: self.lease.org,
            account: self.lease.account,
            message: due.id,
            step: SendStep::Outcome { token, outcome },
        }
    }
}

/// The recipient as Meta names them, where that says more than the request did: another number, or number and user id.
fn news_of(recipient: Party, body: &str) -> Option<Party> {
    #[derive(serde::Deserialize)]
    struct Addressed {
        to: Option<String>,
    }
    let asked = serde_json::from_str(body).ok();
    let asked = asked.and_then(|body: Addressed| body.to);
    let phone = recipient.phone.as_deref().map(phone::canonical);
    let is_other = phone.is_some() && phone != asked.as_deref().map(phone::canonical);
    let names_both = phone.is_some() && recipient.user_id.is_some();
    (is_other || names_both).then_some(recipient)
}

/// None of Meta's codes.
const NO_CODE: i64 = -1;

/// A refusal for which Meta gave no code.
fn unnamed(failure: &SendFailure) -> MetaFault {
    MetaFault {
        code: NO_CODE,
        title: None,
        message: Some(failure.detail.clone()),
        details: None,
        href: None,
    }
}
