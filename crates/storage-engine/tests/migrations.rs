//! Migrations can be run and reverted without a trace, repeatedly and by several processes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod common;

use common::Lab;
use tokio::task::JoinSet;
use wabakit_storage_engine::SetupError;

on_both_engines! {
    up_down_and_up_again_makes_no_difference
    what_is_up_to_date_is_left_alone
    replicas_that_start_at_once_migrate_once
    a_schema_newer_than_the_program_is_refused
    integrators_find_the_columns_of_whatsapp_accounts
    the_tables_are_described_as_the_migrations_make_them
}

async fn up_down_and_up_again_makes_no_difference(lab: Lab) {
    let database = lab.open().await;
    assert!(lab.schema().await.is_empty());
    let up = database.migrate().await.unwrap();
    let first = lab.schema().await;
    assert!(first.len() > 60, "only {} parts", first.len());

    assert_eq!(database.revert_all().await.unwrap(), up);
    assert_eq!(lab.schema().await, Vec::<String>::new());

    assert_eq!(database.migrate().await.unwrap(), up);
    assert_eq!(lab.schema().await, first);
}

async fn what_is_up_to_date_is_left_alone(lab: Lab) {
    let database = lab.migrated().await;
    assert_eq!(database.migrate().await.unwrap(), 0);
}

async fn replicas_that_start_at_once_migrate_once(lab: Lab) {
    let mut replicas = JoinSet::new();
    for _ in 0..5 {
        let database = lab.open().await;
        replicas.spawn(async move { database.migrate().await.unwrap() });
    }
    let mut run = replicas.join_all().await;
    run.sort_unstable();
    assert_eq!(run[..4], [0; 4]);
    assert!(run[4] > 0);
}

async fn a_schema_newer_than_the_program_is_refused(lab: Lab) {
    let database = lab.migrated().await;
    lab.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000001')")
        .await
        .unwrap();
    for refused in [database.migrate().await, database.revert_all().await] {
        let error = refused.unwrap_err();
        assert!(matches!(&error, SetupError::Newer(version) if version == "29991231000001"));
        assert!(error.to_string().contains("newer than this program"));
    }
}

async fn integrators_find_the_columns_of_whatsapp_accounts(lab: Lab) {
    lab.migrated().await;
    lab.execute(
        "SELECT id, org_id, grant_id, phone_number_id, waba_id, business_id, display_phone_number, \
         is_active, created_at, updated_at FROM whatsapp_accounts",
    )
    .await
    .unwrap();
}

/// Returns `table.column` of each `table!`, sorted: the description of the schema that all queries use.
fn described() -> Vec<String> {
    let (mut found, mut table) = (Vec::new(), "");
    for line in include_str!("../src/schema.rs").lines() {
        let line = line.trim();
        if let Some((column, _)) = line.split_once(" -> ")
            && line.ends_with(',')
        {
            found.push(format!("{table}.{column}"));
        } else if let Some((name, _)) = line.split_once(" (")
            && line.ends_with(") {")
        {
            table = name;
        }
    }
    found.sort();
    found
}

/// Tables of wabakit-storage-events, and SQLite's search index with what FTS5 makes for it. Only plain SQL uses them, so
/// no `table!` describes them.
const PLAIN: [&str; 6] = [
    "contact_texts.",
    "contact_grams",
    "subscriber_leases.",
    "event_cursors.",
    "event_work.",
    "message_days.",
];

async fn the_tables_are_described_as_the_migrations_make_them(lab: Lab) {
    lab.migrated().await;
    let query = if lab.sqlite_path().is_some() {
        "SELECT t.name || '.' || c.name AS line FROM sqlite_master t, pragma_table_info(t.name) c \
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
           AND t.name <> '__diesel_schema_migrations'"
    } else {
        "SELECT table_name || '.' || column_name AS line FROM information_schema.columns \
         WHERE table_schema = 'public' AND table_name <> '__diesel_schema_migrations'"
    };
    let mut made = lab.texts(query).await;
    made.retain(|column| !PLAIN.iter().any(|table| column.starts_with(table)));
    made.sort();
    // A table that two `table!` describe would be here twice.
    assert_eq!(described(), made);
}
