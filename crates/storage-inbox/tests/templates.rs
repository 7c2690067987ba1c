//! The statements of a sync, counted on both engines. A binary of its own, because it counts those of the whole process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "../../storage-engine/tests/common/mod.rs"]
mod common;

use std::sync::Mutex;

use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use serde_json::Value;
use wabakit_ports::store::TemplateFilter;
use wabakit_storage_engine::Database;
use wabakit_store_contract::{
    at,
    receive::{ReceiveWorld, templates::node, whole},
};

static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn record(event: InstrumentationEvent<'_>) {
    if let InstrumentationEvent::StartQuery { query, .. } = event {
        STATEMENTS
            .lock()
            .unwrap()
            .push(query.to_string().to_uppercase());
    }
}

/// Returns the statements since the last call.
fn statements() -> Vec<String> {
    std::mem::take(&mut *STATEMENTS.lock().unwrap())
}

fn nodes(from: u32, to: u32) -> Vec<Value> {
    (from..to)
        .map(|n| node(n, &format!("name_{n}"), "APPROVED"))
        .collect()
}

fn is_write(statement: &str) -> bool {
    ["INSERT", "UPDATE", "DELETE", "REPLACE"]
        .iter()
        .any(|verb| statement.trim_start().starts_with(verb))
}

async fn counted(database: Database) {
    let store = wabakit_storage_inbox::store(&database);
    let w = ReceiveWorld::new(wabakit_storage::store(&database), store).await;
    w.sync(vec![nodes(0, 90), nodes(90, 180)], at(2_000)).await;
    let first = statements();
    let wrote = first
        .iter()
        .filter(|one| is_write(one) && one.contains("TEMPLATES"));
    assert!(
        wrote.count() > 0,
        "the statements of this engine are counted"
    );

    // The run's own bookkeeping is in template_syncs and template_sync_pages. Nothing else is written.
    w.sync(vec![nodes(0, 90), nodes(90, 180)], at(3_000)).await;
    let second = statements();
    let writes: Vec<&String> = second.iter().filter(|one| is_write(one)).collect();
    let foreign: Vec<_> = writes
        .iter()
        .filter(|one| !one.contains("TEMPLATE_SYNCS") && !one.contains("TEMPLATE_SYNC_PAGES"))
        .collect();
    assert!(foreign.is_empty(), "{foreign:#?}");

    // The number of statements does not depend on the number of templates.
    w.sync(vec![nodes(0, 2), nodes(2, 180)], at(4_000)).await;
    assert_eq!(statements().len(), second.len());
    w.store
        .templates(w.ours.org, TemplateFilter::default(), whole())
        .await
        .unwrap();
    let list = statements();
    assert_eq!(
        list.iter().filter(|one| one.contains("SELECT")).count(),
        1,
        "{list:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_without_news_writes_only_its_own_bookkeeping() {
    set_default_instrumentation(|| Some(Box::new(record))).unwrap();
    let (database, _alive) = common::sqlite().await;
    counted(database).await;
    let (database, _alive) = common::postgres().await;
    counted(database).await;
}
