//! No secret is printed, recorded or answered.

use std::fmt::Debug;

use wabakit_domain::{
    connect::{BrowserBinding, ConnectMode},
    identity::Role,
    secret::ExposeSecret,
};
use wabakit_ports::meta::MetaErrorKind;
use wabakit_services::{ManualNumber, MetaAppService, NewMetaApp, PageRequest, ServiceError};

use crate::support::{PASSWORD, People, World, answer, submission, token_of};

/// Everything that was printed, recorded or answered, to be searched.
#[derive(Default)]
struct Seen(String);

impl Seen {
    fn debug(&mut self, what: &impl Debug) {
        self.0 += &format!("{what:?}\n{what:#?}\n");
    }
    fn error<T>(&mut self, result: Result<T, ServiceError>) {
        let error = result.err().expect("it was to fail");
        self.debug(&error);
        let mut cause: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = cause {
            self.0 += &format!("{error}\n");
            cause = error.source();
        }
    }
    async fn log(&mut self, world: &World, org: wabakit_domain::ids::OrgId) {
        for entry in world.log(org).await {
            self.0 += &format!("{} {}\n", entry.event.action, entry.event.data);
            self.debug(&entry);
        }
    }
    fn holds_none_of(&self, secrets: &[&str]) {
        for secret in secrets {
            assert!(secret.len() >= 6, "too short to be searched for: {secret}");
            let line = self.0.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{secret} shows");
        }
    }
}

#[tokio::test]
async fn no_code_token_pin_or_app_secret_shows_while_connecting() {
    let w = World::new().await;
    let mut seen = Seen::default();
    w.meta.script().pins.insert("n1".into(), "737373".into());
    let begun = w.begin(ConnectMode::Popup, BrowserBinding::Nonce).await;
    seen.debug(&begun);
    let code = w.meta.login("canary", token_of("person"));
    seen.debug(&w.connect.callback(answer(&begun, &code)).await);
    let (session, accounts) = w.connect.session(&w.admin, begun.session).await.unwrap();
    seen.debug(&session);
    seen.debug(&accounts);
    let register = |pin: &str| {
        w.accounts
            .register(&w.admin, accounts[0].id, Some(pin.into()))
    };
    seen.error(register("858585").await);
    seen.debug(&register("737373").await.unwrap());
    seen.debug(&w.accounts.status(&w.admin).await.unwrap());
    seen.debug(&w.accounts.verify(&w.admin, accounts[0].id).await.unwrap());

    // Every call fails once.
    for (method, kind) in [
        ("exchange_code", MetaErrorKind::CodeExpired),
        ("inspect_token", MetaErrorKind::Unavailable),
        ("find_assets", MetaErrorKind::Refused),
        ("number", MetaErrorKind::NotFound),
    ] {
        w.meta.fail(method, 0, 1, kind);
        let begun = w.begin(ConnectMode::Sdk, BrowserBinding::Nonce).await;
        let code = w.meta.login("canary", token_of("person"));
        w.meta.script().used_codes.clear();
        let failed = w
            .connect
            .submit(&w.admin, submission(&begun, &code))
            .await
            .unwrap();
        seen.debug(&failed);
        let failed = w.connect.submit(&w.admin, submission(&begun, &code)).await;
        seen.error(failed);
        w.meta.heal();
    }
    let pasted = ManualNumber {
        phone_number_id: "n9".into(),
        waba_id: "waba".into(),
        access_token: "token-canary".into(),
        app_id: None,
    };
    seen.error(w.accounts.add_by_hand(&w.admin, pasted).await);
    let apps = MetaAppService::new(w.ports.clone());
    let app = NewMetaApp {
        app_id: "3003".into(),
        name: "Ours".into(),
        app_secret: "canary-own-secret".into(),
        verify_token: "canary-own-verify".into(),
        config_id: None,
        graph_version: None,
    };
    seen.debug(&apps.add(&w.admin, app).await.unwrap());
    w.accounts.disconnect(&w.admin, None).await.unwrap();
    seen.log(&w, w.admin.org).await;
    seen.log(&w, wabakit_domain::ids::OrgId::PLATFORM).await;

    seen.holds_none_of(&[
        "token-canary",
        "code-canary",
        "737373",
        "858585",
        "canary-app-secret",
        "canary-verify-token",
        "canary-own-secret",
        "canary-own-verify",
        &begun.nonce,
        &begun.state,
    ]);
    assert!(seen.0.len() > 10_000, "there was something to search");
}

#[tokio::test]
async fn no_password_cookie_refresh_or_link_token_shows_while_signing_in() {
    let p = People::new().await;
    let mut seen = Seen::default();
    seen.error(
        p.login("owner@shrub.example", "canary-wrong-password")
            .await,
    );
    let first = p.signed_in("owner@shrub.example").await;
    let second = p.refresh(&first).await.unwrap();
    let owner = p.caller(&second).await.unwrap();
    seen.debug(&owner);
    let bearer = first.access_token.expose_secret();
    seen.debug(&p.auth.by_bearer(bearer).await.unwrap());
    seen.error(p.auth.by_bearer(&format!("{bearer}x")).await);
    let invitation = p
        .team
        .invite(&owner, "new@shrub.example", Role::Agent)
        .await
        .unwrap();
    seen.debug(&invitation.link);
    seen.debug(
        &p.team
            .inspect_invitation(invitation.token.expose_secret())
            .await
            .unwrap(),
    );
    seen.error(p.accept(&invitation.token, "canary").await);
    p.accept(&invitation.token, "canary-new-password")
        .await
        .unwrap();
    seen.error(p.accept(&invitation.token, "canary-new-password").await);
    let agent = p.person("agent@shrub.example", Role::Agent).await;
    let reset = p.team.password_reset(&owner, agent.id).await.unwrap();
    p.reset(&reset.token, "canary-reset-password")
        .await
        .unwrap();
    seen.error(p.reset(&reset.token, "canary-reset-password").await);
    p.world.clock.advance(chrono::Duration::seconds(60));
    seen.error(p.refresh(&first).await);
    seen.debug(
        &p.team
            .members(&owner, PageRequest::default())
            .await
            .unwrap(),
    );
    seen.log(&p.world, p.org.id).await;

    seen.holds_none_of(&[
        PASSWORD,
        "canary-wrong-password",
        "canary-new-password",
        "canary-reset-password",
        "canary-jwt-secret",
        "$argon2id",
        bearer,
        second.access_token.expose_secret(),
        first.refresh_token.expose_secret(),
        second.refresh_token.expose_secret(),
        first.cookie.as_ref().unwrap().expose_secret(),
        invitation.token.expose_secret(),
        reset.token.expose_secret(),
    ]);
}
