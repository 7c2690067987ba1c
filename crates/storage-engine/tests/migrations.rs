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
    files_of_before_the_quota_count
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

async fn files_of_before_the_quota_count(lab: Lab) {
    lab.migrated().await;
    let (folder, id, sha, at): (_, fn(u8) -> String, _, _) = match lab.sqlite_path().is_some() {
        true => ("sqlite", |n| format!("x'{n:032x}'"), "x'00'", "0"),
        false => ("postgres", |n| format!("'{n:032x}'"), "'\\x00'", "now()"),
    };
    let run = async |statements: &str| {
        for statement in statements
            .split(';')
            .filter(|statement| !statement.trim().is_empty())
        {
            lab.execute(statement).await.unwrap();
        }
    };
    let step = |way| {
        let folder = format!("../../migrations/{folder}/2026-12-01-000021_storage_use/{way}.sql");
        std::fs::read_to_string(folder).unwrap()
    };
    run(&step("down")).await;
    for (n, org, size) in [(1, 1, 5), (2, 1, 6), (3, 2, 1_i64 << 40)] {
        lab.execute(&format!(
            "INSERT INTO uploads (id, org_id, sha256, mime_type, filename, key, size, created_at) \
             VALUES ({}, {}, {sha}, '', '{n}', 'up-{n}', {size}, {at})",
            id(n),
            id(org),
        ))
        .await
        .unwrap();
    }
    // A file of a sent message is an upload; what was given up or waits is not here.
    for (n, org, state, key, size) in [
        (1, 1, "stored", "'up-1'", "5"),
        (2, 1, "stored", "'in-2'", "100"),
        (3, 1, "failed", "NULL", "NULL"),
        (4, 1, "pending", "NULL", "NULL"),
        (5, 2, "stored", "'up-1'", "7"),
        (6, 3, "stored", "'in-6'", "9"),
    ] {
        lab.execute(&format!(
            "INSERT INTO media (id, org_id, account_id, message_id, conversation_id, state, attempts, key, size, \
             created_at) VALUES ({0}, {1}, {0}, {0}, {0}, '{state}', 0, {key}, {size}, {at})",
            id(n), id(org),
        ))
        .await
        .unwrap();
    }
    run(&step("up")).await;
    let counted = lab
        .texts("SELECT CAST(bytes AS text) AS line FROM storage_use ORDER BY org_id")
        .await;
    assert_eq!(
        counted,
        [
            "111".to_owned(),
            ((1_i64 << 40) + 7).to_string(),
            "9".to_owned()
        ]
    );
}
