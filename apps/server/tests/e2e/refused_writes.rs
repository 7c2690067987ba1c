//! The sender on both databases while they refuse writes for seconds, as with a full disk.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use async_trait::async_trait;
use rstest::rstest;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use wabakit_domain::{
    Time,
    ids::{AttemptToken, IdBlock, MessageId, MetaMediaId, PhoneNumberId, Wamid},
    inbound::Party,
    message::MessageStatus,
    outbound::{Compose, Job, Priority, read_opaque},
};
use wabakit_ports::{
    fakes::{Fate, FaultyStore, MemoryBlobs, down},
    meta::{
        GrantAccess, MediaUpload, MetaError, MockMetaGateway, RawAnswer, RawRequest, SendFailure,
        SendGateway, SendReceipt,
    },
    store::{OutboxStore, Submission},
    system::Clock,
    vault::MockVault,
};
use wabakit_prove::Probe;
use wabakit_server::{SystemIds, SystemRandom};
use wabakit_services::{LocalBus, Ports, SendPorts, SendSettings, Sending};
use wabakit_storage_engine::{Database, StoreOptions};
use wabakit_store_contract::{
    at,
    receive::{ReceiveWorld, phone, text},
};

use crate::world::{Engine, Postgres, Sqlite};

const MESSAGES: usize = 135;
/// The milliseconds for which writes are refused, by episode.
const EPISODES: [u64; 4] = [4_000, 5_300, 6_700, 8_000];
/// The factor by which the test's clock runs faster than the real one.
const FASTER: u32 = 8;

/// A clock that follows the runtime's.
struct RuntimeClock(Instant);

impl Clock for RuntimeClock {
    fn now(&self) -> Time {
        let micros = i64::try_from(self.0.elapsed().as_micros()).unwrap();
        at(0) + chrono::Duration::microseconds(micros)
    }
}

/// A Meta that accepts every message, and answers after 0.5 to 2.5 seconds.
#[derive(Default)]
struct SlowMeta(Mutex<Vec<(MessageId, Option<AttemptToken>)>>);

#[async_trait]
impl SendGateway for SlowMeta {
    async fn send(
        &self,
        _: &GrantAccess,
        _: &PhoneNumberId,
        _: &str,
        opaque: &str,
    ) -> Result<SendReceipt, SendFailure> {
        let taken = {
            let mut taken = self.0.lock().unwrap();
            taken.push(read_opaque(opaque).unwrap());
            taken.len()
        };
        let spread = u64::try_from(taken * 397 % 2_000).unwrap();
        sleep(Duration::from_millis(500 + spread)).await;
        Ok(SendReceipt {
            wamid: Wamid::from(format!("wamid.{taken}")),
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
        panic!("nothing is read here")
    }
    async fn upload(
        &self,
        _: &GrantAccess,
        _: &PhoneNumberId,
        _: MediaUpload,
    ) -> Result<MetaMediaId, MetaError> {
        panic!("nothing has a file here")
    }
    async fn raw(&self, _: &GrantAccess, _: RawRequest) -> Result<RawAnswer, MetaError> {
        panic!("nothing is asked here")
    }
}

/// Makes the runtime's clock run faster than the real one. While this waits, tokio does not advance the clock by
/// itself, so a slow database is slow by this clock too.
#[expect(
    clippy::disallowed_methods,
    reason = "only real time passes while tokio's is held"
)]
async fn hurry() {
    let step = Duration::from_millis(2);
    loop {
        let wait = tokio::task::spawn_blocking(move || std::thread::sleep(step));
        wait.await.unwrap();
        tokio::time::advance(step * FASTER).await;
    }
}

fn compose(world: &ReceiveWorld, to: &str, now: Time) -> Compose {
    Compose {
        message: world.id(),
        party: phone(to),
        group_id: None,
        content: text(to),
        context: None,
        job: Job::new(Priority::Normal, now, now + chrono::Duration::days(1)),
        body: r#"{"type":"text","text":{"body":"x"}}"#.into(),
        file: None,
    }
}

#[rstest]
#[tokio::test]
async fn four_episodes_of_refused_writes_send_nothing_twice(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let probe = Probe::new(engine).await;
    let database = Database::open(probe.url(), &StoreOptions::default()).await;
    let database = database.unwrap();
    database.migrate().await.unwrap();
    let connect = wabakit_storage::store(&database);
    let inbox = wabakit_storage_inbox::store(&database);
    let world = ReceiveWorld::new(connect.clone(), inbox.clone()).await;
    let store = Arc::new(FaultyStore::new(inbox));
    let meta = Arc::<SlowMeta>::default();

    tokio::time::pause();
    let clock = tokio::spawn(hurry());
    let base = Ports {
        clock: Arc::new(RuntimeClock(Instant::now())),
        ids: Arc::new(SystemIds::default()),
        random: Arc::new(SystemRandom::default()),
        identity: connect.clone(),
        accounts: connect.clone(),
        connect: connect.clone(),
        meta_apps: connect.clone(),
        audit: connect.clone(),
        second_factors: connect.clone(),
        vault: Arc::new(MockVault::new()),
        meta: Arc::new(MockMetaGateway::new()),
        bus: Arc::new(LocalBus::default()),
        app_changes: Arc::default(),
        media_quota: None,
        supervisor: Default::default(),
    };
    let ports = SendPorts::new(
        base,
        (store.clone(), store.clone()),
        Arc::<MemoryBlobs>::default(),
        meta.clone(),
    );
    let settings = SendSettings {
        proof_wait: Duration::from_secs(20),
        ..SendSettings::default()
    };
    let process = Sending::new(ports.clone(), settings);
    let is_full = Arc::new(AtomicBool::new(false));
    let asked = is_full.clone();
    store.on_every(move |_| match asked.load(SeqCst) {
        true => Fate::Refused(down()),
        false => Fate::Done,
    });
    let stop = CancellationToken::new();
    let workers = process.sender.start(&stop);

    let number = &world.ours.number;
    let mut ids = Vec::new();
    for (episode, refused) in EPISODES.into_iter().enumerate() {
        let now = ports.base.clock.now();
        let to = |n| format!("4915{episode}{n:07}");
        let messages: Vec<_> = (0..MESSAGES)
            .map(|n| (number.id, compose(&world, &to(n), now)))
            .collect();
        ids.extend(messages.iter().map(|(_, one)| one.message));
        let submission = Submission {
            org: number.org,
            key: None,
            answer: String::new(),
            messages,
            audit: Vec::new(),
        };
        let block = IdBlock::at(ports.base.ids.next());
        let queued = store.submit(vec![submission], block, now);
        queued.await.unwrap();
        sleep(Duration::from_millis(700)).await;
        is_full.store(true, SeqCst);
        sleep(Duration::from_millis(refused)).await;
        is_full.store(false, SeqCst);
        let mut ends = HashMap::new();
        while ends.len() < ids.len() {
            sleep(Duration::from_millis(500)).await;
            for id in &ids {
                let found = world.store.message(number.org, *id).await.unwrap().unwrap();
                let status = found.message.status;
                if matches!(status, MessageStatus::Accepted | MessageStatus::Unknown) {
                    ends.insert(*id, status);
                }
            }
        }
    }
    stop.cancel();
    workers.join_all().await;
    clock.abort();

    let taken = meta.0.lock().unwrap().clone();
    let mut times: HashMap<MessageId, usize> = HashMap::new();
    for (message, token) in &taken {
        assert!(token.is_some());
        *times.entry(*message).or_default() += 1;
    }
    let twice = times.values().filter(|times| **times > 1).count();
    assert_eq!(twice, 0, "{} of {} were taken twice", twice, ids.len());
    for id in &ids {
        let found = world.store.message(number.org, *id).await.unwrap().unwrap();
        let (status, job) = (found.message.status, found.message.job.unwrap());
        let was_taken = times.contains_key(id);
        // Accepted messages are known as accepted, even with a late answer.
        assert_eq!(
            was_taken,
            status == MessageStatus::Accepted,
            "{status:?} {job:?}"
        );
        assert_eq!(job.duplicates, []);
    }
}
