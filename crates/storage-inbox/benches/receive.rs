//! Measures the cost of receiving in the store, on both engines: `cargo bench -p wabakit-storage-inbox`.
//!
//! The load generator, the store and PostgreSQL share the machine. Rates are rows (or items) a second.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unreachable,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement: it prints, and fails by panicking"
)]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    delivery::{Change, Delivery, Lane},
    ids::{AccountId, IdBlock, JournalBatchId, OrgId},
    inbound::{Fact, MessageContent, MessageFact, Origin, Party, StatusUpdate},
    inbox::Item,
    message::{Direction, ReportedStatus},
};
use wabakit_ports::store::{
    ApplyBatch, JournalBatch, QueueLimit, ReceiveStore, SplitWrite, StoreError,
};
use wabakit_storage_engine::{Database, StoreOptions};
use wabakit_testkit::TestDatabase;

const LANES: usize = 300;
const LANES_OF_ORG: usize = 3;
const CONTACTS_OF_LANE: usize = 100;
const ITEMS_OF_BODY: usize = 10;

fn now() -> Time {
    chrono::Utc::now()
}

fn block() -> IdBlock {
    IdBlock::at(Uuid::now_v7())
}

fn numbered(kind: u128, number: usize) -> Uuid {
    Uuid::from_u128((kind << 64) | number as u128)
}

fn batch(bodies: usize, size: usize) -> JournalBatch {
    let mut ids = block();
    JournalBatch {
        id: JournalBatchId(ids.base()),
        deliveries: (0..bodies)
            .map(|_| Delivery {
                id: ids.next().unwrap().into(),
                app: None,
                received_at: now(),
                body: vec![b'x'; size],
            })
            .collect(),
    }
}

async fn journal(store: &Arc<dyn ReceiveStore>, writers: usize, bodies: usize, size: usize) {
    let end = Instant::now() + Duration::from_secs(4);
    let mut tasks = JoinSet::new();
    for _ in 0..writers {
        let store = store.clone();
        tasks.spawn(async move {
            let mut written = 0;
            while Instant::now() < end {
                store.append(batch(bodies, size)).await.unwrap();
                written += bodies;
            }
            written
        });
    }
    let started = Instant::now();
    let written: usize = tasks.join_all().await.iter().sum();
    let rate = written as f64 / started.elapsed().as_secs_f64();
    println!(
        "  journal    {writers} writers × {bodies:>4} bodies of {size:>5} B: {rate:>8.0} bodies/s"
    );
}

/// Splits the journal into changes of `ITEMS_OF_BODY` items each.
async fn split(store: &Arc<dyn ReceiveStore>) -> usize {
    let (started, mut changes, mut lane) = (Instant::now(), 0, 0);
    loop {
        let batches = store.unsplit(4_000_000).await.unwrap();
        if batches.is_empty() {
            break;
        }
        let mut ids = block();
        let deliveries = batches.iter().flat_map(|batch| &batch.deliveries);
        let cut = deliveries.map(|delivery| {
            lane = (lane + 1) % LANES;
            Change {
                id: ids.next().unwrap().into(),
                delivery: delivery.id,
                org: Some(OrgId(numbered(1, lane / LANES_OF_ORG))),
                lane: Lane::Number(format!("1065{lane:011}").as_str().into()),
                entry_id: Some("102290129340398".into()),
                entry_time: None,
                field: "messages".into(),
                received_at: delivery.received_at,
                raw: delivery.body.clone(),
            }
        });
        let write = SplitWrite {
            changes: cut.collect(),
            batches: batches.iter().map(|batch| batch.id).collect(),
            unreadable: vec![],
        };
        changes += write.changes.len();
        store.split(write).await.unwrap();
    }
    let rate = changes as f64 / started.elapsed().as_secs_f64();
    println!("  split      {changes} deliveries: {rate:>8.0} changes/s");
    changes
}

/// Makes a message of one of the lane's contacts, or every third time a status of an echo.
fn item(lane: usize, serial: usize) -> Item {
    let contact = serial % CONTACTS_OF_LANE;
    let party = Party {
        phone: Some(format!("4915{lane:04}{contact:06}")),
        user_id: Some(format!("DE.{lane:06}{contact:010}").as_str().into()),
        profile_name: Some("Kerry Fisher".into()),
        ..Party::default()
    };
    let wamid = |serial: usize| {
        let id = Uuid::from_u128((serial as u128) << 64 | lane as u128);
        format!("wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQz{}A", id.simple())
            .as_str()
            .into()
    };
    let at = Time::from_timestamp(1_790_000_000 + (serial / 100) as i64, 0).unwrap();
    let echo = serial % 3 == 1;
    let fact = match serial % 3 {
        2 => Fact::Status(Box::new(StatusUpdate {
            wamid: wamid(serial - 1),
            status: ReportedStatus::Delivered,
            at,
            recipient: party,
            group_id: None,
            participant: None,
            opaque: None,
            pricing: None,
            conversation: None,
            errors: vec![],
            extra: None,
        })),
        _ => Fact::Message(Box::new(MessageFact {
            wamid: wamid(serial),
            direction: if echo {
                Direction::Outbound
            } else {
                Direction::Inbound
            },
            party,
            group_id: None,
            at,
            origin: if echo { Origin::Echo } else { Origin::Live },
            context: None,
            referral: None,
            content: MessageContent::Text {
                body: "Does it come in another color? I would like to have a red one.".into(),
            },
        })),
    };
    Item {
        org: OrgId(numbered(1, lane / LANES_OF_ORG)),
        accounts: vec![AccountId(numbered(2, lane))],
        received_at: now(),
        told_at: None,
        extra: None,
        digest: None,
        fact,
    }
}

async fn apply(store: &Arc<dyn ReceiveStore>, appliers: usize, changes: usize) {
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for applier in 0..appliers {
        let store = store.clone();
        tasks.spawn(async move {
            let mut serials = vec![0; LANES];
            let (mut items, mut conflicts, mut idle, mut batches) = (0, 0, 0, 0);
            while idle < 16 {
                idle = 0;
                for partition in
                    (0..16).filter(|partition| usize::from(*partition) % appliers == applier)
                {
                    let limit = QueueLimit {
                        changes,
                        per_lane: changes / 4,
                        bytes: 8_000_000,
                    };
                    let queued = store.queued(partition, None, limit).await.unwrap();
                    if queued.is_empty() {
                        idle += 16;
                        continue;
                    }
                    let mut cut = Vec::new();
                    for one in &queued {
                        let Lane::Number(number) = &one.change.lane else {
                            unreachable!()
                        };
                        let lane: usize = number.as_str()[4..].parse().unwrap();
                        for _ in 0..ITEMS_OF_BODY {
                            cut.push(item(lane, serials[lane]));
                            serials[lane] += 1;
                        }
                    }
                    items += cut.len();
                    batches += 1;
                    let mut batch = ApplyBatch {
                        dequeue: queued.iter().map(|one| one.change.id).collect(),
                        replayed: vec![],
                        unpark: vec![],
                        items: cut,
                        park: vec![],
                        audit: vec![],
                        ids: block(),
                        now: now(),
                    };
                    loop {
                        match store.apply(batch.clone()).await {
                            Ok(_) => break,
                            Err(StoreError::Conflict) => conflicts += 1,
                            Err(error) => panic!("{error:?}"),
                        }
                        batch.ids = block();
                    }
                }
            }
            (items, conflicts, batches)
        });
    }
    let done = tasks.join_all().await;
    let items: usize = done.iter().map(|(items, ..)| items).sum();
    let conflicts: usize = done.iter().map(|(_, conflicts, _)| conflicts).sum();
    let batches: usize = done.iter().map(|(.., batches)| batches).sum();
    let rate = items as f64 / started.elapsed().as_secs_f64();
    println!(
        "  apply      {appliers} appliers × {changes} changes of {ITEMS_OF_BODY}: {rate:>8.0} items/s \
         ({items} items, {batches} batches, {conflicts} conflicts)"
    );
}

async fn measure(name: &str, test: &TestDatabase) {
    println!("{name}");
    let database = Database::open(test.url(), &StoreOptions::default())
        .await
        .unwrap();
    database.migrate().await.unwrap();
    let store = wabakit_storage_inbox::store(&database);
    for (writers, bodies, size) in [
        (1, 100, 1_500),
        (2, 100, 1_500),
        (2, 256, 1_500),
        (1, 64, 6_000),
    ] {
        journal(&store, writers, bodies, size).await;
    }
    // Run twice: the first run creates the contacts.
    for (appliers, changes) in [(2, 50), (2, 100), (4, 100), (4, 20)] {
        drain(&store).await;
        for _ in 0..200 {
            store.append(batch(100, 6_000)).await.unwrap();
        }
        split(&store).await;
        apply(&store, appliers, changes).await;
    }
}

/// Empties the journal and the queue.
async fn drain(store: &Arc<dyn ReceiveStore>) {
    loop {
        let batches = store.unsplit(usize::MAX).await.unwrap();
        if batches.is_empty() {
            break;
        }
        let write = SplitWrite {
            batches: batches.iter().map(|batch| batch.id).collect(),
            ..SplitWrite::default()
        };
        store.split(write).await.unwrap();
    }
}

fn main() {
    // `cargo test --benches` only checks that this starts.
    if std::env::args().all(|arg| arg != "--bench") {
        return;
    }
    let only: Option<String> = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        if wanted("sqlite") {
            measure("SQLite", &TestDatabase::sqlite()).await;
        }
        if wanted("postgres") {
            measure("PostgreSQL", &TestDatabase::postgres().await).await;
        }
    });
}
