//! Measures the cost of sending in the store, on both engines: `cargo bench -p wabakit-storage-inbox --bench send`.
//!
//! The load generator, the store and PostgreSQL share the machine. Rates are messages a second.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement: it prints, and fails by panicking"
)]

use std::time::{Duration, Instant};

use uuid::Uuid;
use wabakit_domain::{
    account::Account,
    ids::{IdBlock, MessageId},
    inbound::{Fact, MessageContent, Party},
    inbox::Item,
    outbound::{Compose, Job, Outcome, Priority, SendFact, SendStep},
};
use wabakit_ports::store::{Dispatch, DueLimit, OutboxStore, StoreError, Submission};
use wabakit_storage_engine::{Database, StoreOptions};
use wabakit_store_contract::{
    at,
    outbox::token,
    receive::{ReceiveWorld, item},
};
use wabakit_testkit::TestDatabase;

const MESSAGES: usize = 20_000;
const CONTACTS: usize = 5_000;
const SUBMITTED: usize = 1_000;
const SENT: usize = 250;

fn compose(serial: usize, priority: Priority) -> Compose {
    let body = "Your order is on its way. You can follow it on our page.";
    Compose {
        message: MessageId(Uuid::now_v7()),
        party: Party {
            phone: Some(format!("4915{:08}", serial % CONTACTS)),
            ..Party::default()
        },
        group_id: None,
        content: MessageContent::Text { body: body.into() },
        context: None,
        job: Job {
            client_reference: Some(format!("order-{serial}")),
            ..Job::new(priority, at(0), at(100_000))
        },
        body: format!(
            r#"{{"recipient_type":"individual","to":"49151","type":"text","text":{{"body":"{body}"}}}}"#
        ),
        file: None,
    }
}

/// The time and count of one kind of call.
#[derive(Default)]
struct Spent(Duration, usize);

impl Spent {
    async fn on<T>(&mut self, messages: usize, work: impl Future<Output = T>) -> T {
        let started = Instant::now();
        let done = work.await;
        self.0 += started.elapsed();
        self.1 += messages;
        done
    }
    fn rate(&self) -> f64 {
        self.1 as f64 / self.0.as_secs_f64()
    }
}

async fn submit(outbox: &dyn OutboxStore, by: &Account, messages: Vec<Compose>) {
    let submission = Submission {
        org: by.org,
        key: None,
        answer: String::new(),
        messages: messages.into_iter().map(|one| (by.id, one)).collect(),
        audit: Vec::new(),
    };
    let ids = IdBlock::at(Uuid::now_v7());
    outbox.submit(vec![submission], ids, at(10)).await.unwrap();
}

fn accepted(by: &Account, message: MessageId) -> Item {
    let outcome = Outcome::Accepted {
        wamid: format!("wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQz{}A", message.0.simple())
            .as_str()
            .into(),
        recipient: None,
    };
    let step = SendStep::Outcome {
        token: token(1),
        outcome,
    };
    item(by, Fact::Send(Box::new(SendFact { message, step })))
}

async fn measure(name: &str, test: &TestDatabase) {
    println!("{name}");
    let database = Database::open(test.url(), &StoreOptions::default())
        .await
        .unwrap();
    database.migrate().await.unwrap();
    let store = wabakit_storage_inbox::store(&database);
    let outbox = wabakit_storage_inbox::outbox(&database);
    let world = ReceiveWorld::new(wabakit_storage::store(&database), store.clone()).await;
    let by = world.ours.number.clone();

    // Run twice: the first run creates the contacts.
    for _ in 0..2 {
        let mut submitted = Spent::default();
        for call in 0..MESSAGES / SUBMITTED {
            let messages = (0..SUBMITTED).map(|n| compose(call * SUBMITTED + n, Priority::Low));
            let messages = messages.collect();
            let call = submit(&*outbox, &by, messages);
            submitted.on(SUBMITTED, call).await;
        }
        println!(
            "  submit     {SUBMITTED} a call: {:>8.0} messages/s",
            submitted.rate()
        );
        send(&world, &*outbox, &by).await;
    }

    // One reply behind all of them.
    for _ in 0..100_000 / SUBMITTED {
        let messages = (0..SUBMITTED).map(|n| compose(n, Priority::Low)).collect();
        submit(&*outbox, &by, messages).await;
    }
    let few = DueLimit {
        messages: 1,
        per_flow: 1,
    };
    let mut found = Spent::default();
    for serial in 0..100 {
        submit(&*outbox, &by, vec![compose(serial, Priority::High)]).await;
    }
    for _ in 0..100 {
        let due = outbox.due(by.id, None, vec![], at(20), few);
        let due = found.on(1, due).await.unwrap();
        assert_eq!(due[0].priority, Priority::High);
    }
    let each = found.0 / 100;
    println!("  due        one reply before 100,000 others: {each:>8.0?}");
    let mut idle = Spent::default();
    for _ in 0..100 {
        idle.on(1, outbox.idle_queues(at(90_000), 100))
            .await
            .unwrap();
    }
    println!("  idle       of 100,000 messages: {:>8.0?}", idle.0 / 100);
}

/// Sends all due messages.
async fn send(world: &ReceiveWorld, outbox: &dyn OutboxStore, by: &Account) {
    let owner = Uuid::from_u128(1);
    let lease = outbox.lease_queues(owner, vec![by.id], at(10), at(1_000));
    let epoch = lease.await.unwrap()[0].epoch;
    let limit = DueLimit {
        messages: SENT,
        per_flow: SENT,
    };
    let mut spent: [Spent; 3] = Default::default();
    let started = Instant::now();
    let mut sent = 0;
    loop {
        let due = outbox.due(by.id, None, vec![], at(20), limit);
        let due = spent[0].on(SENT, due).await.unwrap();
        if due.is_empty() {
            break;
        }
        let dispatch = Dispatch {
            account: by.id,
            epoch,
            messages: due.iter().map(|one| (one.id, token(1))).collect(),
        };
        let dispatch = outbox.dispatch(owner, vec![dispatch], at(20));
        let begun = spent[1].on(SENT, dispatch).await.unwrap();
        assert_eq!(begun.len(), due.len());
        let items: Vec<Item> = begun.iter().map(|id| accepted(by, *id)).collect();
        let results = async {
            loop {
                let mut batch = world.batch(items.clone());
                batch.ids = IdBlock::at(Uuid::now_v7());
                match world.store.apply(batch).await {
                    Ok(_) => break,
                    Err(StoreError::Conflict) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
        };
        spent[2].on(SENT, results).await;
        sent += begun.len();
    }
    let rate = sent as f64 / started.elapsed().as_secs_f64();
    println!(
        "  send       {SENT} a batch: {rate:>8.0} messages/s (due {:.0}, dispatch {:.0}, results {:.0})",
        spent[0].rate(),
        spent[1].rate(),
        spent[2].rate()
    );
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
