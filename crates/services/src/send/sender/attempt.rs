//! One attempt to send a message: marked, made once, and judged.

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

/// The time for which a message waits when its file could not be uploaded to Meta, or when it could not be marked.
const SHORTLY: Duration = Duration::from_secs(5);
/// The used share of Meta's limits, in percent, from which a number is slowed down.
const NEARLY_USED: u32 = 90;

/// The context of a number's attempts.
#[derive(Clone)]
pub(super) struct Number {
    pub(super) shared: Arc<Shared>,
    pub(super) held: watch::Receiver<Held>,
    pub(super) feedback: Arc<Feedback>,
    pub(super) access: Arc<GrantAccess>,
    pub(super) lease: QueueLease,
}

/// A message that is about to be marked.
struct PendingAttempt {
    due: DueMessage,
    in_work: InWork,
    /// The body with Meta's ids of our files, if it names any.
    with_files: Option<String>,
}

impl PendingAttempt {
    fn body(&self) -> &str {
        self.with_files.as_deref().unwrap_or(&self.due.body)
    }
}

/// A marked attempt: the row is dispatching, with this token.
struct MarkedAttempt {
    going: PendingAttempt,
    token: AttemptToken,
}

/// Begins attempts. Messages without files are marked together, a message with a file alone.
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
    /// Runs a task that marks messages. If it dies, its messages are in work no longer, and those it did not mark are
    /// read again.
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

    /// Uploads the message's file to Meta, which may take a while, and then marks the message.
    ///
    /// The message keeps its conversation's turn during the upload. If the upload takes longer than a turn may last,
    /// the message is deferred until the file is uploaded, and then takes its turn again.
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
                tracing::info!(message = %going.due.id, %problem, "a message's file could not be uploaded to Meta");
                // An outcome needs an attempt, so the message is marked first.
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

    /// Lets other messages of the conversation pass while the upload lasts. It defers the message for a short time
    /// again and again, so that little is lost if this process dies. The next attempt shows whether the upload
    /// succeeded.
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
                    tracing::warn!(%error, message = %due.id, "a message with a slow upload could not be deferred");
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
                    // The request may have been sent.
                    let outcome = Outcome::Unknown { until, fault: None };
                    this.shared.meter.ended(&outcome);
                    this.tell(&marked, outcome).await;
                }
                drop(permit);
            });
        }
    }

    /// Marks messages as dispatching, each with its own token, and returns those that were marked.
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
                tracing::warn!(%error, messages = all.len(), "messages could not be marked as dispatching");
                self.put_back(&all).await;
                return Vec::new();
            }
        };
        let all = all.into_iter();
        all.filter(|(going, _)| marked.contains(&going.due.id))
            .map(|(going, token)| MarkedAttempt { going, token })
            .collect()
    }

    /// Puts back messages that the database may have marked without confirming it. Nothing was sent. The token makes
    /// sure that only this marking is undone, however late that is. None of them is read again before this is written.
    /// It is written once more when the lease is given up, because only then no marking can arrive any more.
    async fn put_back(&self, all: &[(PendingAttempt, AttemptToken)]) {
        self.feedback.locked(|heard| heard.is_unsure = true);
        let told: Vec<StepReport> = all
            .iter()
            .map(|(going, token)| self.told(&going.due, *token, self.back(SHORTLY)))
            .collect();
        self.shared.unsure.put(told.clone());
        self.shared.outcomes.tell_all(told).await;
    }

    /// Returns the outcome of a message that was not sent, and that nobody else can have sent.
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
            // Logged without Meta's id, because it contains the customer's number.
            tracing::info!(org = %lease.org, account = %lease.account, message = %due.id, attempt = due.attempt + 1, "message sent");
        }
    }

    /// Tells whether Meta no longer has a file that it had. The file is then uploaded again, once for each message.
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
            // A refusal of the message alone shows that Meta accepts requests of this number.
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

    /// Reports the outcome of an attempt, and waits until it is written.
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

/// Returns the recipient as Meta names them, if that says more than the request: another number, or number and user id.
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

/// The code of a refusal without a code. Meta uses no such code.
const NO_CODE: i64 = -1;

/// Makes the fault of a refusal for which Meta gave no code.
fn unnamed(failure: &SendFailure) -> MetaFault {
    MetaFault {
        code: NO_CODE,
        title: None,
        message: Some(failure.detail.clone()),
        details: None,
        href: None,
    }
}
