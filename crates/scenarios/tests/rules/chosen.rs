//! Choices made at Meta, and numbers that have moved.

use rstest::rstest;
use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode, ConnectSession, ConnectStatus, Refusal},
    ids::PhoneNumberId,
};
use wabakit_services::OauthSubmission;

use crate::support::{World, number, submission, token_of, waba};

fn ids(waba: Option<&str>, number: Option<&str>, business: Option<&str>) -> OauthSubmission {
    OauthSubmission {
        waba_id: waba.map(Into::into),
        phone_number_id: number.map(Into::into),
        business_id: business.map(Into::into),
        event: Some("FINISH".into()),
        ..OauthSubmission::default()
    }
}

async fn signed_up(w: &World, chosen: OauthSubmission) -> ConnectSession {
    let begun = w.begin(ConnectMode::Sdk, BrowserBinding::Nonce).await;
    let code = w.meta.login("signup", token_of("person"));
    let submission = OauthSubmission {
        waba_id: chosen.waba_id,
        phone_number_id: chosen.phone_number_id,
        business_id: chosen.business_id,
        event: chosen.event,
        ..submission(&begun, &code)
    };
    w.connect.submit(&w.admin, submission).await.unwrap()
}

#[rstest]
#[case(ids(Some("elsewhere"), None, None))]
#[case(ids(None, Some("n9"), None))]
#[case(ids(Some("waba"), Some("n9"), None))]
#[case(ids(Some("elsewhere"), Some("n1"), None))]
#[case(ids(None, None, Some("another business")))]
#[tokio::test]
async fn a_choice_that_meta_does_not_show_connects_nothing_else(#[case] chosen: OauthSubmission) {
    let w = World::new().await;
    let session = signed_up(&w, chosen).await;
    assert_eq!(session.status(), ConnectStatus::AwaitingChoice);
    assert_eq!(session.problem().unwrap().refusal, Refusal::ChosenNotShown);
    assert!(!session.problem().unwrap().about.is_empty(), "it is named");
    assert_eq!(w.listed(&w.admin).await, []);
    assert_eq!(w.meta.count("register") + w.meta.count("subscribe"), 0);
    // The person can choose another number that is there.
    let n1 = vec![PhoneNumberId::from("n1")];
    let session = w.connect.choose(&w.admin, session.id, n1).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Completed);
    assert_eq!(session.problem(), None);
}

#[rstest]
#[case(ids(Some("waba"), None, None))]
#[case(ids(Some(" waba\n"), None, Some("")))]
#[case(ids(None, Some("n1"), Some("another business")))]
#[case(ids(None, None, Some("business")))]
#[tokio::test]
async fn a_choice_that_meta_shows_is_connected(#[case] chosen: OauthSubmission) {
    let w = World::new().await;
    w.meta.script().wabas.push((waba("other"), vec![]));
    let session = signed_up(&w, chosen).await;
    assert_eq!(session.status(), ConnectStatus::Completed);
}

#[tokio::test]
async fn a_number_that_meta_shows_late_is_found_by_looking_again() {
    let w = World::new().await;
    let session = signed_up(&w, ids(Some("waba"), Some("n2"), None)).await;
    assert!(session.can_resume(session.updated_at));
    let again = w.connect.resume(&w.admin, session.id, None).await.unwrap();
    assert_eq!(
        again.status(),
        ConnectStatus::AwaitingChoice,
        "it is not there yet"
    );
    w.meta.script().wabas[0].1.push(number("n2", "PENDING"));
    let session = w.connect.resume(&w.admin, session.id, None).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Completed);
    assert_eq!(session.progress.numbers[0].phone_number_id.as_str(), "n2");
    assert_eq!(w.listed(&w.admin).await.len(), 1);
}

#[tokio::test]
async fn a_choice_that_does_not_show_is_named_before_faults_of_other_numbers() {
    let w = World::new().await;
    w.meta.script().wabas[0].1[0]
        .health
        .code_verification_status = Some("NOT_VERIFIED".into());
    let session = signed_up(&w, ids(Some("waba"), Some("n2"), None)).await;
    assert_eq!(session.status(), ConnectStatus::Failed);
    assert_eq!(session.problem().unwrap().refusal, Refusal::ChosenNotShown);
    w.meta.script().wabas[0].1.clear();
    let session = signed_up_again(&w, ids(Some("waba"), Some("n2"), None)).await;
    assert_eq!(session.problem().unwrap().refusal, Refusal::ChosenNotShown);
    let session = signed_up_again(&w, ids(Some("waba"), None, None)).await;
    assert_eq!(session.problem().unwrap().refusal, Refusal::NoPhoneNumber);
}

async fn signed_up_again(w: &World, chosen: OauthSubmission) -> ConnectSession {
    w.meta.script().used_codes.clear();
    signed_up(w, chosen).await
}

fn moved(id: &str, display: &str) -> wabakit_ports::meta::NumberFacts {
    let mut facts = number(id, "CONNECTED");
    facts.display_phone_number = display.into();
    facts
}

#[rstest]
#[case("+1 555-013-4204", "+1 555-013-4204")]
#[case("+1 555-013-4204", "+1 (555) 0134204")]
#[case("+49 30 901820", "4930901820")]
#[tokio::test]
async fn a_number_that_moved_to_another_waba_is_the_same_account(
    #[case] before: &str,
    #[case] after: &str,
) {
    let w = World::new().await;
    w.meta.script().wabas = vec![(waba("waba"), vec![moved("n4", before)])];
    let old = w.connected().await;
    assert!(old.is_default);
    w.meta.script().wabas = vec![(waba("waba2"), vec![moved("n44", after)])];
    let new = w.connected_as(&w.admin, "second").await;
    assert_eq!((new.id, new.is_default), (old.id, true));
    assert_eq!(
        (new.phone_number_id.as_str(), new.waba_id.as_str()),
        ("n44", "waba2")
    );
    assert_eq!(w.listed(&w.admin).await.len(), 1);
    let told = w.find(w.admin.org, "account.connected").await;
    let latest = &told[0].event.data;
    assert!(latest.contains("\"movedFrom\""), "{latest}");
    w.tear_down().await;
    assert_eq!(
        w.grant(&old).await.token,
        None,
        "the old login carries nothing"
    );
    // Disconnected and moved back, it is still the same account.
    w.accounts.disconnect(&w.admin, None).await.unwrap();
    w.meta.script().wabas = vec![(waba("waba"), vec![moved("n4", before)])];
    assert_eq!(w.connected_as(&w.admin, "third").await.id, old.id);
}

#[tokio::test]
async fn two_numbers_that_are_connected_together_are_two_accounts() {
    let w = World::new().await;
    let same = "+1 555-013-4204";
    w.meta.script().wabas = vec![(waba("waba"), vec![moved("n4", same)])];
    let old = w.connected().await;
    w.meta.script().wabas[0].1.push(moved("n44", same));
    let (id, _) = w.log_in(&w.meta.login("both", token_of("person"))).await;
    let both = vec!["n4".into(), "n44".into()];
    w.connect.choose(&w.admin, id, both).await.unwrap();
    let listed = w.listed(&w.admin).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(w.account(old.id).await.phone_number_id.as_str(), "n4");
    // A number whose digits Meta does not show is matched with no account.
    w.meta.script().wabas = vec![(waba("waba"), vec![moved("n5", "n5"), moved("n6", "555")])];
    let (id, _) = w.log_in(&w.meta.login("short", token_of("person"))).await;
    let both = vec!["n5".into(), "n6".into()];
    w.connect.choose(&w.admin, id, both).await.unwrap();
    assert_eq!(w.listed(&w.admin).await.len(), 4);
    let digits = ["15550134204".to_owned()];
    let found = w
        .store
        .accounts_of_digits(w.admin.org, &digits)
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn the_waba_that_a_number_left_is_unsubscribed_with_its_last_number() {
    for stays in [false, true] {
        let w = World::new().await;
        let mut numbers = vec![moved("n4", "+1 555-013-4204")];
        if stays {
            numbers.push(moved("n5", "+1 555-013-4205"));
        }
        w.meta.script().wabas = vec![(waba("waba"), numbers.clone())];
        let (id, _) = w.log_in(&w.meta.login("first", token_of("person"))).await;
        if w.session(id).await.status() != ConnectStatus::Completed {
            let all = numbers.iter().map(|number| number.id.clone()).collect();
            w.connect.choose(&w.admin, id, all).await.unwrap();
        }
        assert_eq!(w.meta.script().subscribed, ["waba".into()].into());
        numbers.remove(0);
        w.meta.script().wabas = vec![
            (waba("waba2"), vec![moved("n44", "+1 555-013-4204")]),
            (waba("waba"), numbers),
        ];
        let (id, _) = w.log_in(&w.meta.login("second", token_of("person"))).await;
        if w.session(id).await.status() != ConnectStatus::Completed {
            w.connect
                .choose(&w.admin, id, vec!["n44".into()])
                .await
                .unwrap();
        }
        w.tear_down().await;
        let subscribed = w.meta.script().subscribed.clone();
        match stays {
            true => assert_eq!(subscribed, ["waba".into(), "waba2".into()].into()),
            false => assert_eq!(subscribed, ["waba2".into()].into()),
        }
    }
}
