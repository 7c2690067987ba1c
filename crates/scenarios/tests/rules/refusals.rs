//! Each refusal has its own code and leaves nothing behind.

use chrono::Duration;
use rstest::rstest;
use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode, ConnectStatus, Refusal},
    identity::Role,
};
use wabakit_ports::meta::MetaErrorKind;
use wabakit_services::{CallbackParams, CallbackResult};

use crate::support::{World, answer, caller, number, refusal_of, submission, token_of, waba};

#[tokio::test]
async fn a_declined_scope_is_named() {
    let w = World::new().await;
    let mut facts = token_of("person");
    facts.scopes.retain(|s| s != "whatsapp_business_messaging");
    let (refusal, session) = w.refused(&w.meta.login("declined", facts)).await;
    assert_eq!(refusal, Refusal::MissingScope);
    assert_eq!(
        session.problem().unwrap().about,
        ["whatsapp_business_messaging"]
    );
}

#[tokio::test]
async fn a_login_blind_to_businesses_names_the_scope_it_lacks() {
    let w = World::new().await;
    w.meta.script().wabas.clear();
    let mut facts = token_of("person");
    facts.scopes.retain(|s| s != "business_management");
    let (refusal, session) = w.refused(&w.meta.login("blind", facts)).await;
    assert_eq!(refusal, Refusal::MissingScope);
    assert_eq!(session.problem().unwrap().about, ["business_management"]);
}

#[tokio::test]
async fn no_business_no_waba_and_no_number_are_three_refusals() {
    let w = World::new().await;
    w.meta.script().wabas = vec![(waba("waba"), vec![])];
    let (refusal, _) = w.refused(&w.meta.login("a", token_of("a"))).await;
    assert_eq!(refusal, Refusal::NoPhoneNumber);
    w.meta.script().wabas.clear();
    let (refusal, _) = w.refused(&w.meta.login("b", token_of("b"))).await;
    assert_eq!(refusal, Refusal::NoWaba);
    w.meta.script().businesses = 0;
    let (refusal, _) = w.refused(&w.meta.login("c", token_of("c"))).await;
    assert_eq!(refusal, Refusal::NoBusiness);
    assert_eq!(w.listed(&w.admin).await, []);
}

#[tokio::test]
async fn an_unverified_number_is_named_and_resumes_once_it_is_verified() {
    let w = World::new().await;
    let mut unverified = number("n1", "PENDING");
    unverified.health.code_verification_status = Some("NOT_VERIFIED".into());
    w.meta.script().wabas[0].1 = vec![unverified];
    let (refusal, session) = w.refused(&w.meta.login("first", token_of("person"))).await;
    assert_eq!(refusal, Refusal::NumberNotVerified);
    assert_eq!(session.problem().unwrap().about, ["+1 555 n1"]);
    w.meta.set_health("n1", |h| {
        h.code_verification_status = Some("VERIFIED".into());
    });
    let session = w.connect.resume(&w.admin, session.id, None).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Completed);
}

#[tokio::test]
async fn a_number_of_another_living_org_is_in_use() {
    let w = World::new().await;
    w.connected_as(&caller(2, 9, Role::Owner), "theirs").await;
    let (refusal, session) = w.refused(&w.meta.login("mine", token_of("me"))).await;
    assert_eq!(refusal, Refusal::NumberInUse);
    assert!(session.can_resume(session.updated_at));
    assert_eq!(w.listed(&w.admin).await, []);
}

#[tokio::test]
async fn an_invalid_token_and_a_token_of_another_app_have_different_refusals() {
    let w = World::new().await;
    let mut facts = token_of("person");
    facts.is_valid = false;
    let (refusal, _) = w.refused(&w.meta.login("invalid", facts)).await;
    assert_eq!(refusal, Refusal::TokenInvalid);
    let mut facts = token_of("person");
    facts.app_id = Some("2002".into());
    let (refusal, _) = w.refused(&w.meta.login("foreign", facts)).await;
    assert_eq!(refusal, Refusal::UnknownMetaApp);
}

#[rstest]
#[case(MetaErrorKind::CodeExpired, Refusal::CodeExpired)]
#[case(MetaErrorKind::CodeUsed, Refusal::CodeUsed)]
#[case(MetaErrorKind::CodeRejected, Refusal::CodeRejected)]
#[case(MetaErrorKind::RedirectMismatch, Refusal::RedirectMismatch)]
#[tokio::test]
async fn a_code_that_meta_refuses_has_its_own_refusal_and_ends_the_session(
    #[case] kind: MetaErrorKind,
    #[case] expected: Refusal,
) {
    let w = World::new().await;
    w.meta.fail("exchange_code", 0, 1, kind);
    let (refusal, session) = w.refused(&w.meta.login("first", token_of("person"))).await;
    assert_eq!(refusal, expected);
    assert_eq!(
        session
            .problem()
            .as_ref()
            .unwrap()
            .meta
            .as_ref()
            .unwrap()
            .code,
        4242
    );
    assert!(
        session.state.login().is_none() && session.grant().is_none(),
        "the login is let go of"
    );
    assert!(!session.can_resume(session.updated_at));
    assert!(w.connect.resume(&w.admin, session.id, None).await.is_err());
    assert_eq!(w.connect.open_sessions(&w.admin).await.unwrap(), []);
    w.tear_down().await;
    assert_eq!(w.meta.count("exchange_code"), 1);
    assert_eq!(w.meta.count("revoke"), 0, "there was no token yet");
}

#[tokio::test]
async fn a_login_without_a_needed_permission_is_released_and_its_permissions_revoked() {
    let w = World::new().await;
    let mut facts = token_of("person");
    facts.scopes.clear();
    let (_, session) = w.refused(&w.meta.login("first", facts)).await;
    assert_eq!(session.grant(), None);
    w.tear_down().await;
    assert_eq!(w.meta.count("revoke person"), 1);
    assert!(!w.meta.script().tokens["token-first"].is_valid);
    assert_eq!(
        w.find(w.admin.org, "teardown.release_grant_done")
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn cancelling_at_meta_is_denied_and_anything_else_is_metas_refusal() {
    let w = World::new().await;
    for (error, expected) in [
        (Some("access_denied"), Refusal::AccessDenied),
        (Some("server_error"), Refusal::MetaRefused),
        (None, Refusal::MetaRefused),
    ] {
        let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
        let params = CallbackParams {
            code: None,
            error: error.map(Into::into),
            error_description: Some("Meta's words".into()),
            ..answer(&begun, "")
        };
        let landing = w.connect.callback(params).await;
        assert_eq!(
            landing.result,
            CallbackResult::Error(expected, Some(begun.session))
        );
        let session = w.session(begun.session).await;
        assert_eq!(session.status(), ConnectStatus::Failed);
        assert!(!session.can_resume(session.updated_at));
    }
    assert_eq!(w.find(w.admin.org, "connect.refused").await.len(), 3);
}

#[tokio::test]
async fn a_state_that_is_not_ours_is_invalid_and_says_nothing_of_any_session() {
    let w = World::new().await;
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let mut forged = begun.state.clone();
    forged.replace_range(0..1, if forged.starts_with('A') { "B" } else { "A" });
    for state in [None, Some(String::new()), Some(forged)] {
        let landing = w
            .connect
            .callback(CallbackParams {
                state,
                ..answer(&begun, "x")
            })
            .await;
        assert_eq!(
            landing.result,
            CallbackResult::Error(Refusal::StateInvalid, None)
        );
        assert_eq!(landing.session, None);
    }
    assert_eq!(w.meta.count("exchange_code"), 0);
}

#[tokio::test]
async fn a_state_is_good_for_an_hour_and_for_one_answer() {
    let w = World::new().await;
    let code = w.meta.login("first", token_of("person"));
    let late = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    w.clock.advance(Duration::hours(1));
    let landing = w.connect.callback(answer(&late, &code)).await;
    assert!(matches!(
        landing.result,
        CallbackResult::Error(Refusal::StateExpired, _)
    ));
    w.connect.sweep_expired().await.unwrap();
    let landing = w.connect.callback(answer(&late, &code)).await;
    assert!(matches!(
        landing.result,
        CallbackResult::Error(Refusal::StateExpired, _)
    ));

    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    w.connect.callback(answer(&begun, &code)).await;
    let other = w.meta.login("other", token_of("somebody else"));
    w.connect.callback(answer(&begun, &other)).await;
    assert_eq!(
        w.meta.count("exchange_code"),
        1,
        "the second code is not used"
    );
    let given_up = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    w.connect.cancel(&w.admin, given_up.session).await.unwrap();
    let landing = w.connect.callback(answer(&given_up, &code)).await;
    assert!(matches!(
        landing.result,
        CallbackResult::Error(Refusal::StateUsed, _)
    ));
    assert_eq!(w.meta.count("exchange_code"), 1);
}

#[tokio::test]
async fn another_browser_or_another_viewer_is_a_mismatch_and_spends_nothing() {
    let w = World::new().await;
    let code = w.meta.login("first", token_of("person"));
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let strangers = [
        CallbackParams {
            nonce: None,
            ..answer(&begun, &code)
        },
        CallbackParams {
            nonce: Some("another".into()),
            ..answer(&begun, &code)
        },
        CallbackParams {
            viewer: caller(1, 77, Role::Admin).principal.user(),
            ..answer(&begun, &code)
        },
    ];
    for params in strangers {
        let landing = w.connect.callback(params).await;
        assert!(matches!(
            landing.result,
            CallbackResult::Error(Refusal::BrowserMismatch, _)
        ));
        assert_eq!(
            landing.session, None,
            "a stranger is not told of the session"
        );
    }
    assert_eq!(w.meta.count("exchange_code"), 0);
    let landing = w.connect.callback(answer(&begun, &code)).await;
    assert!(matches!(landing.result, CallbackResult::Success { .. }));
}

#[tokio::test]
async fn a_code_submitted_by_another_user_or_org_is_refused() {
    let w = World::new().await;
    let code = w.meta.login("first", token_of("person"));
    let begun = w.begin(ConnectMode::Sdk, BrowserBinding::Nonce).await;
    let colleague = caller(1, 2, Role::Admin);
    let submitted = w
        .connect
        .submit(&colleague, submission(&begun, &code))
        .await;
    assert_eq!(refusal_of(submitted), Refusal::BrowserMismatch);
    let stranger = caller(2, 9, Role::Owner);
    let submitted = w.connect.submit(&stranger, submission(&begun, &code)).await;
    assert_eq!(refusal_of(submitted), Refusal::StateInvalid);
    assert_eq!(w.meta.count("exchange_code"), 0);
}
