//! Faults: damaged rows, refused values, broken connections, and callers that go away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

#[path = "../../storage-engine/tests/common/mod.rs"]
mod common;

use std::{sync::Arc, time::Duration};

use common::Lab;
use futures::{FutureExt as _, future::poll_immediate};
use wabakit_domain::{audit::NewAuditEvent, connect::ConnectSession, ids::OrgId};
use wabakit_ports::store::{ConnectWrite, Store, StoreError};
use wabakit_storage::store;
use wabakit_store_contract::{World, at};

on_both_engines! {
    a_row_that_does_not_read_is_named
    a_state_without_its_columns_is_named
    a_state_that_nobody_knows_is_not_stored
    a_nul_character_is_refused_everywhere
    the_letters_of_an_escape_are_kept
    a_write_that_nobody_waits_for_is_still_whole
    a_thread_that_ends_in_the_middle_of_queries_leaves_the_store_usable
    a_busy_writer_delays_nobody_for_ever
}

async fn store_of(lab: &Lab) -> Arc<dyn Store> {
    store(&lab.migrated().await)
}

async fn a_row_that_does_not_read_is_named(lab: Lab) {
    let world = World::new(store_of(&lab).await);
    let tenant = world.tenant().await;
    let session = world.session(&tenant).await;
    lab.execute("UPDATE connect_sessions SET progress = '{\"steps\": 1}'")
        .await
        .unwrap();
    match world.store.session(tenant.org, session.id).await {
        Err(StoreError::Corrupt { table, column, row }) => {
            assert_eq!((table, column), ("connect_sessions", "progress"));
            assert_eq!(row, session.id.to_string());
        }
        other => panic!("expected a corrupt row, got {other:?}"),
    }
}

async fn a_state_without_its_columns_is_named(lab: Lab) {
    let world = World::new(store_of(&lab).await);
    let tenant = world.tenant().await;
    let session = world.session(&tenant).await;
    for (status, lacking) in [
        ("running", "grant_id"),
        ("awaiting_choice", "grant_id"),
        ("completed", "grant_id"),
        ("failed", "problem"),
    ] {
        lab.execute(&format!("UPDATE connect_sessions SET status = '{status}'"))
            .await
            .unwrap();
        match world.store.session(tenant.org, session.id).await {
            Err(StoreError::Corrupt { table, column, .. }) => {
                assert_eq!((table, column), ("connect_sessions", lacking), "{status}");
            }
            other => panic!("{status}: {other:?}"),
        }
    }
}

async fn a_state_that_nobody_knows_is_not_stored(lab: Lab) {
    let world = World::new(store_of(&lab).await);
    let tenant = world.tenant().await;
    world.connect(&tenant, &[("waba", "number")]).await;
    for statement in [
        "UPDATE memberships SET role = 'root'",
        "UPDATE grants SET state = 'fine'",
        "UPDATE grants SET expires_kind = 'at'",
        "UPDATE connect_sessions SET status = 'fine'",
        "UPDATE connect_sessions SET mode = 'fine'",
        "UPDATE connect_sessions SET runner_owner = 'nobody'",
        "UPDATE whatsapp_accounts SET is_active = (1 = 0)",
        "UPDATE whatsapp_accounts SET grant_id = org_id",
    ] {
        let said = lab.execute(statement).await.expect_err(statement);
        let said = said.to_lowercase();
        assert!(said.contains("constraint"), "{statement}: {said}");
    }
}

async fn a_nul_character_is_refused_everywhere(lab: Lab) {
    let world = World::new(store_of(&lab).await);
    let tenant = world.tenant().await;

    let mut org = world.make.org();
    org.name = "A\0B".into();
    let named = world.store.create_org(org, vec![]).await;

    let mut session = world.session(&tenant).await.into_record();
    session.progress.hints.event = Some("A\0B".into());
    let session = ConnectSession::new(session);
    let hinted = world
        .store
        .write(tenant.org, ConnectWrite::session(session))
        .await
        .map(drop);

    let mut event = world.make.event(tenant.org, "org.renamed");
    event.data = "\0".into();
    let recorded = world.store.record(tenant.org, vec![event]).await;

    let looked_up = world
        .store
        .people_by_email("a\0@b", None, 1)
        .await
        .map(drop);
    for refused in [named, hinted, recorded, looked_up] {
        assert!(
            matches!(
                refused,
                Err(StoreError::Forbidden("text with a NUL character"))
            ),
            "{refused:?}"
        );
    }
}

/// A document that contains the letters of an escape contains no NUL.
async fn the_letters_of_an_escape_are_kept(lab: Lab) {
    let world = World::new(store_of(&lab).await);
    let tenant = world.tenant().await;
    let mut session = world.session(&tenant).await.into_record();
    let text = r#"\u0000 u0000 \\u0000 "quoted" \"#;
    session.progress.hints.event = Some(text.into());
    let write = ConnectWrite::session(ConnectSession::new(session));
    let stored = world.store.write(tenant.org, write).await.unwrap().session;
    assert_eq!(stored.progress.hints.event.as_deref(), Some(text));
}

fn acts(world: &World, org: OrgId) -> Vec<NewAuditEvent> {
    (0..3).map(|_| world.make.event(org, "test.act")).collect()
}

/// Waits until the log has this many entries, because nobody awaits these writes.
async fn log_reaches(world: &World, org: OrgId, entries: i64) {
    let grown = async {
        while world.store.audit_head(org).await.unwrap().0 < entries {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), grown)
        .await
        .expect("a write was lost");
}

async fn a_write_that_nobody_waits_for_is_still_whole(lab: Lab) {
    let world = World::new(store_of(&lab).await);
    let tenant = world.tenant().await;
    for _ in 0..20 {
        // Polled once and dropped: by then the write has begun.
        let write = world.store.record(tenant.org, acts(&world, tenant.org));
        drop(poll_immediate(write).await);
    }
    let events = acts(&world, tenant.org);
    world.store.record(tenant.org, events).await.unwrap();
    log_reaches(&world, tenant.org, 63).await;
    world.assert_chain(tenant.org).await;
}

async fn a_thread_that_ends_in_the_middle_of_queries_leaves_the_store_usable(lab: Lab) {
    let world = World::new(store_of(&lab).await);
    let tenant = world.tenant().await;
    let (other, org) = (world.clone(), tenant.org);
    // The worker of a web server: a runtime of one thread that ends with its requests.
    let worker = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            other.store.ping().await.unwrap();
            for _ in 0..20 {
                drop(other.store.audit_head(org).now_or_never());
                drop(other.store.record(org, acts(&other, org)).now_or_never());
            }
        });
    });
    tokio::task::spawn_blocking(move || worker.join().unwrap())
        .await
        .unwrap();
    log_reaches(&world, org, 60).await;
    world.assert_chain(org).await;
    world.store.ping().await.unwrap();
}

async fn a_busy_writer_delays_nobody_for_ever(lab: Lab) {
    let world = World::new(store_of(&lab).await);
    let tenant = world.tenant().await;
    // Two stores on one database, as in two processes.
    let other = World {
        store: store(&lab.open().await),
        make: Arc::clone(&world.make),
    };
    let both = [world.clone(), other];
    world
        .race(|_, turn| {
            let (world, org) = (both[turn % 2].clone(), tenant.org);
            async move { world.store.record(org, acts(&world, org)).await.unwrap() }
        })
        .await;
    assert_eq!(world.store.audit_head(tenant.org).await.unwrap().0, 60);
    world.assert_chain(tenant.org).await;
}

#[tokio::test]
async fn connections_that_the_server_closed_are_replaced() {
    let lab = Lab::postgres().await;
    let world = World::new(store_of(&lab).await);
    let tenant = world.tenant().await;
    for _ in 0..3 {
        // Several connections are idle now, and all of them are closed.
        world
            .race(|world, _| async move { world.store.ping().await.unwrap() })
            .await;
        lab.texts(
            "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .await;
        let events = acts(&world, tenant.org);
        world.store.record(tenant.org, events).await.unwrap();
        world.store.ping().await.unwrap();
    }
    assert_eq!(world.store.audit_head(tenant.org).await.unwrap().0, 9);
}

#[cfg(unix)]
#[tokio::test]
async fn an_sqlite_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let lab = Lab::sqlite();
    let world = World::new(store_of(&lab).await);
    world.tenant().await;
    let path = lab.sqlite_path().unwrap();
    for file in [path.to_owned(), format!("{path}-wal")] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn times_are_cut_to_microseconds() {
    let lab = Lab::sqlite();
    let world = World::new(store_of(&lab).await);
    let mut org = world.make.org();
    org.created_at = at(5) + chrono::Duration::nanoseconds(999);
    let id = org.id;
    world.store.create_org(org, vec![]).await.unwrap();
    let stored = world.store.org(id).await.unwrap().unwrap();
    assert_eq!(stored.created_at, at(5));
}
