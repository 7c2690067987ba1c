//! Connecting a number again.

use chrono::Duration;
use wabakit_domain::grant::GrantState;
use wabakit_services::AccountChange;

use crate::support::{World, number, token_of};

#[tokio::test]
async fn reconnecting_keeps_the_orgs_own_settings_and_replaces_the_login() {
    let w = World::new().await;
    let first = w.connected().await;
    let pin = w.opened_pin(&first).await;
    let named = AccountChange {
        display_name: Some("Shop".into()),
        ..AccountChange::default()
    };
    w.accounts.change(&w.admin, first.id, named).await.unwrap();
    w.clock.advance(Duration::days(3));
    let again = w.connected_as(&w.admin, "second").await;

    assert_eq!((again.id, again.created_at), (first.id, first.created_at));
    assert_eq!(again.display_name.as_deref(), Some("Shop"));
    assert!(again.is_default && again.is_active);
    assert!(again.connected_at > first.connected_at);
    assert_ne!(again.grant, first.grant);
    assert_eq!(w.grant(&again).await.state, GrantState::Active);
    assert_eq!(
        w.opened_pin(&again).await,
        pin,
        "sealed anew for the new grant"
    );
    assert_eq!(w.listed(&w.admin).await.len(), 1);

    w.tear_down().await;
    let old = w.grant(&first).await;
    assert_eq!((old.state, old.token), (GrantState::Revoked, None));
    assert_eq!(
        w.meta.count("revoke"),
        0,
        "the new login stands on the same rights"
    );
    assert!(w.meta.script().tokens["token-second"].is_valid);
}

#[tokio::test]
async fn a_replaced_login_no_longer_keeps_the_rights_from_being_taken_back() {
    let w = World::new().await;
    w.connected().await;
    w.connected_as(&w.admin, "second").await;
    w.tear_down().await;
    w.accounts.disconnect(&w.admin, None).await.unwrap();
    assert_eq!(w.meta.count("revoke person"), 1);
}

#[tokio::test]
async fn a_login_that_carries_other_numbers_is_not_replaced() {
    let w = World::new().await;
    w.meta.script().wabas[0].1.push(number("n2", "CONNECTED"));
    let (id, _) = w.log_in(&w.meta.login("first", token_of("person"))).await;
    w.connect
        .choose(&w.admin, id, vec!["n1".into(), "n2".into()])
        .await
        .unwrap();
    let (id, _) = w.log_in(&w.meta.login("second", token_of("person"))).await;
    w.connect
        .choose(&w.admin, id, vec!["n1".into()])
        .await
        .unwrap();
    w.tear_down().await;
    let accounts = w.listed(&w.admin).await;
    for account in &accounts {
        let grant = w.grant(account).await;
        assert!(grant.state == GrantState::Active && grant.token.is_some());
    }
    assert_ne!(accounts[0].grant, accounts[1].grant);
}

#[tokio::test]
async fn after_disconnecting_the_same_account_comes_back_with_its_pin() {
    let w = World::new().await;
    let first = w.connected().await;
    let pin = w.opened_pin(&first).await;
    w.accounts
        .disconnect(&w.admin, Some(first.id))
        .await
        .unwrap();
    w.meta
        .set_health("n1", |h| h.status = Some("PENDING".into()));
    let again = w.connected_as(&w.admin, "second").await;
    assert_eq!(again.id, first.id);
    assert_eq!(again.disconnected_at, None);
    assert_eq!(w.opened_pin(&again).await, pin);
    assert!(!again.needs_registration, "Meta knows that PIN");
}
