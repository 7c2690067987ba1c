use std::{ops::Deref, sync::Arc};

use uuid::Uuid;
use wabakit_domain::{
    account::Account,
    ids::{AccountId, AttemptToken, MessageId, OrgId, Wamid},
    inbound::{Fact, MarketingPreference, MetaFault},
    inbox::Item,
    message::{Message, ReportedStatus},
    outbound::{Compose, Job, Outcome, Priority, SendFact, SendStep, opaque},
};

use crate::{
    at,
    receive::{ReceiveWorld, item, of_status, phone, status, text},
};
use wabakit_ports::store::{
    Dispatch, DueLimit, DueMessage, IdempotencyKey, OutboxStore, QueueLease, QueueOverview,
    ReceiveStore, Store, StoreError, Submission, Submitted,
};

/// A store that receives and sends for two organisations.
#[derive(Clone)]
pub struct OutboxWorld {
    /// The receiving side of the store.
    pub receive: ReceiveWorld,
    /// The store.
    pub store: Arc<dyn OutboxStore>,
}

impl Deref for OutboxWorld {
    type Target = ReceiveWorld;

    fn deref(&self) -> &ReceiveWorld {
        &self.receive
    }
}

/// No limit, and all flows in one round.
pub const EVERY: DueLimit = DueLimit {
    messages: 10_000,
    per_flow: 10_000,
};

/// A message whose sending has begun.
pub struct Begun {
    /// The owner of the lease.
    pub owner: Uuid,
    /// The epoch of the lease.
    pub epoch: i64,
    /// The message.
    pub id: MessageId,
}

impl OutboxWorld {
    /// Makes two organisations in empty stores over one database.
    pub async fn new(
        connect: Arc<dyn Store>,
        receive: Arc<dyn ReceiveStore>,
        store: Arc<dyn OutboxStore>,
    ) -> Self {
        Self {
            receive: ReceiveWorld::new(connect, receive).await,
            store,
        }
    }

    /// Makes a text to this number, due at [`at`] zero, for a day.
    pub fn compose(&self, to: &str) -> Compose {
        Compose {
            message: self.id(),
            party: phone(to),
            group_id: None,
            content: text(to),
            context: None,
            job: Job::new(Priority::Normal, at(0), at(86_400)),
            body: format!(r#"{{"to":"{to}"}}"#),
            file: None,
        }
    }

    /// Makes a text with a changed job.
    pub fn with(&self, change: impl FnOnce(&mut Job)) -> Compose {
        let mut compose = self.compose("15550100");
        change(&mut compose.job);
        compose
    }

    /// Makes a call without an idempotency key.
    pub fn submission(&self, by: &Account, messages: Vec<Compose>) -> Submission {
        Submission {
            org: by.org,
            key: None,
            answer: String::new(),
            messages: messages.into_iter().map(|one| (by.id, one)).collect(),
            audit: Vec::new(),
        }
    }

    /// Makes a call of one message with an idempotency key.
    pub fn call(&self, by: &Account, key: &str, fingerprint: u8) -> Submission {
        Submission {
            key: Some(named(key, fingerprint)),
            answer: format!("{key} {fingerprint}"),
            ..self.submission(by, vec![self.compose("15550100")])
        }
    }

    /// Submits calls at [`at`] zero.
    pub async fn submit(&self, calls: Vec<Submission>) -> Result<Vec<Submitted>, StoreError> {
        let submitted = self.store.submit(calls, self.ids(), at(0)).await;
        submitted.map(|(answers, _)| answers)
    }

    /// Queues messages at [`at`] zero.
    pub async fn enqueue(&self, by: &Account, messages: Vec<Compose>) -> Vec<Message> {
        let call = self.submission(by, messages);
        match self.submit(vec![call]).await.unwrap().remove(0) {
            Submitted::Queued(messages) => messages,
            other => panic!("{other:?}"),
        }
    }

    /// Queues messages of our number, and returns their ids.
    pub async fn ids_of(&self, messages: Vec<Compose>) -> Vec<MessageId> {
        let queued = self.enqueue(&self.ours.number, messages).await;
        queued.iter().map(|message| message.id).collect()
    }

    /// Queues a message of our number to a new person.
    pub async fn one(&self) -> MessageId {
        self.ids_of(vec![self.compose(&self.stranger())]).await[0]
    }

    /// Returns a number that nobody else has.
    pub fn stranger(&self) -> String {
        let id: Uuid = self.id();
        format!("1556{:09}", id.as_u128() >> 16 & 0xfff_ffff)
    }

    /// Takes or renews the lease of one queue, from [`at`] `now` for ten seconds.
    pub async fn lease(&self, owner: Uuid, account: AccountId, now: i64) -> Option<QueueLease> {
        let accounts = vec![account];
        let leases = self
            .store
            .lease_queues(owner, accounts, at(now), at(now + 10));
        leases.await.unwrap().pop()
    }

    /// Returns the due messages of our number at [`at`] `now`.
    pub async fn due(&self, now: i64, limit: DueLimit) -> Vec<DueMessage> {
        let account = self.ours.number.id;
        let due = self.store.due(account, None, vec![], at(now), limit);
        due.await.unwrap()
    }

    /// Returns the ids of all due messages of our number.
    pub async fn all_due(&self, now: i64) -> Vec<MessageId> {
        let due = self.due(now, EVERY).await;
        due.iter().map(|due| due.id).collect()
    }

    /// Dispatches messages of our number, at [`at`] `now`.
    pub async fn dispatch(
        &self,
        owner: Uuid,
        epoch: i64,
        messages: &[MessageId],
        now: i64,
    ) -> Vec<MessageId> {
        let dispatch = Dispatch {
            account: self.ours.number.id,
            epoch,
            messages: with_tokens(messages, 1),
        };
        let begun = self.store.dispatch(owner, vec![dispatch], at(now));
        begun.await.unwrap()
    }

    /// Queues a message of our number and begins to send it, at [`at`] ten. The lease ends at [`at`] twenty.
    pub async fn begin(&self) -> Begun {
        self.begin_to(&self.stranger()).await
    }

    /// Does the same with a message to this number.
    pub async fn begin_to(&self, to: &str) -> Begun {
        let id = self.ids_of(vec![self.compose(to)]).await[0];
        let owner = Uuid::from_u128(7);
        let lease = self.lease(owner, self.ours.number.id, 10).await.unwrap();
        let epoch = lease.epoch;
        assert_eq!(self.dispatch(owner, epoch, &[id], 10).await, [id]);
        Begun { owner, epoch, id }
    }

    /// Begins to send a message that was queued again.
    pub async fn begin_again(&self, begun: &Begun) {
        let dispatch = Dispatch {
            account: self.ours.number.id,
            epoch: begun.epoch,
            messages: with_tokens(&[begun.id], 2),
        };
        let ids = self
            .store
            .dispatch(begun.owner, vec![dispatch], at(11))
            .await;
        assert_eq!(ids.unwrap(), [begun.id]);
    }

    /// Makes a step of a message of our number.
    pub fn step(&self, message: MessageId, step: SendStep) -> Item {
        let fact = SendFact { message, step };
        item(&self.ours.number, Fact::Send(Box::new(fact)))
    }

    /// Makes the outcome that Meta accepted it.
    pub fn accepted(&self, message: MessageId, attempt: i32, wamid: &str) -> Item {
        let outcome = Outcome::Accepted {
            wamid: Wamid::from(wamid),
            recipient: None,
        };
        let token = token(attempt);
        self.step(message, SendStep::Outcome { token, outcome })
    }

    /// Makes the outcome that Meta refused it for good.
    pub fn failed(&self, message: MessageId, attempt: i32) -> Item {
        let fault = MetaFault {
            code: 131_008,
            title: None,
            message: Some("required parameter is missing".into()),
            details: None,
            href: None,
        };
        let outcome = Outcome::Refused { fault };
        let token = token(attempt);
        self.step(message, SendStep::Outcome { token, outcome })
    }

    /// Makes an unknown outcome that waits for proof until [`at`] `until`.
    pub fn unknown(&self, message: MessageId, attempt: i32, until: i64) -> Item {
        let outcome = Outcome::Unknown {
            until: at(until),
            fault: None,
        };
        let token = token(attempt);
        self.step(message, SendStep::Outcome { token, outcome })
    }

    /// Makes the step that queues it again.
    pub fn retry(&self, message: MessageId) -> Item {
        let expires_at = at(90_000);
        self.step(message, SendStep::Retry { expires_at })
    }

    /// Makes a person's choice about marketing.
    pub fn opted_out(&self, who: &str, opted_out: bool) -> Item {
        let value = match opted_out {
            true => "stop",
            false => "resume",
        };
        let preference = MarketingPreference {
            party: phone(who),
            value: value.into(),
            detail: None,
            signup_id: None,
            at: Some(at(1)),
        };
        item(&self.ours.number, Fact::Preference(preference))
    }

    /// Makes a status that carries our id and its attempt's token. Ids that end in `2` belong to the second attempt.
    pub fn proof(&self, message: MessageId, wamid: &str, what: ReportedStatus) -> Item {
        let attempt = match wamid.strip_suffix(".2") {
            Some(_) => 2,
            None => 1,
        };
        let mut status = status(wamid, what, 900);
        status.opaque = Some(opaque(message, token(attempt)));
        of_status(&self.ours.number, status)
    }

    /// Returns a message of ours in its present state.
    pub async fn now(&self, id: MessageId) -> Message {
        let found = self.receive.store.message(self.ours.org, id).await;
        found.unwrap().unwrap().message
    }

    /// Returns the job of a message of ours.
    pub async fn job(&self, id: MessageId) -> Job {
        *self.now(id).await.job.unwrap()
    }

    /// Returns one queue of an organisation, at [`at`] `now`. Messages that were begun before `stuck` count as stuck.
    pub async fn queue_of(
        &self,
        org: OrgId,
        account: AccountId,
        now: i64,
        most: i64,
    ) -> QueueOverview {
        let queues = self.store.queues(org, at(now), at(now), most);
        let queues = queues.await.unwrap();
        let mut found = queues.into_iter().filter(|queue| queue.account == account);
        let queue = found.next().unwrap();
        assert!(found.next().is_none(), "a number has one queue");
        queue
    }

    /// Returns our number's queue, at [`at`] `now`.
    pub async fn overview(&self, now: i64) -> QueueOverview {
        self.queue_of(self.ours.org, self.ours.number.id, now, 1_000)
            .await
    }
}

/// Returns the token of an attempt. Other messages' attempts may have the same.
pub fn token(attempt: i32) -> AttemptToken {
    AttemptToken(Uuid::from_u128(attempt.unsigned_abs().into()))
}

/// Returns messages, each with the token of this attempt.
pub fn with_tokens(messages: &[MessageId], attempt: i32) -> Vec<(MessageId, AttemptToken)> {
    messages.iter().map(|id| (*id, token(attempt))).collect()
}

/// Makes an idempotency key.
pub fn named(key: &str, fingerprint: u8) -> IdempotencyKey {
    IdempotencyKey {
        key: key.into(),
        fingerprint: [fingerprint; 32],
    }
}
