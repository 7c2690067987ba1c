//! The query plans of lists on each engine: every filter has an index.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

#[path = "../../storage-engine/tests/common/mod.rs"]
mod common;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use common::Lab;
use diesel::{
    Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation},
    sql_query,
    sql_types::Text,
};
use uuid::Uuid;
use wabakit_domain::{
    ids::{AccountId, OrgId},
    message::MessageStatus,
};
use wabakit_ports::store::{ConversationFilter, Limit, OutboxFilter, PageRequest, ReceiveStore};
use wabakit_store_contract::{
    at,
    receive::{ReceiveWorld, named, phone, says},
};

on_both_engines! {
    each_filter_of_sent_messages_reads_by_an_index_of_its_own
    a_search_of_contacts_reads_few_rows
    the_search_index_follows_each_write
    contacts_are_found_as_before_by_any_part
}

/// The statements that ran while this was set.
static SEEN: Mutex<Option<Vec<String>>> = Mutex::new(None);
/// Held by one test at a time, because the statements of others would be collected too.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

struct Collect;

impl Instrumentation for Collect {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(seen) = seen.as_mut() {
                seen.push(query.to_string());
            }
        }
    }
}

fn collect() {
    set_default_instrumentation(|| Some(Box::new(Collect))).unwrap();
}

/// Returns the plans of the statements on a table that `run` executes, on this engine.
async fn plans(lab: &Lab, table: &str, run: impl Future<Output = ()>) -> Vec<Vec<String>> {
    *SEEN.lock().unwrap() = Some(Vec::new());
    run.await;
    let seen = SEEN.lock().unwrap().take().unwrap();
    let from = |sql: &&String| {
        let names = [
            format!("FROM {table} "),
            format!("FROM `{table}`"),
            format!("FROM \"{table}\""),
            format!("FROM (`{table}`"),
            format!("FROM (\"{table}\""),
        ];
        names.iter().any(|name| sql.contains(name))
    };
    let mut plans = Vec::new();
    for sql in seen.iter().filter(from) {
        plans.push(plan(lab, sql.split(" -- binds:").next().unwrap()).await);
    }
    assert!(!plans.is_empty(), "nothing read {table}: {seen:#?}");
    plans
}

/// Returns the plan of a statement, whatever its binds are.
async fn plan(lab: &Lab, sql: &str) -> Vec<String> {
    let Some(path) = lab.sqlite_path() else {
        let mut count = (1..20)
            .take_while(|n| sql.contains(&format!("${n}")))
            .count();
        let limit = format!("LIMIT ${count}");
        let sql = match sql.contains(&limit) {
            true => {
                count -= 1;
                sql.replace(&limit, "LIMIT 51")
            }
            false => sql.to_owned(),
        };
        let nulls = vec!["NULL"; count].join(", ");
        // The product's sessions scan no table either.
        let explain = format!(
            "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan; PREPARE asked AS {sql}; \
             EXPLAIN EXECUTE asked({nulls})"
        );
        return lab.texts(&explain).await;
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

fn uuid(lab: &Lab, id: Uuid) -> String {
    match lab.sqlite_path() {
        Some(_) => format!("X'{}'", id.simple()),
        None => format!("'{id}'::uuid"),
    }
}

const ALL: [MessageStatus; 12] = [
    MessageStatus::Received,
    MessageStatus::Queued,
    MessageStatus::Sending,
    MessageStatus::Accepted,
    MessageStatus::Sent,
    MessageStatus::Delivered,
    MessageStatus::Read,
    MessageStatus::Played,
    MessageStatus::Failed,
    MessageStatus::Unknown,
    MessageStatus::Cancelled,
    MessageStatus::Expired,
];

/// Adds messages of one number, as many of each status as given.
async fn fill(lab: &Lab, org: OrgId, account: AccountId, each: &[(&str, usize)]) {
    let (id, now) = match lab.sqlite_path() {
        Some(_) => ("randomblob(16)", at(0).timestamp_micros().to_string()),
        None => ("gen_random_uuid()", format!("timestamptz '{}'", at(0))),
    };
    let (org, account) = (uuid(lab, org.0), uuid(lab, account.0));
    for (status, count) in each {
        let statement = format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
             INSERT INTO messages (id, org_id, account_id, conversation_id, direction, content, status, at, \
                created_at, body, client_reference) \
             SELECT {id}, {org}, {account}, {id}, 'outbound', '{{\"type\":\"text\",\"body\":\"Hello\"}}', \
                '{status}', {now}, {now}, '{{}}', 'order ' || (n % 500) FROM numbers"
        );
        lab.execute(&statement).await.unwrap();
    }
    // Of those that wait every tenth is being sent.
    let places = format!(
        "INSERT INTO outbox (id, account_id, conversation_id, queue, priority, flow, turn_at, turn, due_at, \
            expires_at, attempt, epoch, dispatched_at) \
         SELECT id, account_id, conversation_id, CASE WHEN client_reference LIKE '%0' THEN 1 ELSE 0 END, 1, '', at, 0, \
            at, at, 0, 0, at FROM messages WHERE status = 'queued' AND account_id = {account}"
    );
    lab.execute(&places).await.unwrap();
}

async fn each_filter_of_sent_messages_reads_by_an_index_of_its_own(lab: Lab) {
    let _turn = TURN.lock().await;
    collect();
    let database = lab.migrated().await;
    let connect = wabakit_storage::store(&database);
    let world = ReceiveWorld::new(connect, wabakit_storage_inbox::store(&database)).await;
    let outbox = wabakit_storage_inbox::outbox(&database);
    let org = world.ours.org;
    let often = [
        ("read", 4_000),
        ("delivered", 3_000),
        ("sent", 500),
        ("failed", 40),
        ("queued", 400),
    ];
    for (account, each) in [(&world.ours.number, often), (&world.ours.second, often)] {
        fill(&lab, org, account.id, &each).await;
    }
    lab.execute("ANALYZE").await.unwrap();
    let account = Some(world.ours.number.id);
    let mut filters = vec![
        (OutboxFilter::default(), "messages_sent"),
        (
            OutboxFilter {
                account,
                ..OutboxFilter::default()
            },
            "messages_sent_account",
        ),
    ];
    for status in ALL {
        // Marking a message as dispatching writes its place alone.
        let is_placed = status == MessageStatus::Sending;
        let index = |of_message: &'static str| match is_placed {
            true => "outbox_queue",
            false => of_message,
        };
        let status = Some(status);
        filters.push((
            OutboxFilter {
                status,
                ..OutboxFilter::default()
            },
            index("messages_sent_status"),
        ));
        filters.push((
            OutboxFilter {
                account,
                status,
                ..OutboxFilter::default()
            },
            index("messages_sent_account_status"),
        ));
    }
    for (account, status) in [
        (None, None),
        (account, None),
        (None, Some(MessageStatus::Failed)),
        (account, Some(MessageStatus::Failed)),
    ] {
        let client_reference = Some("order 7".to_owned());
        let filter = OutboxFilter {
            account,
            status,
            client_reference,
            ..OutboxFilter::default()
        };
        filters.push((filter.clone(), "messages_reference"));
        let stuck = OutboxFilter {
            stuck_before: Some(at(0)),
            client_reference: None,
            ..filter
        };
        filters.push((stuck, "outbox_underway"));
    }
    for (filter, index) in filters {
        for after in [None, Some(Uuid::max().into())] {
            let page = PageRequest {
                after,
                limit: Limit::default(),
            };
            let run = async {
                outbox.sent(org, filter.clone(), page).await.unwrap();
            };
            for plan in plans(&lab, "messages", run).await {
                let uses = |step: &String| {
                    step.split(|c: char| !c.is_alphanumeric() && c != '_')
                        .any(|word| word == index)
                };
                assert!(plan.iter().any(uses), "{filter:?} uses {index}: {plan:#?}");
                for slow in [
                    "Seq Scan on messages",
                    "Seq Scan on outbox",
                    "SCAN messages",
                    "SCAN outbox",
                    "SCAN o",
                ] {
                    let is_slow = |step: &String| step.contains(slow);
                    assert!(!plan.iter().any(is_slow), "{filter:?}: {plan:#?}");
                }
                let sorts =
                    |step: &String| step.contains("Sort Key") || step.contains("TEMP B-TREE");
                let by_place = ["outbox_queue", "outbox_underway"].contains(&index);
                assert_eq!(plan.iter().any(sorts), by_place, "{filter:?}: {plan:#?}");
            }
        }
    }
}

/// Adds people, each with a name and a number of their own. Each is called Maria.
async fn crowd(lab: &Lab, org: OrgId, count: usize) {
    let (now, no) = match lab.sqlite_path() {
        Some(_) => (at(0).timestamp_micros().to_string(), "0"),
        None => (format!("timestamptz '{}'", at(0)), "false"),
    };
    let id = match lab.sqlite_path() {
        Some(_) => "randomblob(16)",
        None => "gen_random_uuid()",
    };
    let org = uuid(lab, org.0);
    let statement = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
         INSERT INTO contacts (id, org_id, phone, profile_name, opted_out, search, created_at, updated_at, version) \
         SELECT {id}, {org}, '1555' || (1000000 + n), 'Maria ' || n, {no}, \
            'maria oliveira ' || (n * 7919 % 100003) || '\n1555' || (1000000 + n), {now}, {now}, 1 FROM numbers"
    );
    lab.execute(&statement).await.unwrap();
    lab.execute("ANALYZE").await.unwrap();
}

async fn crowded(lab: &Lab, count: usize) -> (ReceiveWorld, Arc<dyn ReceiveStore>) {
    collect();
    let database = lab.migrated().await;
    let connect = wabakit_storage::store(&database);
    let store = wabakit_storage_inbox::store(&database);
    let world = ReceiveWorld::new(connect, wabakit_storage_inbox::store(&database)).await;
    crowd(lab, world.ours.org, count).await;
    (world, store)
}

async fn a_search_of_contacts_reads_few_rows(lab: Lab) {
    let _turn = TURN.lock().await;
    let (world, store) = crowded(&lab, 6_000).await;
    let org = world.ours.org;
    for searched in [
        "1555100423",
        "oliveira 4242",
        "ria oliveira 77",
        "+1 (555) 100-5999",
    ] {
        let contacts = async {
            let search = Some(searched.to_owned());
            store
                .contacts(org, search, PageRequest::default())
                .await
                .unwrap();
        };
        let mut seen = plans(&lab, "contacts", contacts).await;
        if lab.sqlite_path().is_some() {
            let run = async {
                let search = Some(searched.to_owned());
                store
                    .contacts(org, search, PageRequest::default())
                    .await
                    .unwrap();
            };
            let index = plans(&lab, "contact_grams", run).await;
            assert!(
                index[0]
                    .iter()
                    .any(|step| step.contains("VIRTUAL TABLE INDEX")),
                "{index:#?}"
            );
        } else {
            assert!(
                seen.iter()
                    .flatten()
                    .any(|step| step.contains("contacts_grams")),
                "{seen:#?}"
            );
        }
        let threads = async {
            let filter = ConversationFilter {
                search: Some(searched.to_owned()),
                ..ConversationFilter::default()
            };
            store
                .conversations(org, filter, PageRequest::default())
                .await
                .unwrap();
        };
        seen.extend(plans(&lab, "conversations", threads).await);
        for plan in &seen {
            for slow in [
                "Seq Scan on contacts",
                "SCAN contacts",
                "SCAN conversations",
                "contacts_org (org_id=?)",
            ] {
                let is_slow = |step: &String| step.contains(slow) && !step.contains("USING");
                assert!(!plan.iter().any(is_slow), "{searched}: {plan:#?}");
            }
        }
    }
}

async fn the_search_index_follows_each_write(lab: Lab) {
    let _turn = TURN.lock().await;
    let (world, store) = crowded(&lab, 3_000).await;
    let (org, to) = (world.ours.org, &world.ours.number);
    let found = async |search: &str| {
        let page = store.contacts(org, Some(search.to_owned()), PageRequest::default());
        page.await.unwrap().rows.len()
    };
    world
        .apply(vec![says(
            to,
            "1",
            &named(phone("4915112345678"), "Zoë Quist"),
            1,
        )])
        .await;
    assert_eq!((found("quist").await, found("0151 12345678").await), (1, 1));
    let page = store
        .contacts(org, Some("quist".into()), PageRequest::default())
        .await;
    let zoe = page.unwrap().rows.remove(0).id;
    // The person changes the name, a member sets one, and the name is removed.
    world
        .apply(vec![says(
            to,
            "2",
            &named(phone("4915112345678"), "Zoë Quandt"),
            2,
        )])
        .await;
    assert_eq!((found("quist").await, found("quandt").await), (0, 1));
    let named = |name: Option<&str>| {
        store.rename_contact(
            org,
            zoe,
            name.map(str::to_owned),
            vec![],
            at(9),
            world.ids(),
        )
    };
    named(Some("Tante Zorro")).await.unwrap();
    assert_eq!((found("zorro").await, found("quandt").await), (1, 1));
    named(None).await.unwrap();
    assert_eq!((found("zorro").await, found("quandt").await), (0, 1));
    store
        .erase_contact(org, zoe, vec![], at(10), world.ids())
        .await
        .unwrap();
    assert_eq!((found("quandt").await, found("15112345678").await), (0, 0));
    assert_eq!(
        store
            .contacts(
                world.theirs.org,
                Some("maria".into()),
                PageRequest::default()
            )
            .await
            .unwrap()
            .rows
            .len(),
        0
    );
}

/// Searches by the index, and by the walk for a short text or many matches.
async fn contacts_are_found_as_before_by_any_part(lab: Lab) {
    let _turn = TURN.lock().await;
    let (world, store) = crowded(&lab, 3_000).await;
    let (org, to) = (world.ours.org, &world.ours.number);
    for (place, name) in [
        "王小明",
        "Jo",
        "O'Neill \"Q\"",
        "100% Ana_b\\c",
        "Ñandú (AND) OR*",
    ]
    .into_iter()
    .enumerate()
    {
        let place = i64::try_from(place).unwrap();
        let person = named(phone(&format!("49151000000{place}")), name);
        world
            .apply(vec![says(to, &format!("m{place}"), &person, place)])
            .await;
    }
    let names = async |search: &str| {
        let page = store.contacts(org, Some(search.to_owned()), PageRequest::default());
        let rows = page.await.unwrap().rows.into_iter();
        rows.filter_map(|one| one.profile_name).collect::<Vec<_>>()
    };
    for (searched, name) in [
        ("王小明", "王小明"),
        ("小明", "王小明"),
        ("jo", "Jo"),
        ("neill", "O'Neill \"Q\""),
        ("\"q\"", "O'Neill \"Q\""),
        ("o'n", "O'Neill \"Q\""),
        ("0% ana_b\\", "100% Ana_b\\c"),
        ("andu (and) or*", "Ñandú (AND) OR*"),
        ("(and)", "Ñandú (AND) OR*"),
    ] {
        assert_eq!(names(searched).await, [name], "{searched}");
    }
    for searched in ["%%%", "a_c", "neil_", "xyz", "王明小", "ana b"] {
        assert_eq!(names(searched).await, Vec::<String>::new(), "{searched}");
    }
    assert_eq!(names("maria").await.len(), 50, "many match");
}

/// `cargo test -p wabakit-storage-inbox --test listings -- --ignored --nocapture measured`
#[allow(clippy::print_stdout, reason = "a measurement is read")]
async fn measure(lab: Lab) {
    let began = Instant::now();
    let (world, store) = crowded(&lab, 100_000).await;
    println!("100,000 contacts written in {:?}", began.elapsed());
    for searched in [
        "15551042424",
        "424242",
        "oliveira 4242",
        "maria",
        "ol",
        "qz",
        "zzzz",
    ] {
        let mut took = Vec::new();
        let mut rows = 0;
        for _ in 0..5 {
            let began = Instant::now();
            let page = store.contacts(
                world.ours.org,
                Some(searched.to_owned()),
                PageRequest::default(),
            );
            rows = page.await.unwrap().rows.len();
            took.push(began.elapsed());
        }
        took.sort();
        println!("{searched:>14}: {rows:>3} rows, median {:?}", took[2]);
    }
}

#[tokio::test]
#[ignore = "a measurement"]
async fn measured_on_sqlite() {
    measure(Lab::sqlite()).await;
}

#[tokio::test]
#[ignore = "a measurement"]
async fn measured_on_postgres() {
    measure(Lab::postgres().await).await;
}
