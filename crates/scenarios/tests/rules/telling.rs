//! Events about connecting, and failures of our database, which are not reported as Meta's.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use chrono::Duration;
use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode, ConnectStatus},
    event::{EventData, ReconnectEvent},
    grant::GrantState,
    ids::OrgId,
    teardown::{Teardown, TeardownAct, TeardownState},
};
use wabakit_ports::{
    meta::MetaErrorKind,
    store::{ConnectStore, ConnectWrite, EventPage, MockAccountStore, StoreError},
};
use wabakit_services::{CallbackResult, ConnectService, Ports, ServiceError};

use crate::support::{CrashingStore, World, answer, settings_of, token_of};

/// Returns the data of an organisation's events, in order.
async fn told(w: &World, org: OrgId) -> Vec<EventData> {
    match w.inbox.events_after(org, 0, 10_000).await.unwrap() {
        EventPage::Events { events, .. } => events.into_iter().map(|event| event.data).collect(),
        EventPage::Gone { oldest } => panic!("gone up to {oldest}"),
    }
}

fn kinds(told: &[EventData]) -> Vec<&'static str> {
    told.iter().map(EventData::kind).collect()
}

#[tokio::test]
async fn connecting_has_events_from_beginning_to_end_and_wakes_listeners() {
    let w = World::new().await;
    let bus = w.ports.bus.subscribe(w.admin.org);
    let account = w.connected().await;
    let told = told(&w, w.admin.org).await;
    assert_eq!(
        kinds(&told),
        [
            "connection.started",
            "account.connected",
            "connection.completed"
        ]
    );
    assert_eq!(*bus.borrow(), 3, "listeners hear of it at once");
    match (&told[1], &told[2]) {
        (EventData::AccountConnected(connected), EventData::ConnectionCompleted(completed)) => {
            assert_eq!(connected.account, account.id);
            assert!(connected.is_default);
            assert_eq!(completed.status, ConnectStatus::Completed);
            assert_eq!(completed.phone_numbers, [account.phone_number_id]);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_failed_and_a_cancelled_session_have_events_with_the_reason() {
    let w = World::new().await;
    w.meta.fail("subscribe", 0, 1, MetaErrorKind::Unavailable);
    let (refusal, session) = w.refused(&w.meta.login("first", token_of("person"))).await;
    w.connect.cancel(&w.admin, session.id).await.unwrap();
    let told = told(&w, w.admin.org).await;
    assert_eq!(
        kinds(&told),
        [
            "connection.started",
            "connection.failed",
            "connection.cancelled"
        ]
    );
    match &told[1] {
        EventData::ConnectionFailed(failed) => {
            assert_eq!(failed.session, session.id);
            assert_eq!(failed.refusal.as_deref(), Some(refusal.code()));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_abandoned_session_has_a_cancelled_event_at_its_time_limit() {
    let w = World::new().await;
    let mode = ConnectMode::Redirect;
    let begun = w.begin_as(&w.admin, mode, BrowserBinding::Nonce).await;
    begun.unwrap();
    w.clock.advance(Duration::days(2));
    assert_eq!(w.connect.sweep_expired().await.unwrap(), 1);
    match told(&w, w.admin.org).await.as_slice() {
        [
            EventData::ConnectionStarted(_),
            EventData::ConnectionCancelled(ended),
        ] => {
            assert_eq!(ended.status, ConnectStatus::Expired);
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_dead_login_has_one_event_with_its_accounts() {
    let w = World::new().await;
    let account = w.connected().await;
    w.meta.kill("token-first");
    w.accounts.verify(&w.admin, account.id).await.unwrap();
    w.accounts.verify(&w.admin, account.id).await.unwrap();
    let told = told(&w, w.admin.org).await;
    let mut dead = told.iter().filter_map(|event| match event {
        EventData::ConnectionNeedsReconnect(event) => Some(event),
        _ => None,
    });
    let grant = w.grant(&account).await;
    let expected = ReconnectEvent::of(&grant, vec![account.id]);
    assert_eq!(dead.next(), Some(&expected));
    assert_eq!(dead.next(), None, "and not again");
    assert_eq!(grant.state, GrantState::Dead);
    let updates = kinds(&told).into_iter().filter(|k| *k == "account.updated");
    assert_eq!(updates.count(), 2);
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_not_reported_as_metas_failure() {
    let w = World::new().await;
    let code = w.meta.login("first", token_of("person"));
    let mode = ConnectMode::Redirect;
    let begun = w.begin_as(&w.admin, mode, BrowserBinding::Nonce).await;
    let dying = CrashingStore::immortal(w.store.clone(), w.dead.clone());
    let ports = Ports {
        connect: Arc::new(dying),
        ..w.ports.clone()
    };
    let connect = ConnectService::new(ports, settings_of(w.app));
    w.dead.store(true, SeqCst);
    let landing = connect.callback(answer(&begun.unwrap(), &code)).await;
    assert_eq!(landing.result, CallbackResult::Unavailable);
}

#[tokio::test]
async fn a_database_that_fails_costs_a_teardown_no_attempt_and_the_others_nothing() {
    let w = World::new().await;
    let account = w.connected().await;
    let (session, _) = w.log_in(&w.meta.login("second", token_of("other"))).await;
    let session = w.session(session).await;
    let now = w.clock.advance(Duration::seconds(1));
    let teardown = |n: u128| Teardown {
        id: uuid::Uuid::from_u128(n).into(),
        org: w.admin.org,
        grant: account.grant,
        act: TeardownAct::ReleaseGrant { revoke: false },
        state: TeardownState::Pending,
        attempts: 0,
        next_attempt_at: now,
        last_error: None,
        created_at: now + Duration::seconds(i64::try_from(n).unwrap()),
        updated_at: now,
    };
    while w.connect.run_teardowns().await.unwrap() > 0 {}
    let mut write = ConnectWrite::session(session);
    write.teardowns = vec![teardown(1), teardown(2)];
    let org = w.admin.org;
    ConnectStore::write(&*w.store, org, write).await.unwrap();
    let asked = AtomicUsize::new(0);
    let mut accounts = MockAccountStore::new();
    accounts.expect_grant().returning(move |_, _| {
        match asked.fetch_add(1, SeqCst) {
            0 => Err(StoreError::unavailable("the database is down")),
            // The grant does not exist any more, so nothing is left to undo.
            _ => Ok(None),
        }
    });
    let ports = Ports {
        accounts: Arc::new(accounts),
        ..w.ports.clone()
    };
    let connect = ConnectService::new(ports, settings_of(w.app));
    let before = w.find(org, "teardown.release_grant_done").await.len();
    let failed = connect.run_teardowns().await;
    assert!(
        matches!(failed, Err(ServiceError::Unavailable(_))),
        "{failed:?}"
    );
    let done = w.find(org, "teardown.release_grant_done").await;
    assert_eq!(done.len(), before + 1, "the other one is done");
    // Its lease lapses, and no attempt was counted.
    let later = w.clock.advance(Duration::seconds(61));
    let left = w.store.claim_teardowns(later, later, 10).await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].id, left[0].attempts), (teardown(1).id, 0));
    assert_eq!(left[0].last_error, None);
}
