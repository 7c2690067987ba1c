//! Passing failures, sessions that are given up or abandoned, and their teardowns.

use chrono::Duration;
use rstest::rstest;
use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode, ConnectStatus, Refusal},
    grant::GrantState,
};
use wabakit_ports::meta::MetaErrorKind;

use crate::support::{World, is_completed, number, token_of};

#[rstest]
#[case("exchange_code")]
#[case("inspect_token")]
#[case("find_assets")]
#[case("is_subscribed")]
#[case("subscribe")]
#[case("register")]
#[case("number")]
#[tokio::test]
async fn a_step_that_met_an_unavailable_meta_resumes_without_a_new_login(
    #[case] method: &'static str,
    #[values(MetaErrorKind::Unavailable, MetaErrorKind::RateLimited(None))] kind: MetaErrorKind,
) {
    let w = World::new().await;
    w.meta.fail(method, 0, 1, kind);
    let (refusal, session) = w.refused(&w.meta.login("first", token_of("person"))).await;
    assert!(refusal.is_passing(), "{refusal:?}");
    assert_eq!(w.listed(&w.admin).await, []);
    assert_eq!(w.connect.open_sessions(&w.admin).await.unwrap().len(), 1);
    let session = w.connect.resume(&w.admin, session.id, None).await.unwrap();
    assert!(is_completed(&session), "{:?}", session.problem());
    assert_eq!(w.listed(&w.admin).await.len(), 1);
    assert_eq!(w.find(w.admin.org, "connect.failed").await.len(), 1);
    assert_eq!(w.find(w.admin.org, "connect.resumed").await.len(), 1);
    w.tear_down().await;
    assert_eq!(w.meta.count("revoke"), 0);
}

#[tokio::test]
async fn giving_up_undoes_the_subscription_the_registration_and_the_rights_in_that_order() {
    let w = World::new().await;
    w.meta.fail("number", 0, 1, MetaErrorKind::Unavailable);
    let (_, session) = w.refused(&w.meta.login("first", token_of("person"))).await;
    let grant = session.grant().unwrap();
    w.meta.script().calls.clear();
    let session = w.connect.cancel(&w.admin, session.id).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Cancelled);
    assert_eq!(
        w.meta.script().calls,
        [
            "unsubscribe waba",
            "is_subscribed waba",
            "deregister n1",
            "revoke person"
        ]
    );
    assert!(w.meta.script().subscribed.is_empty());
    let grant = w.store.grant(w.admin.org, grant).await.unwrap().unwrap();
    assert_eq!((grant.state, grant.token), (GrantState::Revoked, None));
    assert!(w.connect.resume(&w.admin, session.id, None).await.is_err());
    assert!(w.connect.cancel(&w.admin, session.id).await.is_err());
}

#[tokio::test]
async fn a_registration_that_meta_refused_is_not_undone_but_one_whose_answer_was_lost_is() {
    let w = World::new().await;
    w.meta.fail("register", 0, 1, MetaErrorKind::Refused);
    let (refusal, session) = w.refused(&w.meta.login("first", token_of("person"))).await;
    assert_eq!(refusal, Refusal::RegistrationFailed);
    w.connect.cancel(&w.admin, session.id).await.unwrap();
    assert_eq!(w.meta.count("deregister"), 0);

    w.meta.lose_answer("register");
    let (refusal, session) = w.refused(&w.meta.login("second", token_of("person"))).await;
    assert_eq!(refusal, Refusal::MetaUnavailable);
    w.connect.cancel(&w.admin, session.id).await.unwrap();
    assert_eq!(w.meta.count("deregister n1"), 1);
}

#[tokio::test]
async fn a_subscription_that_meta_refused_is_not_undone_but_one_whose_answer_was_lost_is() {
    let w = World::new().await;
    w.meta.fail("subscribe", 0, 1, MetaErrorKind::Refused);
    let (refusal, session) = w.refused(&w.meta.login("first", token_of("person"))).await;
    assert_eq!(refusal, Refusal::SubscribeFailed);
    w.connect.cancel(&w.admin, session.id).await.unwrap();
    assert_eq!(w.meta.count("unsubscribe"), 0);

    w.meta.lose_answer("subscribe");
    let (_, session) = w.refused(&w.meta.login("second", token_of("person"))).await;
    w.connect.cancel(&w.admin, session.id).await.unwrap();
    assert_eq!(w.meta.count("unsubscribe waba"), 1);
    assert!(w.meta.script().subscribed.is_empty());
}

#[tokio::test]
async fn rights_stay_while_another_living_grant_of_the_same_person_needs_them() {
    let w = World::new().await;
    let account = w.connected().await;
    w.meta.script().wabas[0].1.push(number("n2", "CONNECTED"));
    let (id, _) = w.log_in(&w.meta.login("second", token_of("person"))).await;
    w.connect.cancel(&w.admin, id).await.unwrap();
    assert_eq!(w.meta.count("revoke"), 0);
    assert!(
        w.meta.script().subscribed.contains(&"waba".into()),
        "the first number needs it"
    );
    assert_eq!(w.grant(&account).await.state, GrantState::Active);

    let (id, _) = w
        .log_in(&w.meta.login("third", token_of("another person")))
        .await;
    w.connect.cancel(&w.admin, id).await.unwrap();
    assert_eq!(w.meta.count("revoke"), 1);
}

#[tokio::test]
async fn a_teardown_that_fails_now_is_retried_later() {
    let w = World::new().await;
    w.meta.fail("number", 0, 1, MetaErrorKind::Unavailable);
    let (_, session) = w.refused(&w.meta.login("first", token_of("person"))).await;
    w.meta.fail("unsubscribe", 0, 2, MetaErrorKind::Unavailable);
    w.connect.cancel(&w.admin, session.id).await.unwrap();
    assert_eq!(w.meta.count("revoke"), 0, "the token is still needed");
    for _ in 0..5 {
        w.clock.advance(Duration::minutes(10));
        w.tear_down().await;
    }
    assert!(w.meta.script().subscribed.is_empty());
    assert_eq!(w.meta.count("deregister n1"), 1);
    assert_eq!(w.meta.count("revoke person"), 1);
}

#[tokio::test]
async fn a_session_left_too_long_is_swept_and_undone() {
    let w = World::new().await;
    w.meta.script().wabas[0].1.push(number("n2", "CONNECTED"));
    let (id, _) = w.log_in(&w.meta.login("first", token_of("person"))).await;
    w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    w.clock.advance(Duration::minutes(59));
    assert_eq!(w.connect.sweep_expired().await.unwrap(), 0);
    w.clock.advance(Duration::hours(24));
    assert_eq!(w.connect.open_sessions(&w.admin).await.unwrap(), []);
    assert_eq!(w.connect.sweep_expired().await.unwrap(), 2);
    assert_eq!(w.connect.sweep_expired().await.unwrap(), 0);
    w.tear_down().await;
    let session = w.session(id).await;
    assert_eq!(
        (session.status(), session.state.login()),
        (ConnectStatus::Expired, None)
    );
    assert_eq!(w.meta.count("revoke person"), 1);
    assert!(w.connect.resume(&w.admin, id, None).await.is_err());
    assert!(
        w.connect
            .choose(&w.admin, id, vec!["n1".into()])
            .await
            .is_err()
    );
    assert_eq!(w.find(w.admin.org, "connect.expired").await.len(), 2);
}

#[tokio::test]
async fn a_dead_login_that_failed_is_undone_once_though_it_is_swept_later() {
    let w = World::new().await;
    let mut facts = token_of("person");
    facts.scopes.clear();
    w.refused(&w.meta.login("first", facts)).await;
    w.clock.advance(Duration::hours(25));
    w.connect.sweep_expired().await.unwrap();
    w.tear_down().await;
    assert_eq!(w.find(w.admin.org, "teardown").await.len(), 1);
}

#[tokio::test]
async fn a_chosen_number_that_is_gone_on_resume_does_not_complete_an_empty_connection() {
    let w = World::new().await;
    let other = crate::support::caller(2, 9, wabakit_domain::identity::Role::Owner);
    w.meta.fail("number", 0, 1, MetaErrorKind::Unavailable);
    let (_, session) = w.refused(&w.meta.login("mine", token_of("me"))).await;
    // In the meantime another organisation connects the number.
    w.connected_as(&other, "theirs").await;
    let session = w.connect.resume(&w.admin, session.id, None).await.unwrap();
    assert_eq!(session.problem().unwrap().refusal, Refusal::NumberInUse);
    // Then they disconnect it, and it leaves the business.
    w.accounts.disconnect(&other, None).await.unwrap();
    w.meta.script().wabas[0].1 = vec![number("n2", "CONNECTED")];
    let session = w.connect.resume(&w.admin, session.id, None).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Failed);
    assert_eq!(session.problem().unwrap().refusal, Refusal::NumberNotFound);
    assert_eq!(w.listed(&w.admin).await, []);
}
