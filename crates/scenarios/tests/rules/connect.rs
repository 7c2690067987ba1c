//! Connecting, from the click to the stored account.

use chrono::Duration;
use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode, ConnectStatus, Step, StepRecord, StepState},
    grant::{Expiry, GrantState, TokenKind},
    secret::{ExposeSecret, Purpose},
};
use wabakit_ports::{system::Clock, vault::Vault};
use wabakit_services::{CallbackResult, ServiceError};

use crate::support::{
    GlassVault, REDIRECT_URI, World, answer, caller, number, submission, token_of,
};

#[tokio::test]
async fn one_number_connects_with_one_audit_event_a_step_and_its_token_sealed() {
    let w = World::new().await;
    let code = w.meta.login("first", token_of("person"));
    let (id, landing) = w.log_in(&code).await;

    let (phone_number, waba_id) = ("+1 555 n1".to_owned(), "waba".to_owned());
    assert_eq!(
        landing.result,
        CallbackResult::Success {
            phone_number,
            waba_id
        }
    );
    assert_eq!(landing.return_to, "https://waba.example/connections");
    let (session, accounts) = w.connect.session(&w.admin, id).await.unwrap();
    assert_eq!(session.status(), ConnectStatus::Completed);
    assert!(
        session.progress.steps.iter().all(StepRecord::is_over),
        "{:?}",
        session.progress.steps
    );
    assert!(session.state.login().is_none() && session.state.runner().is_none());
    assert_eq!(accounts.len(), 1);
    assert!(accounts[0].is_active && accounts[0].is_default && !accounts[0].needs_registration);
    assert_eq!(accounts[0].health.status.as_deref(), Some("CONNECTED"));
    assert_eq!(accounts[0].business_name.as_deref(), Some("Lucky Shrub"));

    let grant = w.grant(&accounts[0]).await;
    assert_eq!(grant.state, GrantState::Active);
    let sealed = grant.token.as_ref().unwrap();
    let token = GlassVault
        .open(grant.binding(Purpose::AccessToken), sealed)
        .await
        .unwrap();
    assert_eq!(token.expose_secret(), "token-first");
    assert!(!String::from_utf8_lossy(sealed.as_bytes()).contains("token-first"));

    assert_eq!(
        w.actions(w.admin.org).await,
        [
            "connect.started",
            "connect.login_returned",
            "connect.exchange_code",
            "connect.inspect_token",
            "connect.find_assets",
            "connect.choose",
            "connect.subscribe",
            "connect.register",
            "connect.read_health",
            "account.connected",
            "connect.completed",
        ]
    );
    assert!(w.meta.script().subscribed.contains(&"waba".into()));
}

#[tokio::test]
async fn the_exchange_names_the_address_of_the_dialog_and_none_for_the_sdk() {
    let w = World::new().await;
    w.connected().await;
    let begun = w.begin(ConnectMode::Sdk, BrowserBinding::Nonce).await;
    let code = w.meta.login("sdk", token_of("person"));
    let session = w
        .connect
        .submit(&w.admin, submission(&begun, &code))
        .await
        .unwrap();
    assert_eq!(session.status(), ConnectStatus::Completed);
    assert_eq!(
        w.meta.script().redirect_uris,
        [Some(REDIRECT_URI.to_owned()), None]
    );
}

#[tokio::test]
async fn a_persons_short_token_is_exchanged_for_a_long_lived_one() {
    let w = World::new().await;
    let mut facts = token_of("person");
    facts.kind = TokenKind::User;
    facts.expires = Expiry::At(w.clock.now() + Duration::hours(1));
    let code = w.meta.login("short", facts);
    let (id, _) = w.log_in(&code).await;
    let (session, accounts) = w.connect.session(&w.admin, id).await.unwrap();
    assert_eq!(session.progress.steps[1].state, StepState::Done);
    let grant = w.grant(&accounts[0]).await;
    let sealed = grant.token.as_ref().unwrap();
    let token = GlassVault
        .open(grant.binding(Purpose::AccessToken), sealed)
        .await
        .unwrap();
    assert_eq!(token.expose_secret(), "token-short-long");
    // `debug_token` left the expiry out, so the expiry of the exchange stays.
    assert_eq!(
        grant.expires,
        Expiry::At(w.clock.now() + Duration::days(60))
    );
}

#[tokio::test]
async fn a_missing_expiry_is_unknown_and_never_never() {
    let w = World::new().await;
    let mut facts = token_of("person");
    facts.expires = Expiry::Unknown;
    let code = w.meta.login("vague", facts);
    let (id, _) = w.log_in(&code).await;
    let (_, accounts) = w.connect.session(&w.admin, id).await.unwrap();
    assert_eq!(w.grant(&accounts[0]).await.expires, Expiry::Unknown);
}

#[tokio::test]
async fn numbers_in_the_phones_app_and_connected_ones_are_never_registered() {
    let w = World::new().await;
    let mut coexisting = number("n1", "PENDING");
    coexisting.health.is_coexistence = true;
    for number in [coexisting, number("n1", "CONNECTED")] {
        w.meta.script().wabas[0].1 = vec![number];
        let account = w.connected().await;
        assert!(!account.needs_registration);
        assert_eq!(account.registration_pin, None);
        w.meta.script().used_codes.clear();
    }
    assert_eq!(w.meta.count("register"), 0);
}

#[tokio::test]
async fn an_app_that_is_subscribed_already_is_not_subscribed_again_nor_unsubscribed() {
    let w = World::new().await;
    w.meta.script().subscribed.insert("waba".into());
    w.meta.fail(
        "number",
        0,
        1,
        wabakit_ports::meta::MetaErrorKind::Unavailable,
    );
    let code = w.meta.login("first", token_of("person"));
    let (id, _) = w.log_in(&code).await;
    w.connect.cancel(&w.admin, id).await.unwrap();
    assert_eq!(
        (w.meta.count("subscribe"), w.meta.count("unsubscribe")),
        (0, 0)
    );
    assert!(w.meta.script().subscribed.contains(&"waba".into()));
}

#[tokio::test]
async fn connecting_needs_an_admin_and_every_session_is_the_orgs_own() {
    use wabakit_domain::identity::Role;
    let w = World::new().await;
    let begun = w.begin(ConnectMode::Redirect, BrowserBinding::Nonce).await;
    let agent = caller(1, 2, Role::Agent);
    let stranger = caller(2, 3, Role::Owner);
    let mode = ConnectMode::Redirect;
    let begin = w.begin_as(&agent, mode, BrowserBinding::Nonce).await;
    assert!(matches!(begin, Err(ServiceError::Forbidden(_))));
    for who in [&agent, &stranger] {
        let refused = |error: ServiceError| match error {
            ServiceError::Forbidden(_) => who == &agent,
            ServiceError::NotFound(_) => who == &stranger,
            _ => false,
        };
        let id = begun.session;
        assert!(refused(w.connect.session(who, id).await.unwrap_err()));
        assert!(refused(w.connect.resume(who, id, None).await.unwrap_err()));
        assert!(refused(w.connect.cancel(who, id).await.unwrap_err()));
        let chosen = w.connect.choose(who, id, vec!["n1".into()]).await;
        assert!(refused(chosen.unwrap_err()));
    }
    assert_eq!(w.connect.open_sessions(&stranger).await.unwrap(), []);
    assert_eq!(w.connect.open_sessions(&w.admin).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_popup_lands_as_a_popup_where_it_was_told_to() {
    let w = World::new().await;
    let begin = wabakit_services::BeginConnect {
        mode: ConnectMode::Popup,
        redirect_uri: Some("https://shop.example/app/callback".into()),
        return_to: Some("https://shop.example/app/done".into()),
        meta_app: None,
        nonce: None,
        binding: BrowserBinding::Nonce,
    };
    let begun = w.connect.begin(&w.admin, begin).await.unwrap();
    assert!(begun.auth_url.contains("popup=true") && begun.auth_url.contains(&begun.state));
    let code = w.meta.login("popup", token_of("person"));
    let landing = w.connect.callback(answer(&begun, &code)).await;
    assert_eq!(landing.mode, ConnectMode::Popup);
    assert_eq!(landing.return_to, "https://shop.example/app/done");
    let used = w.meta.script().redirect_uris.clone();
    assert_eq!(used, [Some("https://shop.example/app/callback".to_owned())]);
    assert_eq!(w.session(begun.session).await.next_step(), None::<Step>);
}
