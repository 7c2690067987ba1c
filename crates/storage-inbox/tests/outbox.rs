//! The plans and locks of sending on each engine.
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
    inbound::{Fact, MetaFault, Party},
    inbox::Item,
    message::{Message, MessageStatus, ReportedStatus},
    outbound::{Compose, Job, JobState, Outcome, Priority, SendFact, SendStep, opaque},
};
use wabakit_ports::store::{Dispatch, DueLimit, OutboxStore, StoreError, Submission, Submitted};
use wabakit_store_contract::{
    at,
    outbox::token,
    receive::{ReceiveWorld, item, of_status, phone, says, status, text},
};

on_both_engines! {
    what_is_due_is_found_by_the_index_alone
    what_stands_somewhere_is_counted_by_the_index_alone
    the_next_of_a_conversation_is_found_by_the_index_alone
    the_oldest_changes_of_a_long_lane_are_found_by_the_index_alone
    a_reply_overtakes_a_long_queue
    outcomes_and_statuses_written_at_once_lose_nothing
    two_senders_that_dispatch_at_once_send_each_message_once
    rows_of_the_build_before_tokens_are_kept
    messages_keep_what_they_are_when_the_outbox_is_taken_back_and_made_again
    a_settled_message_has_no_place_in_the_outbox
    the_places_of_a_conversation_that_is_merged_go_with_its_messages
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
            flow: flow.into(),
            ..Job::new(priority, at(1_000), at(90_000))
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
        audit: Vec::new(),
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

/// An id, as the engine writes it.
fn uuid(lab: &Lab, id: Uuid) -> String {
    match lab.sqlite_path() {
        Some(_) => format!("X'{}'", id.simple()),
        None => format!("'{id}'::uuid"),
    }
}

/// Rows of bulk in the queue of a number: so many flows, so many messages of each, due one after another.
async fn fill(lab: &Lab, by: &Account, flows: usize, each: usize) {
    let id = match lab.sqlite_path() {
        Some(_) => "randomblob(16)",
        None => "gen_random_uuid()",
    };
    let time = |seconds: &str| match lab.sqlite_path() {
        Some(_) => format!("({} + ({seconds}) * 1000000)", at(0).timestamp_micros()),
        None => format!(
            "(timestamptz '{}' + ({seconds}) * interval '1 second')",
            at(0)
        ),
    };
    let (org, account) = (uuid(lab, by.org.0), uuid(lab, by.id.0));
    let (now, due, end) = (time("0"), time("n"), time("1000000"));
    let statement = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {each}), \
         flows (f) AS (SELECT 1 UNION ALL SELECT f + 1 FROM flows WHERE f < {flows}) \
         INSERT INTO messages (id, org_id, account_id, conversation_id, direction, content, status, at, created_at, \
            priority, flow, due_at, expires_at, attempt, epoch, body) \
         SELECT {id}, {org}, {account}, {id}, 'outbound', '{{\"type\":\"text\",\"body\":\"Hello\"}}', 'queued', \
            {now}, {now}, 2, 'bulk' || f, {due}, {end}, 0, 0, '{{}}' FROM numbers CROSS JOIN flows"
    );
    lab.execute(&statement).await.unwrap();
    let places = "INSERT INTO outbox (id, account_id, conversation_id, queue, priority, flow, turn_at, turn, due_at, \
            expires_at, attempt, epoch) \
         SELECT id, account_id, conversation_id, 0, priority, flow, at, 0, due_at, expires_at, attempt, epoch \
         FROM messages WHERE flow LIKE 'bulk%'";
    lab.execute(places).await.unwrap();
    lab.execute("ANALYZE").await.unwrap();
}

const HEADS: &str = include_str!("../src/queries/outbox/heads.sql");
const FLOW: &str = include_str!("../src/queries/outbox/flow.sql");
const IDLE: &str = include_str!("../src/queries/outbox/idle.sql");
const NEXT: &str = include_str!("../src/queries/outbox/next.sql");
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
    let account = uuid(lab, by.id.0);
    match lab.sqlite_path() {
        Some(_) => (account, at(seconds).timestamp_micros().to_string()),
        None => (account, format!("timestamptz '{}'", at(seconds))),
    }
}

async fn what_stands_somewhere_is_counted_by_the_index_alone(lab: Lab) {
    let (world, _) = world(&lab).await;
    let by = &world.ours.number;
    fill(&lab, by, 4, 2_500).await;
    let (account, until) = literals(&lab, by, 100);
    let taken = format!(
        "UPDATE outbox SET queue = NULL, dispatched_at = due_at WHERE flow = 'bulk1' AND due_at <= {until}"
    );
    lab.execute(&taken).await.unwrap();
    lab.execute("ANALYZE").await.unwrap();
    let (org, most) = (uuid(&lab, by.org.0), "1000".to_owned());
    let plan = plan(&lab, STATES, &[account, most, org, until]).await;
    for index in ["outbox_queue", "outbox_underway", "messages_sent"] {
        assert!(
            plan.iter().any(|step| step.contains(index)),
            "{index}: {plan:#?}"
        );
    }
    for slow in ["Seq Scan", "SCAN o", "SCAN m"] {
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
            plan.iter().any(|step| step.contains("outbox_queue")),
            "{plan:#?}"
        );
        for slow in ["Seq Scan on outbox", "Sort Key: o", "SCAN o", "SCAN h"] {
            let is_slow = |step: &&String| step.contains(slow) && !step.contains("INDEX");
            let found = plan
                .iter()
                .find(is_slow)
                .filter(|step| !step.contains("heads"));
            assert_eq!(found, None, "{plan:#?}");
        }
    }
}

async fn the_next_of_a_conversation_is_found_by_the_index_alone(lab: Lab) {
    let (world, outbox) = world(&lab).await;
    let by = world.ours.number.clone();
    fill(&lab, &by, 2, 2_500).await;
    let to_one = (0..2_000).map(|_| compose(&world, "4915100000001", Priority::Normal, ""));
    let queued = submit(&world, &outbox, &by, to_one.collect()).await;
    lab.execute("ANALYZE").await.unwrap();
    let (_, now) = literals(&lab, &by, 2_000);
    let thread = queued[0].conversation.0;
    let these = match lab.sqlite_path() {
        Some(_) => format!("(SELECT {} AS id) AS c", uuid(&lab, thread)),
        None => format!("unnest(ARRAY[{}]) AS c (id)", uuid(&lab, thread)),
    };
    let plan = plan(&lab, &NEXT.replace("{these}", &these), &[now]).await;
    let by_turn = |step: &&String| step.contains("outbox_turns");
    assert!(plan.iter().filter(by_turn).count() >= 2, "{plan:#?}");
    for slow in [
        "Seq Scan on outbox",
        "Sort Key",
        "SCAN o",
        "SCAN b",
        "TEMP B-TREE",
    ] {
        assert!(!plan.iter().any(|step| step.contains(slow)), "{plan:#?}");
    }
    // Of two thousand for one person, one row is read.
    let actual = plan.iter().filter_map(|step| step.split("actual").nth(1));
    for read in actual {
        assert!(!read.contains("rows=2000"), "{plan:#?}");
    }
}

/// The migrations that brought the outbox, and tokens and turns, taken back.
const DOWN: [[&str; 2]; 2] = [
    [
        include_str!("../../../migrations/sqlite/2026-12-01-000019_outbox/down.sql"),
        include_str!("../../../migrations/sqlite/2026-11-30-000004_attempts/down.sql"),
    ],
    [
        include_str!("../../../migrations/postgres/2026-12-01-000019_outbox/down.sql"),
        include_str!("../../../migrations/postgres/2026-11-30-000004_attempts/down.sql"),
    ],
];

/// The versions of those migrations, so that they are run again.
const FORGET: [&str; 2] = ["20261201000019", "20261130000004"];

/// Takes back so many of the migrations.
async fn take_back(lab: &Lab, count: usize) {
    let down = match lab.sqlite_path() {
        Some(_) => DOWN[0],
        None => DOWN[1],
    };
    for (down, version) in down.iter().zip(FORGET).take(count) {
        lab.execute(down).await.unwrap();
        let forget = format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'");
        lab.execute(&forget).await.unwrap();
    }
}

/// How a row stood: its message's status, its place, its attempts with the one in doubt above 16 bits, its times.
const STOOD: [(&str, &str, &str); 7] = [
    ("queued", "0", "0"),
    ("queued", "0", "65537"),
    ("sending", "1", "1"),
    ("sending", "2", "65538"),
    ("unknown", "3", "65537"),
    ("failed", "4", "3"),
    ("accepted", "NULL", "1"),
];

async fn rows_of_the_build_before_tokens_are_kept(lab: Lab) {
    use JobState as J;

    let (world, outbox) = world(&lab).await;
    let by = world.ours.number.clone();
    take_back(&lab, 2).await;
    let uuid = |id| uuid(&lab, id);
    let mut ids = Vec::new();
    for (status, queue, attempt) in STOOD {
        let (id, thread): (MessageId, Uuid) = (world.id(), world.id());
        let (_, now) = literals(&lab, &by, 0);
        let (_, end) = literals(&lab, &by, 90_000);
        let since = match queue {
            "NULL" => now.as_str(),
            _ => "NULL",
        };
        let row = format!(
            "INSERT INTO messages (id, org_id, account_id, conversation_id, direction, content, status, at, \
                created_at, queue, priority, flow, due_at, expires_at, attempt, epoch, dispatched_at, \
                underway_since, body) \
             VALUES ({}, {}, {}, {}, 'outbound', '{{\"type\":\"text\",\"body\":\"Hello\"}}', '{status}', {now}, \
                {now}, {queue}, 1, '', {now}, {end}, {attempt}, 3, {now}, {since}, '{{}}')",
            uuid(id.0),
            uuid(by.org.0),
            uuid(by.id.0),
            uuid(thread),
        );
        lab.execute(&row).await.unwrap();
        ids.push(id);
    }
    lab.open().await.migrate().await.unwrap();
    let mut stands = Vec::new();
    for id in &ids {
        let found = world.store.message(by.org, *id).await.unwrap().unwrap();
        let job = found.message.job.unwrap();
        assert_eq!((job.token, job.epoch), (None, 3));
        stands.push((job.state, job.attempt, job.in_doubt));
    }
    let expected = [
        (J::Queued, 0, 0),
        (J::Queued, 1, 1),
        (J::Dispatching, 1, 0),
        (J::Proving, 2, 1),
        (J::Unknown, 1, 1),
        (J::Failed, 3, 0),
        (J::Underway, 1, 0),
    ];
    assert_eq!(stands, expected);
    let due = outbox.due(by.id, None, vec![], at(1), LIMIT).await.unwrap();
    let due: Vec<_> = due.iter().map(|one| one.id).collect();
    assert_eq!(due, ids[..2], "what waited has its turn");
    // A status of the old form settles what has no token.
    let until = at(90_000);
    let orphaned = SendStep::Orphaned { epoch: 4, until };
    let step = SendFact {
        message: ids[2],
        step: orphaned,
    };
    let mut told = status("wamid.old", ReportedStatus::Failed, 5);
    told.opaque = Some(ids[2].to_string());
    let items = vec![item(&by, Fact::Send(Box::new(step))), of_status(&by, told)];
    apply(&world, items).await;
    let found = world.store.message(by.org, ids[2]).await.unwrap().unwrap();
    assert_eq!(found.message.status, MessageStatus::Failed);
    assert_eq!(found.message.wamid, Some("wamid.old".into()));
}

/// The messages that have a place, in the order of their ids.
async fn placed(lab: &Lab) -> Vec<String> {
    let id = match lab.sqlite_path() {
        Some(_) => "lower(hex(id))",
        None => "replace(id::text, '-', '')",
    };
    lab.texts(&format!("SELECT {id} AS line FROM outbox ORDER BY id"))
        .await
}

/// Writes an attempt's outcome.
fn outcome(by: &Account, message: MessageId, outcome: Outcome) -> Item {
    let token = token(1);
    let step = SendStep::Outcome { token, outcome };
    item(by, Fact::Send(Box::new(SendFact { message, step })))
}

fn accepted(by: &Account, message: MessageId) -> Item {
    let wamid = Wamid::from(format!("wamid.{message}"));
    let recipient = None;
    outcome(by, message, Outcome::Accepted { wamid, recipient })
}

fn refused(by: &Account, message: MessageId) -> Item {
    let fault = MetaFault {
        code: 131_008,
        title: None,
        message: None,
        details: None,
        href: None,
    };
    outcome(by, message, Outcome::Refused { fault })
}

fn unknown(by: &Account, message: MessageId) -> Item {
    let until = at(1_500);
    let fault = None;
    outcome(by, message, Outcome::Unknown { until, fault })
}

fn reported(by: &Account, message: MessageId, what: ReportedStatus) -> Item {
    let mut told = status(&format!("wamid.{message}"), what, 1_002);
    told.opaque = Some(opaque(message, token(1)));
    of_status(by, told)
}

fn act(by: &Account, message: MessageId, step: SendStep) -> Item {
    item(by, Fact::Send(Box::new(SendFact { message, step })))
}

/// One message of each state: queued, dispatching, proving, unknown, failed, underway, arrived, cancelled.
async fn one_of_each(
    world: &ReceiveWorld,
    outbox: &Arc<dyn OutboxStore>,
    by: &Account,
) -> Vec<MessageId> {
    let messages = (0..8).map(|n| Compose {
        job: Job {
            flow: format!("flow {}", n % 2),
            client_reference: Some(format!("order {n}")),
            ..Job::new(Priority::Low, at(1_000), at(90_000))
        },
        ..compose(world, &format!("49151{n:08}"), Priority::Low, "")
    });
    let queued = submit(world, outbox, by, messages.collect()).await;
    let ids: Vec<MessageId> = queued.iter().map(|message| message.id).collect();
    apply(world, vec![act(by, ids[7], SendStep::Cancel)]).await;
    let owner = Uuid::from_u128(1);
    let lease = outbox.lease_queues(owner, vec![by.id], at(1_000), at(9_000));
    let dispatch = Dispatch {
        account: by.id,
        epoch: lease.await.unwrap()[0].epoch,
        messages: ids[1..7].iter().map(|id| (*id, token(1))).collect(),
    };
    let sent = outbox.dispatch(owner, vec![dispatch], at(1_001)).await;
    assert_eq!(sent.unwrap(), ids[1..7]);
    let outcomes = vec![
        unknown(by, ids[2]),
        unknown(by, ids[3]),
        refused(by, ids[4]),
        accepted(by, ids[5]),
        accepted(by, ids[6]),
        reported(by, ids[6], ReportedStatus::Delivered),
    ];
    apply(world, outcomes).await;
    let unproven = SendStep::Unproven { as_failed: false };
    let mut batch = world.batch(vec![act(by, ids[3], unproven)]);
    batch.now = at(2_000);
    world.store.apply(batch).await.unwrap();
    ids
}

async fn read(world: &ReceiveWorld, by: &Account, ids: &[MessageId]) -> Vec<Message> {
    let mut found = Vec::new();
    for id in ids {
        let one = world.store.message(by.org, *id).await.unwrap().unwrap();
        found.push(one.message);
    }
    found
}

async fn a_settled_message_has_no_place_in_the_outbox(lab: Lab) {
    use JobState as J;

    let (world, outbox) = world(&lab).await;
    let by = world.ours.number.clone();
    let ids = one_of_each(&world, &outbox, &by).await;
    let states: Vec<JobState> = read(&world, &by, &ids)
        .await
        .into_iter()
        .map(|one| one.job.unwrap().state)
        .collect();
    let expected = [
        J::Queued,
        J::Dispatching,
        J::Proving,
        J::Unknown,
        J::Failed,
        J::Underway,
        J::Done,
        J::Done,
    ];
    assert_eq!(states, expected);
    let hex = |id: &MessageId| id.0.simple().to_string();
    let mut open: Vec<String> = [0, 1, 2, 3, 5].iter().map(|n| hex(&ids[*n])).collect();
    open.sort();
    assert_eq!(placed(&lab).await, open);
    // What is settled keeps its attempt, by which a late acceptance finds it.
    let failed = read(&world, &by, &ids[4..5]).await.remove(0);
    let job = failed.job.unwrap();
    assert_eq!((job.attempt, job.token), (1, Some(token(1))));
    assert_eq!(job.dispatched_at, Some(at(1_001)));
    assert_eq!(job.client_reference.as_deref(), Some("order 4"));
    // Settled by a dismissal, by an expiry, by a failure that Meta reported late.
    let mut batch = world.batch(vec![
        act(&by, ids[3], SendStep::Dismiss),
        act(&by, ids[0], SendStep::Expired),
        reported(&by, ids[5], ReportedStatus::Failed),
    ]);
    batch.now = at(90_001);
    world.store.apply(batch).await.unwrap();
    let mut open: Vec<String> = [1, 2].iter().map(|n| hex(&ids[*n])).collect();
    open.sort();
    assert_eq!(placed(&lab).await, open);
    // A retry and a late acceptance bring it back.
    let expires_at = at(99_000);
    let back = vec![
        act(&by, ids[0], SendStep::Retry { expires_at }),
        act(&by, ids[7], SendStep::Retry { expires_at }),
        accepted(&by, ids[4]),
    ];
    apply(&world, back).await;
    let mut open: Vec<String> = [0, 1, 2, 4, 7].iter().map(|n| hex(&ids[*n])).collect();
    open.sort();
    assert_eq!(placed(&lab).await, open);
    // With the person goes the place.
    let thread = &read(&world, &by, &ids[..1]).await[0];
    let erase = world.store.erase_contact(
        by.org,
        thread.contact.unwrap(),
        vec![],
        at(2_000),
        world.ids(),
    );
    erase.await.unwrap();
    open.retain(|id| *id != hex(&ids[0]));
    assert_eq!(placed(&lab).await, open);
}

async fn messages_keep_what_they_are_when_the_outbox_is_taken_back_and_made_again(lab: Lab) {
    let (world, outbox) = world(&lab).await;
    let by = world.ours.number.clone();
    let ids = one_of_each(&world, &outbox, &by).await;
    let before = read(&world, &by, &ids).await;
    take_back(&lab, 1).await;
    let one_row = lab
        .texts(
            "SELECT coalesce(cast(queue AS text), '-') || ' ' || status || ' ' || \
                CASE WHEN underway_since IS NULL THEN 'no' ELSE 'underway' END AS line \
             FROM messages ORDER BY client_reference",
        )
        .await;
    let expected = [
        "0 queued no",
        "1 sending no",
        "2 sending no",
        "3 unknown no",
        "4 failed no",
        "- accepted underway",
        "- delivered no",
        "- cancelled no",
    ];
    assert_eq!(one_row, expected);
    lab.open().await.migrate().await.unwrap();
    assert_eq!(read(&world, &by, &ids).await, before);
    assert_eq!(placed(&lab).await.len(), 5);
    let due = outbox.due(by.id, None, vec![], at(2_000), LIMIT).await;
    assert_eq!(due.unwrap()[0].id, ids[0]);
}

async fn the_places_of_a_conversation_that_is_merged_go_with_its_messages(lab: Lab) {
    let (world, outbox) = world(&lab).await;
    let by = world.ours.number.clone();
    let to = |world: &ReceiveWorld, party: Party| Compose {
        party,
        ..compose(world, "", Priority::Normal, "")
    };
    let by_phone = phone("4915100000001");
    let by_id = Party {
        user_id: Some("DE.1".into()),
        ..Party::default()
    };
    let first = submit(&world, &outbox, &by, vec![to(&world, by_phone.clone())]).await;
    let second = submit(&world, &outbox, &by, vec![to(&world, by_id.clone())]).await;
    assert_ne!(first[0].conversation, second[0].conversation);
    // Meta tells that they are one person.
    let person = Party {
        user_id: by_id.user_id,
        ..by_phone
    };
    world
        .apply(vec![says(&by, "wamid.in", &person, 1_001)])
        .await;
    let ids = [first[0].id, second[0].id];
    let now = read(&world, &by, &ids).await;
    assert_eq!(now[0].conversation, now[1].conversation);
    let threads = lab
        .texts(
            "SELECT CASE WHEN o.conversation_id = m.conversation_id THEN 'same' ELSE 'other' END AS line \
             FROM outbox o JOIN messages m ON m.id = o.id",
        )
        .await;
    assert_eq!(threads, ["same", "same"]);
    // So they take turns.
    let due = outbox.due(by.id, None, vec![], at(2_000), LIMIT).await;
    assert_eq!(due.unwrap().len(), 1);
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
        let outcome = Outcome::Accepted {
            wamid: wamid(id),
            recipient: None,
        };
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
