//! Adding a number by hand.

use wabakit_domain::{connect::Refusal, grant::GrantState};
use wabakit_ports::meta::MetaErrorKind;
use wabakit_services::{ManualNumber, ServiceError};

use crate::support::{World, number, refusal_of, token_of};

fn pasted(number: &str) -> ManualNumber {
    ManualNumber {
        phone_number_id: number.into(),
        waba_id: "waba".into(),
        access_token: " token-pasted\n".into(),
        app_id: None,
    }
}

async fn world() -> World {
    let w = World::new().await;
    w.meta.login("pasted", token_of("system"));
    w
}

#[tokio::test]
async fn a_pasted_token_connects_the_one_number_that_was_named() {
    let w = world().await;
    w.meta.script().wabas[0].1.push(number("n2", "CONNECTED"));
    let view = w
        .accounts
        .add_by_hand(&w.admin, pasted("n2"))
        .await
        .unwrap();
    assert_eq!(view.account.phone_number_id.as_str(), "n2");
    assert_eq!(view.grant.state, GrantState::Active);
    assert_eq!(w.listed(&w.admin).await.len(), 1);
    assert_eq!(
        w.meta.count("exchange_code") + w.meta.count("exchange_long_lived"),
        0
    );
    assert!(w.meta.script().subscribed.contains(&"waba".into()));
    assert_eq!(w.find(w.admin.org, "connect.completed").await.len(), 1);
}

#[tokio::test]
async fn a_token_of_an_app_that_is_not_set_up_here_is_refused_and_nothing_is_stored() {
    let w = world().await;
    let mut facts = token_of("system");
    facts.app_id = Some("2002".into());
    w.meta.login("pasted", facts);
    let added = w.accounts.add_by_hand(&w.admin, pasted("n1")).await;
    assert_eq!(refusal_of(added), Refusal::UnknownMetaApp);
    let named = ManualNumber {
        app_id: Some("2002".into()),
        ..pasted("n1")
    };
    let added = w.accounts.add_by_hand(&w.admin, named).await;
    assert_eq!(refusal_of(added), Refusal::UnknownMetaApp);
    assert_eq!(w.log(w.admin.org).await, []);
}

#[tokio::test]
async fn a_dead_pasted_token_and_another_apps_token_have_different_refusals() {
    let w = world().await;
    w.meta.kill("token-pasted");
    let added = w.accounts.add_by_hand(&w.admin, pasted("n1")).await;
    assert_eq!(refusal_of(added), Refusal::TokenInvalid);
}

#[tokio::test]
async fn a_number_that_is_not_there_leaves_nothing_and_leaves_the_token_to_its_owner() {
    let w = world().await;
    let elsewhere = ManualNumber {
        waba_id: "other".into(),
        ..pasted("n1")
    };
    for wrong in [pasted("n9"), elsewhere] {
        let added = w.accounts.add_by_hand(&w.admin, wrong).await;
        assert_eq!(refusal_of(added), Refusal::NumberNotFound);
    }
    w.tear_down().await;
    assert_eq!(w.listed(&w.admin).await, []);
    assert_eq!(w.connect.open_sessions(&w.admin).await.unwrap(), []);
    assert_eq!(
        (w.meta.count("subscribe"), w.meta.count("register")),
        (0, 0)
    );
    assert_eq!(w.meta.count("revoke"), 0, "it was not ours to take back");
    // The right id with the same token succeeds.
    w.accounts
        .add_by_hand(&w.admin, pasted("n1"))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_pasted_token_is_forgotten_and_goes_on_working_elsewhere() {
    let w = world().await;
    let added = w
        .accounts
        .add_by_hand(&w.admin, pasted("n1"))
        .await
        .unwrap();
    w.accounts
        .disconnect(&w.admin, Some(added.account.id))
        .await
        .unwrap();
    w.tear_down().await;
    assert_eq!(w.meta.count("revoke"), 0, "it was not ours to take back");
    assert!(w.meta.script().subscribed.is_empty(), "that was ours");
    assert_eq!(w.grant(&added.account).await.token, None);
}

#[tokio::test]
async fn an_app_that_somebody_else_subscribed_stays_subscribed() {
    let w = world().await;
    w.meta.script().subscribed.insert("waba".into());
    let added = w
        .accounts
        .add_by_hand(&w.admin, pasted("n1"))
        .await
        .unwrap();
    w.accounts
        .disconnect(&w.admin, Some(added.account.id))
        .await
        .unwrap();
    w.tear_down().await;
    assert_eq!(w.meta.count("unsubscribe"), 0);
    assert_eq!(w.meta.count("revoke"), 0);
}

#[tokio::test]
async fn a_failed_addition_by_hand_is_undone_and_cannot_be_resumed() {
    let w = world().await;
    w.meta.fail("number", 0, 1, MetaErrorKind::Unavailable);
    let added = w.accounts.add_by_hand(&w.admin, pasted("n1")).await;
    assert_eq!(refusal_of(added), Refusal::MetaUnavailable);
    assert_eq!(w.connect.open_sessions(&w.admin).await.unwrap(), []);
    w.tear_down().await;
    assert!(w.meta.script().subscribed.is_empty());
    assert_eq!(w.meta.count("deregister n1"), 1);
    assert_eq!(w.meta.count("revoke"), 0);
    assert_eq!(w.listed(&w.admin).await, []);
}

#[tokio::test]
async fn ids_and_tokens_that_cannot_be_are_named_before_meta_is_asked() {
    let w = world().await;
    let wrong = [
        (
            ManualNumber {
                phone_number_id: "+1 555".into(),
                ..pasted("n1")
            },
            "/phoneNumberId",
        ),
        (
            ManualNumber {
                waba_id: "../me".into(),
                ..pasted("n1")
            },
            "/wabaId",
        ),
        (
            ManualNumber {
                access_token: "  ".into(),
                ..pasted("n1")
            },
            "/accessToken",
        ),
        (
            ManualNumber {
                phone_number_id: "\u{feff}\u{a0}".into(),
                ..pasted("n1")
            },
            "/phoneNumberId",
        ),
        (
            ManualNumber {
                access_token: "EAAG-first\nEAAG-second".into(),
                ..pasted("n1")
            },
            "/accessToken",
        ),
        (
            ManualNumber {
                access_token: "EAAG\u{200b}rest".into(),
                ..pasted("n1")
            },
            "/accessToken",
        ),
        (
            ManualNumber {
                access_token: "x".repeat(4_097).into(),
                ..pasted("n1")
            },
            "/accessToken",
        ),
    ];
    for (new, pointer) in wrong {
        match w.accounts.add_by_hand(&w.admin, new).await {
            Err(ServiceError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(w.meta.script().calls, Vec::<String>::new());
}
