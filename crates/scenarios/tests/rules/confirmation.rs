//! A login that came back in an unrecognised browser waits for the person who began it.

use chrono::Duration;
use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode, ConnectStatus},
    identity::Role,
    ids::ConnectSessionId,
};
use wabakit_ports::meta::MetaErrorKind;
use wabakit_services::{CallbackParams, CallbackResult, ServiceError};

use crate::support::{World, answer, caller, token_of};

/// Calls back without a nonce, for a session that allows it.
async fn unrecognised(w: &World) -> ConnectSessionId {
    let begun = w
        .begin(ConnectMode::Redirect, BrowserBinding::Confirmation)
        .await;
    let code = w.meta.login("first", token_of("person"));
    let params = CallbackParams {
        nonce: None,
        ..answer(&begun, &code)
    };
    let landing = w.connect.callback(params).await;
    assert_eq!(landing.result, CallbackResult::Pending(begun.session));
    begun.session
}

#[tokio::test]
async fn without_the_nonce_the_sealed_login_waits_and_nothing_more_happens() {
    let w = World::new().await;
    let id = unrecognised(&w).await;
    assert_eq!(
        w.session(id).await.status(),
        ConnectStatus::AwaitingConfirmation
    );
    let calls = w.meta.script().calls.clone();
    assert_eq!(
        calls.len(),
        1,
        "the code is exchanged, nothing else is asked: {calls:?}"
    );
    w.clock.advance(Duration::minutes(5));
    assert_eq!(w.connect.recover_interrupted().await.unwrap(), 0);
    assert_eq!(w.listed(&w.admin).await, []);
}

#[tokio::test]
async fn the_person_who_began_confirms_and_is_connected() {
    let w = World::new().await;
    let id = unrecognised(&w).await;
    let session = w.connect.resume(&w.admin, id, None).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Completed);
}

#[tokio::test]
async fn with_the_nonce_there_is_nothing_to_confirm() {
    let w = World::new().await;
    let begun = w
        .begin(ConnectMode::Redirect, BrowserBinding::Confirmation)
        .await;
    let code = w.meta.login("first", token_of("person"));
    let landing = w.connect.callback(answer(&begun, &code)).await;
    assert!(matches!(landing.result, CallbackResult::Success { .. }));
}

#[tokio::test]
async fn another_admin_confirms_nothing_even_where_the_exchange_failed_or_died() {
    let w = World::new().await;
    let colleague = caller(1, 2, Role::Admin);
    let waiting = unrecognised(&w).await;
    let confirmed = w.connect.resume(&colleague, waiting, None).await;
    assert!(
        matches!(confirmed, Err(ServiceError::Forbidden(_))),
        "{confirmed:?}"
    );

    w.meta
        .fail("exchange_code", 0, 1, MetaErrorKind::Unavailable);
    let failed = unrecognised_failing(&w).await;
    assert_eq!(w.session(failed).await.status(), ConnectStatus::Failed);
    let resumed = w.connect.resume(&colleague, failed, None).await;
    assert!(
        matches!(resumed, Err(ServiceError::Forbidden(_))),
        "{resumed:?}"
    );
    assert_eq!(w.listed(&w.admin).await, []);
}

async fn unrecognised_failing(w: &World) -> ConnectSessionId {
    let begun = w
        .begin(ConnectMode::Redirect, BrowserBinding::Confirmation)
        .await;
    let code = w.meta.login("second", token_of("person"));
    w.connect
        .callback(CallbackParams {
            nonce: None,
            ..answer(&begun, &code)
        })
        .await;
    begun.session
}

#[tokio::test]
async fn giving_up_instead_undoes_the_login() {
    let w = World::new().await;
    let id = unrecognised(&w).await;
    let session = w.connect.cancel(&w.admin, id).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Cancelled);
    assert_eq!(w.meta.count("revoke person"), 1);
    assert!(w.connect.resume(&w.admin, id, None).await.is_err());
    assert_eq!(w.listed(&w.admin).await, []);
}
