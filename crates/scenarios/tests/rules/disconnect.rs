//! Disconnecting, with proof from Meta.

use chrono::Duration;
use wabakit_domain::{grant::GrantState, identity::Role};
use wabakit_ports::meta::MetaErrorKind;
use wabakit_services::{
    AccountService, ConnectService, ConnectSettings, ServiceError, Unsubscribed,
};

use crate::support::{World, caller, number, settings_of, token_of};

async fn with_two() -> World {
    let w = World::new().await;
    w.meta.script().wabas[0].1.push(number("n2", "CONNECTED"));
    let (id, _) = w.log_in(&w.meta.login("first", token_of("person"))).await;
    w.connect
        .choose(&w.admin, id, vec!["n1".into(), "n2".into()])
        .await
        .unwrap();
    w.meta.script().calls.clear();
    w
}

#[tokio::test]
async fn only_the_last_number_of_a_waba_unsubscribes_and_that_is_read_back() {
    let w = with_two().await;
    let accounts = w.listed(&w.admin).await;
    let gone = w
        .accounts
        .disconnect(&w.admin, Some(accounts[0].id))
        .await
        .unwrap();
    assert_eq!(gone[0].1, Unsubscribed::NotNeeded);
    assert_eq!(w.meta.script().calls, Vec::<String>::new());
    assert_eq!(w.grant(&accounts[0]).await.state, GrantState::Active);

    let gone = w
        .accounts
        .disconnect(&w.admin, Some(accounts[1].id))
        .await
        .unwrap();
    assert_eq!(gone[0].1, Unsubscribed::Done);
    assert!(!gone[0].0.is_active && gone[0].0.disconnected_at.is_some());
    let calls = w.meta.script().calls.clone();
    assert_eq!(
        calls,
        ["unsubscribe waba", "is_subscribed waba", "revoke person"]
    );
    assert!(w.meta.script().subscribed.is_empty());
    let grant = w.grant(&accounts[0]).await;
    assert_eq!((grant.state, grant.token), (GrantState::Revoked, None));
    assert_eq!(
        w.meta.count("deregister"),
        0,
        "the number itself is left as it is"
    );
    for action in ["account.disconnected", "teardown.unsubscribe_done"] {
        assert!(!w.find(w.admin.org, action).await.is_empty(), "{action}");
    }
}

#[tokio::test]
async fn disconnecting_all_unsubscribes_once_and_twice_changes_nothing() {
    let w = with_two().await;
    let gone = w.accounts.disconnect(&w.admin, None).await.unwrap();
    let mut ends: Vec<_> = gone.iter().map(|(_, u)| *u).collect();
    ends.sort_by_key(|u| *u == Unsubscribed::Done);
    assert_eq!(ends, [Unsubscribed::NotNeeded, Unsubscribed::Done]);
    assert_eq!(w.accounts.disconnect(&w.admin, None).await.unwrap(), []);
    assert_eq!(w.meta.count("unsubscribe"), 1);
    assert_eq!(w.find(w.admin.org, "account.disconnected").await.len(), 2);
}

#[tokio::test]
async fn a_meta_that_is_busy_leaves_it_pending_and_the_worker_finishes() {
    let w = World::new().await;
    let account = w.connected().await;
    w.meta.fail("unsubscribe", 0, 2, MetaErrorKind::Unavailable);
    let gone = w.accounts.disconnect(&w.admin, None).await.unwrap();
    assert_eq!(gone[0].1, Unsubscribed::Pending);
    assert_eq!(
        w.listed(&w.admin).await,
        [],
        "disconnected here all the same"
    );
    assert!(
        w.grant(&account).await.token.is_some(),
        "the token is still needed"
    );
    assert_eq!(
        w.connect.run_teardowns().await.unwrap(),
        0,
        "not before its time"
    );
    for _ in 0..5 {
        w.clock.advance(Duration::minutes(10));
        w.tear_down().await;
    }
    assert!(w.meta.script().subscribed.is_empty());
    assert_eq!(w.grant(&account).await.token, None);
    assert_eq!(
        w.find(w.admin.org, "teardown.unsubscribe_done").await.len(),
        1
    );
}

#[tokio::test]
async fn a_subscription_that_meta_still_shows_is_not_called_gone() {
    let w = World::new().await;
    w.connected().await;
    w.meta.lose_answer("unsubscribe");
    let gone = w.accounts.disconnect(&w.admin, None).await.unwrap();
    assert_eq!(gone[0].1, Unsubscribed::Pending);
}

#[tokio::test]
async fn a_dead_token_cannot_unsubscribe_and_the_teardown_fails() {
    let w = World::new().await;
    let account = w.connected().await;
    w.meta.kill("token-first");
    let gone = w.accounts.disconnect(&w.admin, None).await.unwrap();
    assert_eq!(gone[0].1, Unsubscribed::Failed);
    let told = w.find(w.admin.org, "teardown.unsubscribe_failed").await;
    assert!(
        told[0].event.data.contains("TokenInvalid"),
        "{}",
        told[0].event.data
    );
    assert_eq!(
        w.grant(&account).await.token,
        None,
        "a dead token is destroyed"
    );
}

#[tokio::test]
async fn a_number_connected_again_meanwhile_keeps_its_subscription() {
    let w = World::new().await;
    w.connected().await;
    w.meta.fail("unsubscribe", 0, 1, MetaErrorKind::Unavailable);
    w.accounts.disconnect(&w.admin, None).await.unwrap();
    w.connected_as(&w.admin, "second").await;
    w.clock.advance(Duration::hours(1));
    w.tear_down().await;
    assert!(w.meta.script().subscribed.contains(&"waba".into()));
    assert!(w.meta.script().tokens["token-second"].is_valid);
}

#[tokio::test]
async fn a_connection_that_waited_is_subscribed_though_the_last_other_number_went_meanwhile() {
    let w = World::new().await;
    let other = caller(2, 9, Role::Owner);
    w.connected_as(&other, "theirs").await;
    w.meta.script().wabas[0].1 = vec![number("n2", "CONNECTED")];
    w.meta.fail("number", 0, 1, MetaErrorKind::Unavailable);
    let (_, session) = w.refused(&w.meta.login("mine", token_of("me"))).await;
    let gone = w.accounts.disconnect(&other, None).await.unwrap();
    assert_eq!(gone[0].1, Unsubscribed::Done);
    w.connect.resume(&w.admin, session.id, None).await.unwrap();
    assert_eq!(w.listed(&w.admin).await.len(), 1);
    assert!(w.meta.script().subscribed.contains(&"waba".into()));
}

#[tokio::test]
async fn two_orgs_on_one_waba_keep_each_others_subscription() {
    let w = World::new().await;
    w.meta.script().wabas[0].1.push(number("n2", "CONNECTED"));
    let other = caller(2, 9, Role::Owner);
    let (id, _) = w.log_in(&w.meta.login("mine", token_of("me"))).await;
    w.connect
        .choose(&w.admin, id, vec!["n1".into()])
        .await
        .unwrap();
    w.connected_as(&other, "theirs").await;
    let gone = w.accounts.disconnect(&w.admin, None).await.unwrap();
    assert_eq!(gone[0].1, Unsubscribed::NotNeeded);
    assert!(w.meta.script().subscribed.contains(&"waba".into()));
}

#[tokio::test]
async fn the_oldest_other_number_becomes_the_default() {
    let w = with_two().await;
    let accounts = w.listed(&w.admin).await;
    assert!(accounts[0].is_default && !accounts[1].is_default);
    w.accounts
        .disconnect(&w.admin, Some(accounts[0].id))
        .await
        .unwrap();
    assert!(w.account(accounts[1].id).await.is_default);
    assert!(!w.account(accounts[0].id).await.is_default);
}

#[tokio::test]
async fn disconnecting_needs_an_admin_of_the_org() {
    let w = World::new().await;
    let account = w.connected().await;
    let agent = caller(1, 2, Role::Agent);
    let stranger = caller(2, 9, Role::Owner);
    let refused = w.accounts.disconnect(&agent, None).await;
    assert!(matches!(refused, Err(ServiceError::Forbidden(_))));
    let refused = w.accounts.disconnect(&stranger, Some(account.id)).await;
    assert!(matches!(refused, Err(ServiceError::NotFound(_))));
    assert_eq!(w.accounts.disconnect(&stranger, None).await.unwrap(), []);
    assert!(w.account(account.id).await.is_active);
}

/// Makes a server that shares its Meta app with another one.
async fn sharing() -> World {
    let mut w = World::new().await;
    let settings = ConnectSettings {
        shared_app: true,
        ..settings_of(w.app)
    };
    w.connect = ConnectService::new(w.ports.clone(), settings);
    w.accounts = AccountService::new(w.ports.clone(), w.connect.clone());
    w
}

#[tokio::test]
async fn a_shared_app_keeps_subscription_and_permissions_at_meta() {
    let w = sharing().await;
    let account = w.connected().await;
    w.accounts.disconnect(&w.admin, None).await.unwrap();
    w.tear_down().await;
    assert_eq!(w.meta.count("unsubscribe") + w.meta.count("revoke"), 0);
    assert!(w.meta.script().subscribed.contains(&"waba".into()));
    assert!(
        w.meta.script().tokens["token-first"].is_valid,
        "the other server goes on"
    );
    let grant = w.grant(&account).await;
    assert_eq!(
        (grant.state, grant.token),
        (GrantState::Revoked, None),
        "forgotten here"
    );

    // One login is given up, and one is refused for good.
    w.meta.fail("number", 0, 1, MetaErrorKind::Unavailable);
    let (_, session) = w.refused(&w.meta.login("second", token_of("person"))).await;
    w.connect.cancel(&w.admin, session.id).await.unwrap();
    let mut facts = token_of("person");
    facts.scopes.clear();
    w.refused(&w.meta.login("third", facts)).await;
    w.tear_down().await;
    let undone = ["unsubscribe", "deregister", "revoke"];
    assert_eq!(undone.map(|act| w.meta.count(act)), [0, 0, 0]);
}
