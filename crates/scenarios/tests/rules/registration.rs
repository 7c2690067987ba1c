//! PINs, and Meta's limit of registrations.

use chrono::Duration;
use wabakit_domain::connect::{ConnectStatus, Refusal};
use wabakit_ports::meta::MetaErrorKind;
use wabakit_services::ServiceError;

use crate::support::{World, number, refusal_of, token_of};

#[tokio::test]
async fn a_pin_is_made_and_stored_before_meta_hears_of_it_and_kept_with_the_account() {
    let w = World::new().await;
    w.meta.fail("register", 0, 1, MetaErrorKind::Unavailable);
    let (_, session) = w.refused(&w.meta.login("first", token_of("person"))).await;
    let stored = session.progress.numbers[0].pin.clone().unwrap();
    let session = w.connect.resume(&w.admin, session.id, None).await.unwrap();
    assert_eq!(
        session.progress.numbers[0].pin.as_ref(),
        Some(&stored),
        "the same PIN again"
    );
    let account = w.listed(&w.admin).await.remove(0);
    let pin = w.opened_pin(&account).await.unwrap();
    assert!(pin.len() == 6 && pin.bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(w.meta.script().pins[&"n1".into()], pin);
}

#[tokio::test]
async fn pins_of_two_numbers_differ() {
    let w = World::new().await;
    w.meta.script().wabas[0].1.push(number("n2", "PENDING"));
    let (id, _) = w.log_in(&w.meta.login("first", token_of("person"))).await;
    w.connect
        .choose(&w.admin, id, vec!["n1".into(), "n2".into()])
        .await
        .unwrap();
    let script = w.meta.script();
    assert_ne!(script.pins[&"n1".into()], script.pins[&"n2".into()]);
}

#[tokio::test]
async fn a_wrong_pin_ends_connected_and_the_right_one_registers_from_the_card() {
    let w = World::new().await;
    w.meta.script().pins.insert("n1".into(), "424242".into());
    let (id, _) = w.log_in(&w.meta.login("first", token_of("person"))).await;
    let (session, accounts) = w.connect.session(&w.admin, id).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Completed);
    assert!(accounts[0].is_active && accounts[0].needs_registration);
    assert_eq!(accounts[0].problem.as_deref(), Some("pin_mismatch"));
    assert_eq!(
        accounts[0].registration_pin, None,
        "the wrong PIN is forgotten"
    );
    let id = accounts[0].id;

    let unknown = w.accounts.register(&w.admin, id, None).await;
    assert!(matches!(unknown, Err(ServiceError::Invalid(_))));
    for bad in ["12345", "1234567", "12345a"] {
        let bad = w.accounts.register(&w.admin, id, Some(bad.into())).await;
        assert!(matches!(bad, Err(ServiceError::Invalid(_))));
    }
    let wrong = w
        .accounts
        .register(&w.admin, id, Some("111111".into()))
        .await;
    assert_eq!(refusal_of(wrong), Refusal::PinMismatch);
    assert!(w.account(id).await.needs_registration);
    let right = w
        .accounts
        .register(&w.admin, id, Some("424242".into()))
        .await
        .unwrap();
    assert!(!right.account.needs_registration);
    assert_eq!(right.account.problem, None);
    assert!(right.account.health.is_connected());
    assert_eq!(
        w.opened_pin(&right.account).await.as_deref(),
        Some("424242")
    );
    assert_eq!(w.meta.count("register"), 3);
}

#[tokio::test]
async fn a_number_registered_while_its_health_cannot_be_read_is_registered() {
    let w = World::new().await;
    w.meta.script().pins.insert("n1".into(), "424242".into());
    let account = w.connected().await;
    w.meta.fail("number", 0, 1, MetaErrorKind::Unavailable);
    let view = w
        .accounts
        .register(&w.admin, account.id, Some("424242".into()))
        .await
        .unwrap();
    assert!(!view.account.needs_registration);
    assert_eq!(w.opened_pin(&view.account).await.as_deref(), Some("424242"));
}

#[tokio::test]
async fn a_number_is_registered_ten_times_in_72_hours_and_the_known_pin_survives_the_limit() {
    let w = World::new().await;
    let account = w.connected().await;
    let pin = w.opened_pin(&account).await;
    let register = || w.accounts.register(&w.admin, account.id, None);
    for _ in 0..9 {
        register().await.unwrap();
    }
    assert_eq!(
        refusal_of(register().await),
        Refusal::RegistrationBudgetSpent
    );
    assert_eq!(w.meta.count("register"), 10, "Meta is not even asked");
    let stored = w.account(account.id).await;
    assert_eq!(w.opened_pin(&stored).await, pin);
    w.clock.advance(Duration::hours(72) + Duration::seconds(1));
    register().await.unwrap();
    assert!(!w.account(account.id).await.needs_registration);
}

#[tokio::test]
async fn a_pin_typed_wrong_does_not_displace_the_one_that_we_set() {
    let w = World::new().await;
    let account = w.connected().await;
    let pin = w.opened_pin(&account).await;
    let typed = w
        .accounts
        .register(&w.admin, account.id, Some("000001".into()))
        .await;
    assert_eq!(refusal_of(typed), Refusal::PinMismatch);
    assert_eq!(w.opened_pin(&w.account(account.id).await).await, pin);
}

#[tokio::test]
async fn a_spent_budget_ends_connected_and_not_registered() {
    let w = World::new().await;
    let account = w.connected().await;
    for _ in 0..9 {
        w.accounts
            .register(&w.admin, account.id, None)
            .await
            .unwrap();
    }
    w.accounts.disconnect(&w.admin, None).await.unwrap();
    w.meta
        .set_health("n1", |h| h.status = Some("PENDING".into()));
    let (id, _) = w.log_in(&w.meta.login("again", token_of("person"))).await;
    assert_eq!(w.session(id).await.status(), ConnectStatus::Completed);
    let account = w.account(account.id).await;
    assert!(account.is_active && account.needs_registration);
    assert_eq!(
        account.problem.as_deref(),
        Some("registration_budget_spent")
    );
    assert_eq!(w.meta.count("register"), 10);
}
