//! Mailed links, from the invitation to a forgotten password, with a mail server that fails in between.

use rstest::rstest;
use serde_json::json;
use wabakit_testkit::{CaughtMail, SmtpCatcher};

use crate::world::{Engine, PASSWORD, Postgres, Sqlite, World, text};

/// Returns the token in the mail's link to a page.
fn token(mail: &CaughtMail, page: &str) -> String {
    let (_, rest) = mail.text.split_once(&format!("/{page}#")).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[rstest]
#[tokio::test]
async fn an_invited_person_proves_the_address_by_mail_and_gets_a_forgotten_password_back(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let post = SmtpCatcher::start().await;
    post.be_away(true);
    let vars = [
        ("SMTP_URL", post.url()),
        ("MAIL_FROM", "no-reply@waba.example".to_owned()),
    ];
    let vars = vars.each_ref().map(|(name, value)| (*name, value.as_str()));
    let world = World::with(engine, &vars).await;
    let owner = world.anybody().await;
    assert_eq!(owner.get("/auth/options").await.ok()["mail"], true);

    let invite = json!({"email": "Ada@acme.example", "role": "agent"});
    let made = owner.post("/api/team/invitations", invite).await;
    let made = made.json();
    assert_eq!(
        (&made["mailed"], &made["mailState"]),
        (&json!(true), &json!("waiting"))
    );
    assert!(made["link"].is_null());
    wabakit_prove::until("the first try to fail", async || {
        let listed = owner.get("/api/team/invitations").await.ok();
        listed["data"][0]["mailFailure"].as_str().map(drop)
    })
    .await;
    post.be_away(false);
    let mail = post.caught(1).await.remove(0);
    assert_eq!(mail.to, ["ada@acme.example"]);
    let ada = world.browser();
    let accept = json!({"token": token(&mail, "invite"), "name": "Ada", "password": PASSWORD,
                        "session": "cookie"});
    let joined = ada.post("/auth/invitations/accept", accept).await.ok();
    assert_eq!(joined["user"]["emailProven"], true);

    let stranger = world.browser();
    let path = "/auth/password/reset-requests";
    for email in ["nobody@acme.example", "ada@acme.example"] {
        let asked = stranger.post(path, json!({"email": email})).await;
        assert_eq!((asked.status.as_u16(), asked.text.as_str()), (202, ""));
    }
    let mail = post.caught(2).await.remove(1);
    let reset =
        json!({"token": token(&mail, "reset"), "newPassword": "Another-canary-41-password"});
    let done = stranger.post("/auth/password-reset", reset).await;
    assert_eq!(done.status.as_u16(), 204);
    stranger
        .sign_in("ada@acme.example", "Another-canary-41-password")
        .await;

    let asked = owner.post("/auth/address/proof", json!({})).await;
    assert_eq!(asked.status.as_u16(), 202);
    let mail = post.caught(3).await.remove(2);
    let me = owner.get("/auth/me").await.ok();
    assert_eq!(mail.to, [text(&me["user"], "email")]);
    let body = json!({"token": token(&mail, "prove")});
    let path = "/auth/address/proof/accept";
    let foreign = stranger.post(path, body.clone()).await;
    let _ = foreign.refused(410, "link_gone");
    assert_eq!(owner.post(path, body).await.status.as_u16(), 204);
    let me = owner.get("/auth/me").await.ok();
    assert_eq!(me["user"]["emailProven"], true);
}

#[tokio::test]
async fn without_a_mail_server_links_are_shown_and_nobody_is_promised_a_mail() {
    let world = World::start(Sqlite).await;
    let owner = world.anybody().await;
    assert_eq!(owner.get("/auth/options").await.ok()["mail"], false);
    let invite = json!({"email": "ada@acme.example", "role": "agent"});
    let made = owner.post("/api/team/invitations", invite).await.json();
    assert_eq!(made["mailed"], false);
    assert!(text(&made, "link").contains("/invite#"));
    let asked = json!({"email": "juniper@acme.example"});
    let asked = owner.post("/auth/password/reset-requests", asked).await;
    let _ = asked.refused(409, "mail_not_set_up");
    let asked = owner.post("/auth/address/proof", json!({})).await;
    let _ = asked.refused(409, "mail_not_set_up");
}
