//! A refusal names the call that failed, who is responsible, and what the reader can do.

use rstest::rstest;
use wabakit_domain::connect::{
    BrowserBinding, ConnectMode, ConnectStatus, Occasion, Problem, Refusal, Who,
};
use wabakit_ports::meta::{MetaError, MetaErrorKind};
use wabakit_services::{
    BeginConnect, CallbackParams, CallbackResult, ManualNumber, MetaAppService, NewMetaApp,
    ServiceError,
};

use crate::support::{World, answer, submission, token_of};

fn pasted() -> ManualNumber {
    ManualNumber {
        phone_number_id: "n1".into(),
        waba_id: "waba".into(),
        access_token: "token-pasted".into(),
        app_id: None,
    }
}

fn problem_of<T>(result: Result<T, ServiceError>) -> Problem {
    match result {
        Err(ServiceError::Refused(problem)) => problem,
        Err(other) => panic!("not a refusal: {other}"),
        Ok(_) => panic!("it was to be refused"),
    }
}

fn own_app() -> NewMetaApp {
    NewMetaApp {
        app_id: "3003".into(),
        name: "Ours".into(),
        app_secret: "an-app-secret".into(),
        verify_token: "a-verify-token".into(),
        config_id: None,
        graph_version: None,
    }
}

#[rstest]
#[case(
    MetaErrorKind::AppMisconfigured,
    Refusal::AppMisconfigured,
    Who::Operator
)]
#[case(
    MetaErrorKind::PermissionMissing,
    Refusal::PermissionMissing,
    Who::Person
)]
#[case(MetaErrorKind::Unavailable, Refusal::MetaUnavailable, Who::Meta)]
#[case(MetaErrorKind::RateLimited(None), Refusal::MetaRateLimited, Who::Meta)]
#[case(MetaErrorKind::Refused, Refusal::MetaRefused, Who::Person)]
#[case(MetaErrorKind::TokenInvalid, Refusal::TokenInvalid, Who::Person)]
#[case(
    MetaErrorKind::VaultUnavailable,
    Refusal::VaultUnavailable,
    Who::Operator
)]
#[tokio::test]
async fn a_pasted_token_is_foreign_only_if_meta_looked_at_it(
    #[case] kind: MetaErrorKind,
    #[case] refusal: Refusal,
    #[case] who: Who,
) {
    let w = World::new().await;
    w.meta.login("pasted", token_of("system"));
    w.meta.fail("inspect_foreign_token", 0, 1, kind);
    let problem = problem_of(w.accounts.add_by_hand(&w.admin, pasted()).await);
    assert_eq!((problem.refusal, problem.who()), (refusal, who));
    assert_eq!(problem.occasion, Occasion::ByHand);
    assert!(
        !problem.remedy().to_lowercase().contains("resume"),
        "{}",
        problem.remedy()
    );
}

#[tokio::test]
async fn an_app_with_a_refused_secret_is_named_with_the_person_who_can_correct_it() {
    let w = World::new().await;
    w.meta.login("pasted", token_of("system"));
    let refused = MetaErrorKind::AppMisconfigured;
    w.meta.fail("inspect_foreign_token", 0, 1, refused);
    let problem = problem_of(w.accounts.add_by_hand(&w.admin, pasted()).await);
    assert!(
        problem
            .detail()
            .contains("does not accept this server's app id and secret")
    );
    assert_eq!(problem.about, ["1001"]);
    assert!(problem.remedy().contains("Ask the operator"));
    w.meta.heal();
    // The app is the organisation's own, so its admin corrects it under Settings.
    MetaAppService::new(w.ports.clone())
        .add(&w.admin, own_app())
        .await
        .unwrap();
    w.meta.fail("inspect_foreign_token", 0, 1, refused);
    let own = ManualNumber {
        app_id: Some("3003".into()),
        ..pasted()
    };
    let problem = problem_of(w.accounts.add_by_hand(&w.admin, own).await);
    assert_eq!(
        (problem.refusal, problem.who()),
        (Refusal::AppMisconfigured, Who::Admin)
    );
    assert!(problem.remedy().contains("Settings") && !problem.remedy().contains("operator"));
    w.meta.heal();
    // The fault of one app does not hide that the token is another app's and works.
    let facts = wabakit_ports::meta::TokenFacts {
        app_id: Some("3003".into()),
        ..token_of("system")
    };
    w.meta.login("pasted", facts);
    w.meta.fail("inspect_foreign_token", 0, 1, refused);
    let added = w.accounts.add_by_hand(&w.admin, pasted()).await;
    assert!(added.is_ok(), "{:?}", added.err());
}

#[tokio::test]
async fn an_answer_that_was_lost_after_the_code_was_taken_promises_nothing() {
    let w = World::new().await;
    w.meta.lose_answer("exchange_code");
    let (refusal, session) = w.refused(&w.meta.login("first", token_of("person"))).await;
    assert_eq!(refusal, Refusal::MetaUnavailable);
    let problem = session.problem().cloned().unwrap();
    assert_eq!(problem.occasion, Occasion::Exchange);
    assert!(
        problem.remedy().contains("may have to be done again"),
        "{}",
        problem.remedy()
    );
    let session = w.connect.resume(&w.admin, session.id, None).await.unwrap();
    let problem = session.problem().unwrap();
    assert_eq!(problem.refusal, Refusal::CodeUsed);
    assert!(problem.detail().contains("lost"), "{}", problem.detail());

    // After the exchange nothing is lost.
    w.meta.lose_answer("register");
    let (_, session) = w.refused(&w.meta.login("second", token_of("person"))).await;
    assert!(
        session
            .problem()
            .unwrap()
            .remedy()
            .contains("nothing is lost")
    );
}

#[rstest]
#[case(MetaErrorKind::AppMisconfigured, Who::Admin, "Settings")]
#[case(
    MetaErrorKind::RedirectMismatch,
    Who::Admin,
    "your Meta app's valid OAuth redirect URIs"
)]
#[case(MetaErrorKind::CodeRejected, Who::Person, "your Meta app's id")]
#[tokio::test]
async fn the_remedy_for_an_orgs_own_app_is_its_admins(
    #[case] kind: MetaErrorKind,
    #[case] who: Who,
    #[case] words: &str,
) {
    let w = World::new().await;
    let app = MetaAppService::new(w.ports.clone())
        .add(&w.admin, own_app())
        .await
        .unwrap();
    for (meta_app, is_own) in [(None, false), (Some(app.id), true)] {
        let begin = BeginConnect {
            mode: ConnectMode::Redirect,
            redirect_uri: None,
            return_to: None,
            meta_app,
            nonce: None,
            binding: BrowserBinding::Nonce,
        };
        let begun = w.connect.begin(&w.admin, begin).await.unwrap();
        w.meta.fail("exchange_code", 0, 1, kind);
        let code = w.meta.login("first", token_of("person"));
        let landing = w.connect.callback(answer(&begun, &code)).await;
        let problem = landing.problem.unwrap();
        assert_eq!(problem.own_app, is_own);
        assert_eq!(
            problem.remedy().contains(words),
            is_own,
            "{}",
            problem.remedy()
        );
        assert!(!is_own || problem.who() == who);
        assert_eq!(problem.remedy().contains("operator"), !is_own);
        if kind == MetaErrorKind::RedirectMismatch {
            assert!(problem.detail().contains(crate::support::REDIRECT_URI));
        }
        w.meta.heal();
    }
}

#[tokio::test]
async fn a_refused_act_on_an_account_never_offers_to_resume() {
    let w = World::new().await;
    let account = w.connected().await;
    for kind in [
        MetaErrorKind::Unavailable,
        MetaErrorKind::RateLimited(None),
        MetaErrorKind::Refused,
        MetaErrorKind::PermissionMissing,
        MetaErrorKind::VaultUnavailable,
    ] {
        w.meta.fail("is_subscribed", 0, 1, kind);
        let problem = problem_of(w.accounts.verify(&w.admin, account.id).await);
        assert_eq!(problem.occasion, Occasion::Account);
        assert!(
            !problem.remedy().to_lowercase().contains("resume"),
            "{}",
            problem.remedy()
        );
        w.meta.heal();
        w.meta.fail("register", 0, 1, kind);
        let problem = problem_of(w.accounts.register(&w.admin, account.id, None).await);
        assert!(
            !problem.remedy().to_lowercase().contains("resume"),
            "{}",
            problem.remedy()
        );
        w.meta.heal();
    }
}

#[rstest]
#[case(None, None, Some("901"), Some("App not active"), "901: App not active")]
#[case(Some("server_error"), None, None, None, "server_error")]
#[case(
    Some("invalid_scope"),
    None,
    Some(" 100 "),
    Some("Invalid Scopes: x"),
    "100: Invalid Scopes: x"
)]
#[case(None, None, Some("1349220"), None, "code 1349220")]
#[case(None, None, None, None, "neither a code nor an error")]
#[tokio::test]
async fn an_error_of_metas_dialog_reaches_the_person(
    #[case] error: Option<&str>,
    #[case] reason: Option<&str>,
    #[case] code: Option<&str>,
    #[case] words: Option<&str>,
    #[case] told: &str,
) {
    let w = World::new().await;
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let params = CallbackParams {
        code: None,
        error: error.map(Into::into),
        error_reason: reason.map(Into::into),
        error_code: code.map(Into::into),
        error_description: words.map(Into::into),
        ..answer(&begun, "")
    };
    let landing = w.connect.callback(params).await;
    let problem = landing.problem.unwrap();
    assert_eq!(problem.refusal, Refusal::MetaRefused);
    assert!(problem.detail().contains(told), "{}", problem.detail());
    let stored = w.session(begun.session).await.problem().cloned().unwrap();
    let number = code.map(|code| code.trim().parse().unwrap());
    assert_eq!(stored.meta.map(|meta| meta.code), number);
}

#[tokio::test]
async fn a_second_load_of_the_redirect_shows_the_result_of_the_login() {
    let w = World::new().await;
    let code = w.meta.login("first", token_of("person"));
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let first = w.connect.callback(answer(&begun, &code)).await;
    for _ in 0..2 {
        assert_eq!(w.connect.callback(answer(&begun, &code)).await, first);
    }
    assert!(matches!(first.result, CallbackResult::Success { .. }));
    assert_eq!(w.meta.count("exchange_code"), 1);
    // Another browser learns no more than before.
    let stranger = CallbackParams {
        nonce: None,
        ..answer(&begun, &code)
    };
    let told = w.connect.callback(stranger).await.result;
    assert!(matches!(
        told,
        CallbackResult::Error(Refusal::BrowserMismatch, _)
    ));

    // A refusal stays the same on every load.
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let denied = || CallbackParams {
        code: None,
        error: Some("access_denied".into()),
        ..answer(&begun, "")
    };
    let first = w.connect.callback(denied()).await;
    assert_eq!(w.connect.callback(denied()).await.result, first.result);
    assert!(matches!(
        first.result,
        CallbackResult::Error(Refusal::AccessDenied, _)
    ));

    // A browser without our cookie is asked to confirm, both times.
    let begun = w
        .begin(ConnectMode::Redirect, BrowserBinding::Confirmation)
        .await;
    let unknown = || CallbackParams {
        nonce: None,
        ..answer(&begun, &w.meta.login("third", token_of("person")))
    };
    let pending = CallbackResult::Pending(begun.session);
    assert_eq!(w.connect.callback(unknown()).await.result, pending);
    assert_eq!(w.connect.callback(unknown()).await.result, pending);
    w.connect
        .resume(&w.admin, begun.session, None)
        .await
        .unwrap();
    assert_eq!(
        w.connect.callback(unknown()).await.result,
        pending,
        "it learns no number"
    );
}

#[tokio::test]
async fn two_loads_at_once_are_one_login() {
    let w = World::new().await;
    let code = w.meta.login("first", token_of("person"));
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let load = || w.connect.callback(answer(&begun, &code));
    let landings = tokio::join!(load(), load(), load());
    for landing in [landings.0, landings.1, landings.2] {
        assert!(
            matches!(
                landing.result,
                CallbackResult::Success { .. } | CallbackResult::Pending(_)
            ),
            "{:?}",
            landing.result
        );
    }
    assert_eq!(w.meta.count("exchange_code"), 1);
    assert_eq!(
        w.session(begun.session).await.status(),
        ConnectStatus::Completed
    );
}

#[rstest]
#[case("#_=_", "#_=_")]
#[case("", "#_=_")]
#[case("\n", " #_=_ ")]
#[tokio::test]
async fn a_fragment_that_a_browser_appends_is_no_part_of_the_redirect(
    #[case] behind_state: &str,
    #[case] behind_code: &str,
) {
    let w = World::new().await;
    let begun = w.begin(ConnectMode::Sdk, BrowserBinding::Nonce).await;
    let code = w.meta.login("first", token_of("person"));
    let mut submission = submission(&begun, &format!("{code}{behind_code}"));
    submission.state.push_str(behind_state);
    let session = w.connect.submit(&w.admin, submission).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Completed);
}

/// Marks, files and raw calls ask Meta outside of a connect session.
#[test]
fn a_refusal_outside_of_connecting_never_offers_to_resume() {
    for kind in [
        MetaErrorKind::Unavailable,
        MetaErrorKind::RateLimited(None),
        MetaErrorKind::Refused,
        MetaErrorKind::NotFound,
        MetaErrorKind::PermissionMissing,
        MetaErrorKind::TokenInvalid,
        MetaErrorKind::VaultUnavailable,
        MetaErrorKind::TokenUnreadable,
    ] {
        match ServiceError::from(MetaError::new(kind, "scripted")) {
            ServiceError::Refused(problem) => {
                let remedy = problem.remedy().to_lowercase();
                assert!(!remedy.contains("resume"), "{kind:?}: {remedy}");
            }
            other => panic!("{other:?}"),
        }
    }
}
