//! Choosing among several numbers.

use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode, ConnectStatus, Unselectable},
    identity::Role,
    ids::ConnectSessionId,
};
use wabakit_services::{CallbackResult, OauthSubmission, ServiceError};

use crate::support::{World, caller, number, submission, token_of, waba};

async fn with_several() -> World {
    let w = World::new().await;
    let mut unverified = number("n3", "PENDING");
    unverified.health.code_verification_status = Some("NOT_VERIFIED".into());
    w.meta.script().wabas = vec![
        (
            waba("waba"),
            vec![number("n1", "PENDING"), number("n2", "CONNECTED")],
        ),
        (waba("other"), vec![unverified]),
    ];
    w
}

async fn waiting(w: &World) -> ConnectSessionId {
    let code = w.meta.login("several", token_of("person"));
    let (id, landing) = w.log_in(&code).await;
    assert_eq!(landing.result, CallbackResult::Pending(id));
    assert_eq!(w.session(id).await.status(), ConnectStatus::AwaitingChoice);
    id
}

#[tokio::test]
async fn several_numbers_wait_for_a_choice_and_nothing_is_done_to_them_before() {
    let w = with_several().await;
    let id = waiting(&w).await;
    assert_eq!(
        (w.meta.count("subscribe"), w.meta.count("register")),
        (0, 0)
    );
    assert_eq!(w.listed(&w.admin).await, []);
    let both = vec!["n1".into(), "n2".into()];
    let session = w.connect.choose(&w.admin, id, both).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Completed);
    assert_eq!(w.listed(&w.admin).await.len(), 2);
    assert_eq!(w.meta.count("subscribe waba"), 1);
    assert_eq!(w.meta.count("subscribe other"), 0);
    assert_eq!(w.meta.count("register n1"), 1);
    assert_eq!(w.find(w.admin.org, "connect.choose").await.len(), 1);
}

#[tokio::test]
async fn another_org_cannot_choose_and_learns_nothing() {
    let w = with_several().await;
    let id = waiting(&w).await;
    let stranger = caller(2, 9, Role::Owner);
    let chosen = w.connect.choose(&stranger, id, vec!["n1".into()]).await;
    assert!(matches!(chosen, Err(ServiceError::NotFound(_))));
}

#[tokio::test]
async fn a_number_that_cannot_be_picked_or_was_not_found_is_refused_and_named() {
    let w = with_several().await;
    let id = waiting(&w).await;
    let found = w.session(id).await.into_record().progress.candidates;
    assert_eq!(found[2].unselectable, Some(Unselectable::NotVerified));
    for (numbers, pointer) in [
        (vec!["n1", "n3"], "/phoneNumberIds/1"),
        (vec!["nowhere"], "/phoneNumberIds/0"),
        (vec![], "/phoneNumberIds"),
    ] {
        let numbers = numbers.into_iter().map(Into::into).collect();
        match w.connect.choose(&w.admin, id, numbers).await {
            Err(ServiceError::Invalid(invalid)) => assert_eq!(invalid.pointer, pointer),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(w.session(id).await.status(), ConnectStatus::AwaitingChoice);
}

#[tokio::test]
async fn a_number_named_twice_is_connected_once() {
    let w = with_several().await;
    let id = waiting(&w).await;
    let twice = vec!["n1".into(), "n2".into(), "n1".into()];
    let session = w.connect.choose(&w.admin, id, twice).await.unwrap();
    assert_eq!(session.progress.numbers.len(), 2);
    assert_eq!(w.find(w.admin.org, "account.connected").await.len(), 2);
}

async fn signed_up(w: &World, picked: &str) -> wabakit_domain::connect::ConnectSession {
    let begun = w.begin(ConnectMode::Sdk, BrowserBinding::Nonce).await;
    let code = w.meta.login("signup", token_of("person"));
    let submission = OauthSubmission {
        waba_id: Some("waba".into()),
        phone_number_id: Some(picked.into()),
        event: Some("FINISH".into()),
        ..submission(&begun, &code)
    };
    w.connect.submit(&w.admin, submission).await.unwrap()
}

#[tokio::test]
async fn the_number_picked_in_embedded_signup_is_chosen() {
    let w = with_several().await;
    let session = signed_up(&w, "n2").await;
    assert_eq!(session.status(), ConnectStatus::Completed);
    assert_eq!(session.progress.numbers[0].phone_number_id.as_str(), "n2");
    assert_eq!(w.listed(&w.admin).await.len(), 1);
}

#[tokio::test]
async fn a_hint_that_no_source_confirms_chooses_nothing() {
    let w = with_several().await;
    assert_eq!(
        signed_up(&w, "invented").await.status(),
        ConnectStatus::AwaitingChoice
    );
}

#[tokio::test]
async fn a_person_who_picked_an_unavailable_number_gets_no_other_one_unasked() {
    let w = with_several().await;
    w.meta.script().wabas[0].1.truncate(1);
    let session = signed_up(&w, "n3").await;
    assert_eq!(session.status(), ConnectStatus::AwaitingChoice);
    assert_eq!(w.listed(&w.admin).await, []);
}
