//! The suite that every store that sends must pass, on both engines, and what it owes to each: plans, locks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

#[path = "../../storage-engine/tests/common/mod.rs"]
mod common;

use std::{collections::HashMap, sync::Arc};

use common::Lab;
use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query,
    sql_types::Text,
};
use tokio::task::JoinSet;
use uuid::Uuid;
use wabakit_domain::{
    account::Account,
    ids::{MessageId, Wamid},
    inbound::Fact,
    inbox::Item,
    message::{Message, MessageStatus, ReportedStatus},
    outbound::{Compose, Job, JobState, Outcome, Priority, SendFact, SendStep, opaque},
};
use wabakit_ports::{
    contract::{
        at,
        outbox::token,
        receive::{ReceiveWorld, item, of_status, phone, status, text},
    },
    store::{Dispatch, DueLimit, OutboxStore, StoreError, Submission, Submitted},
};

on_both_engines! {
    what_is_due_is_found_by_the_index_alone
    what_stands_somewhere_is_counted_by_the_index_alone
    the_oldest_changes_of_a_long_lane_are_found_by_the_index_alone
    a_reply_overtakes_a_long_queue
    outcomes_and_statuses_written_at_once_lose_nothing
    two_senders_that_dispatch_at_once_send_each_message_once
}

mod contract {
    use std::sync::Arc;

    use wabakit_ports::store::{OutboxStore, ReceiveStore, Store};
    use wabakit_storage_engine::Database;
    use wabakit_testkit::TestDatabase;

    type Stores = (
        Arc<dyn Store>,
        Arc<dyn ReceiveStore>,
        Arc<dyn OutboxStore>,
        TestDatabase,
    );

    fn stores((database, test): (Database, TestDatabase)) -> Stores {
        (
            wabakit_storage::store(&database),
            wabakit_storage_inbox::store(&database),
            wabakit_storage_inbox::outbox(&database),
            test,
        )
    }

    mod sqlite {
        wabakit_ports::outbox_contract!(async { super::stores(crate::common::sqlite().await) });
    }

    mod postgres {
        wabakit_ports::outbox_contract!(async { super::stores(crate::common::postgres().await) });
    }
}

async fn world(lab: &Lab) -> (ReceiveWorld, Arc<dyn OutboxStore>) {
    let database = lab.migrated().await;
    let connect = wabakit_storage::store(&database);
    let world = ReceiveWorld::new(connect, wabakit_storage_inbox::store(&database)).await;
    (world, wabakit_storage_inbox::outbox(&database))
}

fn compose(world: &ReceiveWorld, to: &str, priority: Priority, flow: &str) -> Compose {
    Compose {
        message: world.id(),
        party: phone(to),
        group_id: None,
        content: text("Hello"),
        context: None,
        job: Job {
            state: JobState::Queued,
            priority,
            flow: flow.into(),
            due_at: at(1_000),
            expires_at: at(90_000),
            attempt: 0,
            epoch: 0,
            dispatched_at: None,
            token: None,
            in_doubt: 0,
            duplicates: vec![],
            wait: None,
            client_reference: None,
            author: None,
        },
        body: r#"{"type":"text"}"#.into(),
        file: None,
    }
}

async fn submit(
    world: &ReceiveWorld,
    outbox: &Arc<dyn OutboxStore>,
    by: &Account,
    messages: Vec<Compose>,
) -> Vec<Message> {
    let submission = Submission {
        org: by.org,
        key: None,
        answer: String::new(),
        messages: messages.into_iter().map(|one| (by.id, one)).collect(),
    };
    let submitted = outbox.submit(vec![submission], world.ids(), at(1_000));
    match submitted.await.unwrap().0.remove(0) {
        Submitted::Queued(messages) => messages,
        other => panic!("{other:?}"),
    }
}

const LIMIT: DueLimit = DueLimit {
    messages: 100,
    per_flow: 10,
};

/// Rows of bulk in the queue of a number: so many flows, so many messages of each, due one after another.
async fn fill(lab: &Lab, by: &Account, flows: usize, each: usize) {
    let (id, literal) = match lab.sqlite_path() {
        Some(_) => ("randomblob(16)".to_owned(), "X'"),
        None => ("gen_random_uuid()".to_owned(), "'"),
    };
    let uuid = |id: Uuid| match lab.sqlite_path() {
        Some(_) => format!("{literal}{}'", id.simple()),
        None => format!("{literal}{id}'::uuid"),
    };
    let time = |seconds: &str| match lab.sqlite_path() {
        Some(_) => format!("({} + ({seconds}) * 1000000)", at(0).timestamp_micros()),
        None => format!(
            "(timestamptz '{}' + ({seconds}) * interval '1 second')",
            at(0)
        ),
    };
    let (org, account, thread) = (uuid(by.org.0), uuid(by.id.0), uuid(Uuid::from_u128(7)));
    let (now, due, end) = (time("0"), time("n"), time("1000000"));
    let statement = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {each}), \
         flows (f) AS (SELECT 1 UNION ALL SELECT f + 1 FROM flows WHERE f < {flows}) \
         INSERT INTO messages (id, org_id, account_id, conversation_id, direction, content, status, at, created_at, \
            queue, priority, flow, due_at, expires_at, attempt, epoch, body) \
         SELECT {id}, {org}, {account}, {thread}, 'outbound', '{{\"type\":\"text\",\"body\":\"Hello\"}}', 'queued', \
            {now}, {now}, 0, 2, 'bulk' || f, {due}, {end}, 0, 0, '{{}}' FROM numbers CROSS JOIN flows"
    );
    lab.execute(&statement).await.unwrap();
    lab.execute("ANALYZE").await.unwrap();
}

const HEADS: &str = include_str!("../src/queries/outbox/heads.sql");
const FLOW: &str = include_str!("../src/queries/outbox/flow.sql");
const IDLE: &str = include_str!("../src/queries/outbox/idle.sql");
const FAIRLY: &str = include_str!("../src/queries/fairly.sql");
const STATES: &str = include_str!("../src/queries/outbox/states.sql");

/// How the engine would read this.
async fn plan(lab: &Lab, sql: &str, binds: &[String]) -> Vec<String> {
    let lines = sql.lines().filter(|line| !line.starts_with("--"));
    let mut sql = lines.collect::<Vec<_>>().join(" ");
    for (place, bind) in binds.iter().enumerate() {
        sql = sql.replace(&format!("${}", place + 1), bind);
    }
    let Some(path) = lab.sqlite_path() else {
        return lab
            .texts(&format!("EXPLAIN (ANALYZE, TIMING OFF) {sql}"))
            .await;
    };
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }
    let mut conn = SqliteConnection::establish(path).unwrap();
    let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {sql}"))
        .load(&mut conn)
        .unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}

/// A number's id and a time, as the engine writes them.
fn literals(lab: &Lab, by: &Account, seconds: i64) -> (String, String) {
    match lab.sqlite_path() {
        Some(_) => (
            format!("X'{}'", by.id.0.simple()),
            at(seconds).timestamp_micros().to_string(),
        ),
        None => (
            format!("'{}'::uuid", by.id.0),
            format!("timestamptz '{}'", at(seconds)),
        ),
    }
}

async fn what_stands_somewhere_is_counted_by_the_index_alone(lab: Lab) {
    let (world, _) = world(&lab).await;
    let by = &world.ours.number;
    fill(&lab, by, 4, 2_500).await;
    let (account, until) = literals(&lab, by, 100);
    let taken = format!(
        "UPDATE messages SET queue = NULL, status = 'sent', underway_since = due_at \
         WHERE flow = 'bulk1' AND due_at <= {until}"
    );
    lab.execute(&taken).await.unwrap();
    lab.execute("ANALYZE").await.unwrap();
    let plan = plan(&lab, STATES, &[account, "1000".to_owned(), until]).await;
    for index in ["messages_queue", "messages_underway"] {
        assert!(
            plan.iter().any(|step| step.contains(index)),
            "{index}: {plan:#?}"
        );
    }
    for slow in ["Seq Scan", "SCAN m"] {
        assert!(!plan.iter().any(|step| step.contains(slow)), "{plan:#?}");
    }
}

async fn the_oldest_changes_of_a_long_lane_are_found_by_the_index_alone(lab: Lab) {
    let _world = world(&lab).await;
    let (id, no) = match lab.sqlite_path() {
        Some(_) => ("randomblob(16)", "0"),
        None => ("gen_random_uuid()", "false"),
    };
    let queued = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5000) \
         INSERT INTO change_queue (change_id, partition, lane, bytes, is_replay) \
         SELECT {id}, 3, 'n:1', 600, {no} FROM numbers"
    );
    lab.execute(&queued).await.unwrap();
    lab.execute("ANALYZE").await.unwrap();
    let binds = ["3", "''", "'~'", "100", "400"].map(str::to_owned);
    let plan = plan(&lab, FAIRLY, &binds).await;
    let by_id = |step: &String| step.contains("change_id<?") || step.contains("change_id <=");
    assert!(plan.iter().any(by_id), "{plan:#?}");
    let reads = |step: &&String| step.contains("change_queue");
    for read in plan.iter().filter(reads) {
        assert!(!read.contains("Seq Scan"), "{plan:#?}");
    }
}

async fn what_is_due_is_found_by_the_index_alone(lab: Lab) {
    let (world, _) = world(&lab).await;
    let by = &world.ours.number;
    fill(&lab, by, 4, 2_500).await;
    let (account, now) = literals(&lab, by, 1_000);
    let heads = format!("{HEADS} SELECT heads.id FROM heads WHERE heads.id IS NOT NULL");
    let (low, flow, most) = ("2".to_owned(), "'bulk1'".to_owned(), "100".to_owned());
    let heads = plan(&lab, &heads, std::slice::from_ref(&account)).await;
    let flow = plan(&lab, FLOW, &[account, low, flow, now.clone(), most.clone()]).await;
    let idle = plan(&lab, IDLE, &[now, most]).await;
    // From one flow the index leads to the next, not from one message.
    let by_flow = |step: &String| step.contains("flow > h") || step.contains("flow>?");
    for walk in [&heads, &idle] {
        assert!(walk.iter().any(by_flow), "{walk:#?}");
    }
    for plan in [heads, flow, idle] {
        assert!(
            plan.iter().any(|step| step.contains("messages_queue")),
            "{plan:#?}"
        );
        for slow in ["Seq Scan on messages", "Sort Key: m", "SCAN m", "SCAN h"] {
            let is_slow = |step: &&String| step.contains(slow) && !step.contains("INDEX");
            let found = plan
                .iter()
                .find(is_slow)
                .filter(|step| !step.contains("heads"));
            assert_eq!(found, None, "{plan:#?}");
        }
    }
}

async fn a_reply_overtakes_a_long_queue(lab: Lab) {
    let (world, outbox) = world(&lab).await;
    let by = world.ours.number.clone();
    fill(&lab, &by, 2, 5_000).await;
    let reply = compose(&world, "4915100000001", Priority::High, "");
    let reply = submit(&world, &outbox, &by, vec![reply]).await.remove(0);
    let due = outbox.due(by.id, None, vec![], at(2_000), LIMIT).await;
    let due = due.unwrap();
    assert_eq!(due[0].id, reply.id);
    assert_eq!(due.len(), 100);
    assert!(due[1..].iter().all(|one| one.priority == Priority::Low));
}

/// Dispatches all that is due of a number, and gives it in order of the ids.
async fn dispatch_all(outbox: &Arc<dyn OutboxStore>, by: &Account) -> Vec<MessageId> {
    let owner = Uuid::from_u128(1);
    let lease = outbox.lease_queues(owner, vec![by.id], at(1_000), at(9_000));
    let epoch = lease.await.unwrap()[0].epoch;
    let all = DueLimit {
        messages: 10_000,
        per_flow: 10_000,
    };
    let due = outbox
        .due(by.id, None, vec![], at(1_001), all)
        .await
        .unwrap();
    let dispatch = Dispatch {
        account: by.id,
        epoch,
        messages: due.iter().map(|one| (one.id, token(1))).collect(),
    };
    let mut sent = outbox
        .dispatch(owner, vec![dispatch], at(1_001))
        .await
        .unwrap();
    sent.sort();
    assert_eq!(sent.len(), due.len());
    sent
}

async fn apply(world: &ReceiveWorld, items: Vec<Item>) {
    loop {
        match world.store.apply(world.batch(items.clone())).await {
            Ok(_) => return,
            Err(StoreError::Conflict) => tokio::task::yield_now().await,
            Err(error) => panic!("{error:?}"),
        }
    }
}

async fn outcomes_and_statuses_written_at_once_lose_nothing(lab: Lab) {
    let (world, outbox) = world(&lab).await;
    let by = &world.ours.number.clone();
    let messages = (0..200).map(|n| compose(&world, &format!("49151{n:08}"), Priority::Normal, ""));
    submit(&world, &outbox, by, messages.collect()).await;
    let sent = dispatch_all(&outbox, by).await;
    assert_eq!(sent.len(), 200);
    let wamid = |id: &MessageId| Wamid::from(format!("wamid.{id}"));
    let accepted = sent.iter().map(|id| {
        let outcome = Outcome::Accepted { wamid: wamid(id) };
        let step = SendStep::Outcome {
            token: token(1),
            outcome,
        };
        item(by, Fact::Send(Box::new(SendFact { message: *id, step })))
    });
    let reported = |what: ReportedStatus| {
        let reported = sent.iter().map(move |id| {
            let mut told = status(wamid(id).as_str(), what, 1_002);
            told.opaque = Some(opaque(*id, token(1)));
            of_status(by, told)
        });
        reported.collect::<Vec<Item>>()
    };
    let mut backwards = reported(ReportedStatus::Delivered);
    backwards.reverse();
    let mut tasks = JoinSet::new();
    for items in [
        accepted.collect(),
        reported(ReportedStatus::Sent),
        backwards,
    ] {
        for batch in items.chunks(40) {
            let (world, batch) = (world.clone(), batch.to_vec());
            tasks.spawn(async move { apply(&world, batch).await });
        }
    }
    tasks.join_all().await;
    for id in sent {
        let detail = world.store.message(by.org, id).await.unwrap().unwrap();
        let message = detail.message;
        assert_eq!(message.status, MessageStatus::Delivered);
        assert_eq!(message.wamid, Some(wamid(&id)));
        assert_eq!(message.job.unwrap().state, JobState::Done);
        assert_eq!(detail.timeline.len(), 2, "{:?}", detail.timeline);
    }
}

async fn two_senders_that_dispatch_at_once_send_each_message_once(lab: Lab) {
    let (world, outbox) = world(&lab).await;
    let numbers = [world.ours.number.clone(), world.ours.second.clone()];
    let owner = Uuid::from_u128(1);
    let mut queues = Vec::new();
    for by in &numbers {
        let messages =
            (0..50).map(|n| compose(&world, &format!("49151{n:08}"), Priority::Normal, ""));
        let queued = submit(&world, &outbox, by, messages.collect()).await;
        let lease = outbox.lease_queues(owner, vec![by.id], at(1_000), at(9_000));
        queues.push(Dispatch {
            account: by.id,
            epoch: lease.await.unwrap()[0].epoch,
            messages: queued.iter().map(|one| (one.id, token(1))).collect(),
        });
    }
    let mut tasks = JoinSet::new();
    for turn in 0..8 {
        let (outbox, mut queues) = (outbox.clone(), queues.clone());
        let accounts: Vec<_> = numbers.iter().map(|by| by.id).collect();
        queues.rotate_left(turn % 2);
        tasks.spawn(async move {
            // The lease is kept meanwhile.
            let lease = outbox.lease_queues(owner, accounts, at(1_000), at(9_000));
            let (sent, kept) = tokio::join!(outbox.dispatch(owner, queues, at(1_001)), lease);
            assert!(kept.unwrap().iter().all(|lease| lease.is_kept));
            sent.unwrap()
        });
    }
    let mut times: HashMap<MessageId, usize> = HashMap::new();
    for id in tasks.join_all().await.into_iter().flatten() {
        *times.entry(id).or_default() += 1;
    }
    assert_eq!(times.len(), 100);
    assert!(times.values().all(|times| *times == 1));
}
