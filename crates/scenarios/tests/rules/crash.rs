//! The process dies at any point. Another process continues, and no act is repeated.

use std::sync::Arc;

use chrono::Duration;
use wabakit_domain::connect::{BrowserBinding, ConnectMode, ConnectStatus, Refusal};
use wabakit_ports::system::Clock;
use wabakit_services::Ports;

use crate::support::{CrashingStore, World, answer, number, token_of};

/// Runs a login in a process that dies, starts another one a minute later, and lets it recover. Returns the session's
/// state.
async fn dies_and_recovers(w: &World, dying: CrashingStore) -> (ConnectStatus, Option<Refusal>) {
    w.meta.script().wabas[0].1 = vec![number("n1", "PENDING")];
    let ports = Ports {
        connect: Arc::new(dying),
        ..w.ports.clone()
    };
    let mortal = w.restarted_over(ports);
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let code = w.meta.login("first", token_of("person"));
    mortal.callback(answer(&begun, &code)).await;

    // Between death and recovery no half-made connection shows.
    let session = w.session(begun.session).await;
    let listed = w.listed(&w.admin).await;
    assert_eq!(
        listed.len(),
        usize::from(session.status() == ConnectStatus::Completed)
    );

    w.dead.store(false, std::sync::atomic::Ordering::SeqCst);
    w.meta.script().dies_at = None;
    w.clock.advance(Duration::seconds(61));
    let reborn = w.restarted_over(w.ports.clone());
    reborn.recover_interrupted().await.unwrap();
    assert_eq!(reborn.recover_interrupted().await.unwrap(), 0);
    let session = w.session(begun.session).await;
    (session.status(), session.problem().map(|p| p.refusal))
}

async fn connected_once(w: &World, when: &str) {
    assert_eq!(w.listed(&w.admin).await.len(), 1, "{when}");
    assert_eq!(
        w.find(w.admin.org, "account.connected").await.len(),
        1,
        "{when}"
    );
    assert_eq!(
        w.find(w.admin.org, "connect.completed").await.len(),
        1,
        "{when}"
    );
    assert_eq!(w.meta.count("exchange_code"), 1, "{when}");
    assert!(w.meta.count("register") <= 1, "{when}");
    let account = &w.listed(&w.admin).await[0];
    assert!(!account.needs_registration, "{when}");
    // The stored PIN is the one that Meta has.
    let at_meta = w.meta.script().pins.values().next().cloned();
    assert_eq!(w.opened_pin(account).await, at_meta, "{when}");
}

#[tokio::test]
async fn after_any_write_another_process_connects_exactly_once() {
    let mut writes = 0;
    loop {
        writes += 1;
        let w = World::new().await;
        let dying = CrashingStore::after(w.store.clone(), writes, w.dead.clone());
        let (status, problem) = dies_and_recovers(&w, dying).await;
        assert_eq!(
            (status, problem),
            (ConnectStatus::Completed, None),
            "after write {writes}"
        );
        connected_once(&w, &format!("after write {writes}")).await;
        // A process that lived to the end left nothing to recover.
        if w.clock.now() == w.log(w.admin.org).await.last().unwrap().event.at {
            continue;
        }
        break;
    }
    assert!(
        writes > 10,
        "each step writes, so there are that many places to die at: {writes}"
    );
}

#[tokio::test]
async fn after_any_call_that_meta_acted_on_another_process_connects_exactly_once() {
    for call in [
        "inspect_token",
        "find_assets",
        "is_subscribed",
        "subscribe",
        "register",
        "number",
    ] {
        let w = World::new().await;
        w.meta.script().dies_at = Some((call, w.dead.clone()));
        let dying = CrashingStore::immortal(w.store.clone(), w.dead.clone());
        let (status, problem) = dies_and_recovers(&w, dying).await;
        assert_eq!(
            (status, problem),
            (ConnectStatus::Completed, None),
            "at {call}"
        );
        connected_once(&w, call).await;
    }
}

#[tokio::test]
async fn a_code_that_was_spent_when_the_process_died_fails_the_session_for_good() {
    let w = World::new().await;
    w.meta.script().dies_at = Some(("exchange_code", w.dead.clone()));
    let dying = CrashingStore::immortal(w.store.clone(), w.dead.clone());
    let ended = dies_and_recovers(&w, dying).await;
    assert_eq!(ended, (ConnectStatus::Failed, Some(Refusal::CodeUsed)));
    assert_eq!(w.listed(&w.admin).await, []);
    assert_eq!(w.connect.open_sessions(&w.admin).await.unwrap(), []);
    assert!(w.connected_as(&w.admin, "again").await.is_active);
}
