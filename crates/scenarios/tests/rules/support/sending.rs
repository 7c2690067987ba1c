//! A world that sends: a connected number, a queue, a clock that follows the runtime's, and a scripted Meta.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream;
use tokio::{task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    account::Account,
    ids::{IdBlock, MessageId, MetaMediaId, PhoneNumberId, Wamid},
    inbound::{Fact, MessageContent, MessageFact, MetaFault, Origin, Party},
    inbox::Item,
    message::{Direction, Message, MessageStatus},
    outbound::{Certainty, Compose, Job, Priority, read_opaque},
};
use wabakit_ports::{
    blob::{BlobKey, source},
    fakes::MemoryBlobs,
    meta::{
        GrantAccess, MediaUpload, MetaError, RawAnswer, RawRequest, SendFailure, SendGateway,
        SendReceipt,
    },
    store::{ApplyBatch, Submission, Upload, VerifiedWrite},
    system::Clock,
};
use wabakit_services::{Ports, SendPorts, SendSettings, Sending};

use super::{FaultyStore, World};

/// A proof is awaited for two minutes only: each second of it costs polls of a real database.
fn settings() -> SendSettings {
    SendSettings {
        proof_wait: Duration::from_secs(120),
        ..SendSettings::default()
    }
}

/// A clock that follows the runtime's, which tests stop and advance.
pub(crate) struct RuntimeClock(Time, Instant);

impl Clock for RuntimeClock {
    fn now(&self) -> Time {
        let micros = self.1.elapsed().as_micros();
        self.0 + chrono::Duration::microseconds(i64::try_from(micros).unwrap())
    }
}

/// Meta's reaction to one request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Takes,
    Fails(SendFailure),
    /// Refuses the message, and answers only after a while.
    FailsLate(Duration, SendFailure),
    /// Accepts the message, and answers only after a while.
    TakesLate(Duration),
    /// The code that calls Meta panics.
    Panics,
}

/// A request that Meta received.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) message: MessageId,
    pub(crate) at: Instant,
}

/// A scripted Meta. After the script it accepts everything.
#[derive(Default)]
pub(crate) struct FakeGateway {
    pub(crate) script: Mutex<VecDeque<Act>>,
    got: Mutex<Vec<Got>>,
    accepted: Mutex<Vec<MessageId>>,
    slow: Mutex<Duration>,
    always: Mutex<HashMap<MessageId, SendFailure>>,
    upload_in: Mutex<Duration>,
    uploads: AtomicUsize,
}

impl FakeGateway {
    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// Returns the accepted messages, in order.
    pub(crate) fn accepted(&self) -> Vec<MessageId> {
        self.accepted.lock().unwrap().clone()
    }

    /// Delays the answers to requests that are not scripted.
    pub(crate) fn slow_by(&self, wait: Duration) {
        *self.slow.lock().unwrap() = wait;
    }

    /// Makes this message fail at every attempt.
    pub(crate) fn always(&self, message: MessageId, failure: SendFailure) {
        self.always.lock().unwrap().insert(message, failure);
    }

    /// Delays uploads.
    pub(crate) fn upload_in(&self, wait: Duration) {
        *self.upload_in.lock().unwrap() = wait;
    }

    pub(crate) fn uploads(&self) -> usize {
        self.uploads.load(Ordering::SeqCst)
    }

    pub(crate) fn script(&self, acts: impl IntoIterator<Item = Act>) {
        self.script.lock().unwrap().extend(acts);
    }
}

#[async_trait]
impl SendGateway for FakeGateway {
    async fn send(
        &self,
        _: &GrantAccess,
        _: &PhoneNumberId,
        _: &str,
        opaque: &str,
    ) -> Result<SendReceipt, SendFailure> {
        let act = self.script.lock().unwrap().pop_front();
        let (message, _) = read_opaque(opaque).unwrap();
        let at = Instant::now();
        let wamid = {
            let mut got = self.got.lock().unwrap();
            got.push(Got { message, at });
            match got.iter().filter(|got| got.message == message).count() {
                1 => Wamid::from(format!("wamid.{message}")),
                more => Wamid::from(format!("wamid.{message}.{more}")),
            }
        };
        if let Some(failure) = self.always.lock().unwrap().get(&message) {
            return Err(failure.clone());
        }
        match act.unwrap_or(Act::Takes) {
            Act::Fails(failure) => return Err(failure),
            Act::FailsLate(wait, failure) => {
                tokio::time::sleep(wait).await;
                return Err(failure);
            }
            Act::Panics => panic!("a fault of ours"),
            Act::TakesLate(wait) => tokio::time::sleep(wait).await,
            Act::Takes => {
                let wait = *self.slow.lock().unwrap();
                if !wait.is_zero() {
                    tokio::time::sleep(wait).await;
                }
            }
        }
        self.accepted.lock().unwrap().push(message);
        Ok(SendReceipt {
            wamid,
            recipient: Party::default(),
            message_status: None,
            usage_percent: None,
        })
    }
    async fn mark_read(
        &self,
        _: &GrantAccess,
        _: &PhoneNumberId,
        _: &Wamid,
        _: bool,
    ) -> Result<(), MetaError> {
        Ok(())
    }
    async fn upload(
        &self,
        _: &GrantAccess,
        _: &PhoneNumberId,
        _: MediaUpload,
    ) -> Result<MetaMediaId, MetaError> {
        self.uploads.fetch_add(1, Ordering::SeqCst);
        let wait = *self.upload_in.lock().unwrap();
        tokio::time::sleep(wait).await;
        Ok("media".into())
    }
    async fn raw(&self, _: &GrantAccess, _: RawRequest) -> Result<RawAnswer, MetaError> {
        panic!("the engine makes no raw requests")
    }
}

pub(crate) fn failure(certainty: Certainty, code: Option<i64>) -> SendFailure {
    SendFailure {
        certainty,
        fault: code.map(|code| MetaFault {
            code,
            title: None,
            message: None,
            details: None,
            href: None,
        }),
        http_status: Some(400),
        retry_after: None,
        usage_percent: None,
        detail: "scripted".into(),
    }
}

pub(crate) struct SendWorld {
    pub(crate) world: World,
    pub(crate) store: Arc<FaultyStore>,
    pub(crate) gateway: Arc<FakeGateway>,
    pub(crate) ports: SendPorts,
    pub(crate) account: Account,
}

impl SendWorld {
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let account = world.connected().await;
        let store = Arc::new(FaultyStore::new(world.inbox.clone()));
        let gateway = Arc::<FakeGateway>::default();
        let mut base = world.ports.clone();
        base.clock = Arc::new(RuntimeClock(world.clock.now(), Instant::now()));
        let ports = ports(base, &store, &gateway);
        Self {
            world,
            store,
            gateway,
            ports,
            account,
        }
    }

    pub(crate) fn now(&self) -> Time {
        self.ports.base.clock.now()
    }

    /// Makes another process over the same store.
    pub(crate) fn process(&self) -> Sending {
        Sending::new(self.ports.clone(), settings())
    }

    /// Makes another process over the same rows, with its own connection.
    pub(crate) fn neighbour(&self) -> (Sending, Arc<FaultyStore>) {
        let store = Arc::new(FaultyStore::new(self.world.inbox.clone()));
        let ports = ports(self.ports.base.clone(), &store, &self.gateway);
        (Sending::new(ports, settings()), store)
    }

    /// Raises Meta's rate of the number.
    pub(crate) async fn upgrade(&self) {
        let (store, org) = (&self.world.store, self.account.org);
        let (mut account, _) = store.account(org, self.account.id).await.unwrap().unwrap();
        account.health.throughput_level = Some("HIGH".into());
        let ids = IdBlock::at(self.ports.base.ids.next());
        let write = VerifiedWrite::account(account, ids, vec![]);
        store.save_account(org, write).await.unwrap();
    }

    fn compose(&self, to: &str, priority: Priority, flow: &str) -> Compose {
        let (message, now) = (MessageId(self.ports.base.ids.next()), self.now());
        Compose {
            message,
            party: Party {
                phone: Some(to.into()),
                ..Party::default()
            },
            group_id: None,
            content: MessageContent::Text { body: to.into() },
            context: None,
            job: Job {
                flow: flow.into(),
                ..Job::new(priority, now, now + chrono::Duration::days(1))
            },
            body: r#"{"type":"text","text":{"body":"x"}}"#.into(),
            file: None,
        }
    }

    /// Queues messages to these numbers.
    pub(crate) async fn queue(
        &self,
        to: impl IntoIterator<Item = String>,
        priority: Priority,
        flow: &str,
    ) -> Vec<MessageId> {
        let messages: Vec<_> = to
            .into_iter()
            .map(|to| self.compose(&to, priority, flow))
            .collect();
        let ids = messages.iter().map(|compose| compose.message).collect();
        for messages in messages.chunks(1_000) {
            self.submit(messages.to_vec()).await;
        }
        ids
    }

    /// Queues a picture to this number.
    pub(crate) async fn queue_picture(&self, to: &str) -> MessageId {
        let (org, now) = (self.account.org, self.now());
        let id = self.ports.base.ids.next();
        let key = BlobKey::new(org, now, id);
        let bytes = source(stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(
            b"x",
        ))]));
        self.ports.blobs.put(&key, bytes, None).await.unwrap();
        let upload = Upload {
            id: id.into(),
            org,
            key: key.as_str().into(),
            sha256: [7; 32],
            mime_type: "image/png".into(),
            filename: None,
            size: 1,
            created_at: now,
        };
        self.world
            .inbox
            .save_upload(upload, None, Vec::new())
            .await
            .unwrap();
        let mut compose = self.compose(to, Priority::Normal, "");
        compose.body = format!(r#"{{"to":"{to}","type":"image","image":{{"id":"{id}"}}}}"#);
        let message = compose.message;
        self.submit(vec![compose]).await;
        message
    }

    async fn submit(&self, messages: Vec<Compose>) {
        let submission = Submission {
            org: self.account.org,
            key: None,
            answer: String::new(),
            messages: messages
                .into_iter()
                .map(|one| (self.account.id, one))
                .collect(),
            audit: Vec::new(),
        };
        let block = IdBlock::at(self.ports.base.ids.next());
        let queued = self.world.inbox.submit(vec![submission], block, self.now());
        queued.await.unwrap();
    }

    /// Applies a fact of Meta's.
    pub(crate) async fn apply(&self, fact: Fact) {
        let item = Item {
            org: self.account.org,
            accounts: vec![self.account.id],
            received_at: self.now(),
            told_at: None,
            extra: None,
            digest: None,
            fact,
        };
        let batch = ApplyBatch {
            dequeue: vec![],
            replayed: vec![],
            unpark: vec![],
            items: vec![item],
            park: vec![],
            ids: IdBlock::at(self.ports.base.ids.next()),
            now: self.now(),
            audit: Vec::new(),
        };
        self.world.inbox.apply(batch).await.unwrap();
    }

    /// Receives a message of a customer.
    pub(crate) async fn hears(&self, from: &str, wamid: &str) {
        let party = Party {
            phone: Some(from.into()),
            ..Party::default()
        };
        self.apply(Fact::Message(Box::new(MessageFact {
            wamid: wamid.into(),
            direction: Direction::Inbound,
            party,
            group_id: None,
            at: self.now(),
            origin: Origin::Live,
            context: None,
            referral: None,
            content: MessageContent::Text { body: "hi".into() },
        })))
        .await;
    }

    pub(crate) async fn queue_one(&self) -> MessageId {
        self.queue(people(1), Priority::Normal, "").await[0]
    }

    pub(crate) async fn message(&self, id: MessageId) -> Message {
        let found = self.world.inbox.message(self.account.org, id).await;
        found.unwrap().unwrap().message
    }

    /// Waits until the message has this status, for a limited time of the runtime's clock. The longer it waits, the less
    /// often it looks.
    pub(crate) async fn until(&self, id: MessageId, status: MessageStatus) -> Message {
        let begun = Instant::now();
        let wait = async {
            loop {
                let message = self.message(id).await;
                if message.status == status {
                    return message;
                }
                let look_again = (begun.elapsed() / 20).max(Duration::from_millis(50));
                tokio::time::sleep(look_again).await;
            }
        };
        let wait = tokio::time::timeout(Duration::from_secs(3_600), wait);
        match wait.await {
            Ok(message) => message,
            Err(_) => panic!("it never was {status:?}: {:?}", self.message(id).await),
        }
    }

    /// Returns how often Meta received each of these messages.
    pub(crate) fn times(&self, ids: &[MessageId]) -> Vec<usize> {
        let got = self.gateway.got();
        let times = |id: &MessageId| got.iter().filter(|got| got.message == *id).count();
        ids.iter().map(times).collect()
    }
}

fn ports(base: Ports, store: &Arc<FaultyStore>, gateway: &Arc<FakeGateway>) -> SendPorts {
    SendPorts::new(
        base,
        (store.clone(), store.clone()),
        Arc::<MemoryBlobs>::default(),
        gateway.clone(),
    )
}

/// The running workers of a process.
pub(crate) struct Running {
    pub(crate) stop: CancellationToken,
    workers: JoinSet<()>,
    writers: JoinSet<()>,
}

impl Running {
    pub(crate) fn start(process: &Sending) -> Self {
        let stop = CancellationToken::new();
        Self {
            workers: process.sender.start(&stop),
            writers: process.start(&stop),
            stop,
        }
    }

    pub(crate) async fn end(self) {
        self.stop.cancel();
        let all = async { tokio::join!(self.workers.join_all(), self.writers.join_all()) };
        tokio::time::timeout(Duration::from_secs(60), all)
            .await
            .unwrap();
    }
}

/// Makes so many numbers, each of another person.
pub(crate) fn people(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|n| format!("1555{n:07}"))
}

/// Returns the owner of no process.
pub(crate) fn stranger() -> Uuid {
    Uuid::from_u128(0xdead)
}
