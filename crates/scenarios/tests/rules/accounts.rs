//! Accounts: verify, status, names and the default.

use chrono::Duration;
use rstest::rstest;
use wabakit_domain::{grant::GrantState, identity::Role};
use wabakit_ports::{meta::MetaErrorKind, system::Clock};
use wabakit_services::{AccountChange, ServiceError};

use crate::support::{World, caller, number, token_of};

#[tokio::test]
async fn verifying_marks_a_dead_login_and_a_new_one_heals_it() {
    let w = World::new().await;
    let account = w.connected().await;
    w.meta.kill("token-first");
    let view = w.accounts.verify(&w.admin, account.id).await.unwrap();
    assert_eq!(view.grant.state, GrantState::Dead);
    assert!(view.grant.needs_reconnect(w.clock.now()));
    assert!(view.account.is_active, "what comes in is still the org's");
    let again = w.connected_as(&w.admin, "second").await;
    assert_eq!(w.grant(&again).await.state, GrantState::Active);
}

#[tokio::test]
async fn a_token_that_does_not_open_is_quarantined_and_freed_when_it_does() {
    let w = World::new().await;
    let account = w.connected().await;
    w.meta
        .fail("inspect_token", 0, 1, MetaErrorKind::TokenUnreadable);
    let view = w.accounts.verify(&w.admin, account.id).await.unwrap();
    assert_eq!(view.grant.state, GrantState::Quarantined);
    assert!(view.grant.token.is_some());
    let view = w.accounts.verify(&w.admin, account.id).await.unwrap();
    assert_eq!(
        (view.grant.state, view.grant.state_reason),
        (GrantState::Active, None)
    );
}

#[rstest]
#[case("inspect_token")]
#[case("number")]
#[case("is_subscribed")]
#[tokio::test]
async fn a_trouble_that_passes_changes_nothing(
    #[case] method: &'static str,
    #[values(
        MetaErrorKind::Unavailable,
        MetaErrorKind::RateLimited(None),
        MetaErrorKind::VaultUnavailable
    )]
    kind: MetaErrorKind,
) {
    let w = World::new().await;
    let account = w.connected().await;
    let (before, grant) = (w.account(account.id).await, w.grant(&account).await);
    w.clock.advance(Duration::hours(1));
    w.meta.fail(method, 0, 1, kind);
    assert!(w.accounts.verify(&w.admin, account.id).await.is_err());
    assert_eq!(w.account(account.id).await, before);
    assert_eq!(w.grant(&account).await, grant);
}

#[tokio::test]
async fn verifying_reads_health_and_finds_a_lost_subscription_or_number() {
    let w = World::new().await;
    let account = w.connected().await;
    w.clock.advance(Duration::hours(1));
    w.meta
        .set_health("n1", |h| h.quality_rating = Some("RED".into()));
    let view = w.accounts.verify(&w.admin, account.id).await.unwrap();
    assert_eq!(view.account.health.quality_rating.as_deref(), Some("RED"));
    assert_eq!(view.account.last_verified_at, Some(w.clock.now()));
    assert_eq!(view.account.problem, None);
    w.meta.script().subscribed.clear();
    let view = w.accounts.verify(&w.admin, account.id).await.unwrap();
    assert_eq!(view.account.problem.as_deref(), Some("not_subscribed"));
    w.meta.script().wabas[0].1 = vec![number("n2", "CONNECTED")];
    let view = w.accounts.verify(&w.admin, account.id).await.unwrap();
    assert_eq!(view.account.problem.as_deref(), Some("number_not_found"));
    assert_eq!(view.grant.state, GrantState::Active);
}

#[tokio::test]
async fn a_disconnected_number_is_neither_verified_nor_registered_nor_the_default() {
    let w = World::new().await;
    let account = w.connected().await;
    w.accounts.disconnect(&w.admin, None).await.unwrap();
    let not_connected = |e: ServiceError| matches!(e, ServiceError::Conflict("not_connected", _));
    assert!(not_connected(
        w.accounts.verify(&w.admin, account.id).await.unwrap_err()
    ));
    assert!(not_connected(
        w.accounts
            .register(&w.admin, account.id, None)
            .await
            .unwrap_err()
    ));
    let change = AccountChange {
        make_default: true,
        ..AccountChange::default()
    };
    assert!(not_connected(
        w.accounts
            .change(&w.admin, account.id, change)
            .await
            .unwrap_err()
    ));
}

#[tokio::test]
async fn status_lists_the_default_first_and_disconnected_accounts_last() {
    let w = World::new().await;
    let numbers = ["n2", "n3"].map(|n| number(n, "CONNECTED"));
    w.meta.script().wabas[0].1.extend(numbers);
    let (id, _) = w.log_in(&w.meta.login("first", token_of("person"))).await;
    let all = ["n1", "n2", "n3"].map(Into::into).to_vec();
    w.connect.choose(&w.admin, id, all).await.unwrap();
    let accounts = w.listed(&w.admin).await;
    w.accounts
        .disconnect(&w.admin, Some(accounts[0].id))
        .await
        .unwrap();
    let change = AccountChange {
        make_default: true,
        ..AccountChange::default()
    };
    w.accounts
        .change(&w.admin, accounts[2].id, change)
        .await
        .unwrap();
    let viewer = caller(1, 5, Role::Viewer);
    let status = w.accounts.status(&viewer).await.unwrap();
    let ids: Vec<_> = status
        .iter()
        .map(|v| v.account.phone_number_id.as_str())
        .collect();
    assert_eq!(ids, ["n3", "n2", "n1"]);
    assert_eq!(status.iter().filter(|v| v.account.is_default).count(), 1);
    assert_eq!(status[0].app_id.as_ref().unwrap().as_str(), "1001");
    let stranger = caller(2, 9, Role::Owner);
    assert_eq!(w.accounts.status(&stranger).await.unwrap(), []);
}

#[tokio::test]
async fn a_name_is_checked_cleared_when_empty_and_not_lost_to_a_stale_change() {
    let w = World::new().await;
    let account = w.connected().await;
    let named = |name: &str, version| AccountChange {
        display_name: Some(name.into()),
        make_default: false,
        version,
    };
    let seen = w.account(account.id).await.version;
    let view = w
        .accounts
        .change(&w.admin, account.id, named(" Shop ", Some(seen)))
        .await
        .unwrap();
    assert_eq!(view.account.shown_name(), "Shop");
    let stale = w
        .accounts
        .change(&w.admin, account.id, named("Other", Some(seen)))
        .await;
    assert!(matches!(
        stale,
        Err(ServiceError::Conflict("changed_meanwhile", _))
    ));
    let long = w
        .accounts
        .change(&w.admin, account.id, named(&"x".repeat(101), None))
        .await;
    assert!(matches!(long, Err(ServiceError::Invalid(_))));
    let view = w
        .accounts
        .change(&w.admin, account.id, named("", None))
        .await
        .unwrap();
    assert_eq!(view.account.shown_name(), "Name of n1");
    let agent = caller(1, 5, Role::Agent);
    let refused = w
        .accounts
        .change(&agent, account.id, named("x", None))
        .await;
    assert!(matches!(refused, Err(ServiceError::Forbidden(_))));
}

/// Meta reports a checkpoint of the login itself, in the token's facts or as the error of a call.
#[rstest]
#[tokio::test]
async fn a_dead_token_is_a_result_whichever_question_finds_it(
    #[values("inspect_token", "number", "is_subscribed")] method: &'static str,
    #[values(458, 460, 463, 467)] subcode: i64,
) {
    let w = World::new().await;
    let account = w.connected().await;
    w.meta.fail_with(method, 190, subcode);
    let view = w.accounts.verify(&w.admin, account.id).await.unwrap();
    assert_eq!(view.grant.state, GrantState::Dead);
    assert_ne!(view.account.problem.as_deref(), Some("login_checkpoint"));
    assert!(view.account.is_active);
}

#[rstest]
#[case(459)]
#[case(464)]
#[tokio::test]
async fn a_checkpoint_is_no_dead_token_and_needs_no_new_login(
    #[case] subcode: i64,
    #[values("inspect_token", "number", "is_subscribed")] method: &'static str,
) {
    let w = World::new().await;
    let account = w.connected().await;
    let grant = w.grant(&account).await;
    w.meta.fail_with(method, 190, subcode);
    let view = w.accounts.verify(&w.admin, account.id).await.unwrap();
    assert_eq!(view.account.problem.as_deref(), Some("login_checkpoint"));
    assert_eq!(view.grant.state, GrantState::Active);
    assert!(!view.grant.needs_reconnect(w.clock.now()));
    assert_eq!(view.grant.token, grant.token);
    let warnings = w.accounts.warnings(&w.admin).await.unwrap();
    let told = format!("{warnings:?}");
    assert!(told.contains("facebook.com"), "{told}");
    // An act on the account is refused in the same words.
    w.meta.fail_with("register", 190, subcode);
    let pin = Some("123456".into());
    match w.accounts.register(&w.admin, account.id, pin).await {
        Err(ServiceError::Refused(problem)) => {
            let remedy = problem.remedy();
            assert!(
                remedy.contains("facebook.com") && !remedy.contains("Connect again"),
                "{remedy}"
            );
        }
        other => panic!("{other:?}"),
    }
    // The next check finds it well again.
    let view = w.accounts.verify(&w.admin, account.id).await.unwrap();
    assert_eq!(view.account.problem, None);
}
