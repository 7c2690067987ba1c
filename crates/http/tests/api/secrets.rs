//! No answer tells a secret, whatever is asked.

use actix_web::http::Method;
use serde_json::json;

use crate::support::{APP_SECRET, Answer, PASSWORD, TOKEN, VERIFY_TOKEN, Who, World, ask};

fn everything_said(answer: &Answer) -> String {
    let headers: Vec<_> = answer
        .headers
        .iter()
        .map(|(k, v)| format!("{k}: {v:?}"))
        .collect();
    format!("{}\n{}", headers.join("\n"), answer.text)
}

#[actix_web::test]
async fn no_answer_of_the_whole_flow_holds_a_canary() {
    let world = World::new().await.with_password().await;
    let mut answers = vec![world.connect(Who::Owner).await];
    let login = json!({"email": Who::Owner.email(), "password": PASSWORD});
    answers.push(
        world
            .send(ask(Method::POST, "/auth/login", None, Some(&login)))
            .await,
    );
    let wrong = json!({"email": Who::Owner.email(), "password": {"canary": PASSWORD}});
    answers.push(
        world
            .send(ask(Method::POST, "/auth/login", None, Some(&wrong)))
            .await,
    );
    let app = json!({"appId": "7", "appSecret": "canary-own-secret", "name": "Own", "verifyToken": "canary-own-verify"});
    answers.push(world.post(Who::Owner, "/api/meta-apps", app).await);
    let number =
        json!({"phoneNumberId": "0101", "wabaId": "w", "accessToken": "canary-pasted-token"});
    answers.push(
        world
            .post(Who::Owner, "/api/settings/phone-numbers", number)
            .await,
    );
    let id = world.get(Who::Owner, "/api/accounts").await.json()["data"][0]["id"].clone();
    let register = format!("/api/accounts/{}/register", id.as_str().unwrap());
    answers.push(
        world
            .post(Who::Owner, &register, json!({"pin": "canary"}))
            .await,
    );
    for path in [
        "/api/accounts",
        "/api/connect-sessions",
        "/api/meta-apps",
        "/api/audit",
        "/api/team",
        "/api/settings/phone-numbers",
        "/api/connections/warnings",
        "/auth/meta-oauth/status",
        "/auth/me",
    ] {
        answers.push(world.get(Who::Owner, path).await);
    }
    for answer in &answers {
        let said = everything_said(answer);
        assert!(!said.contains("canary"), "{said}");
        for secret in [TOKEN, APP_SECRET, VERIFY_TOKEN, PASSWORD] {
            assert!(!said.contains(secret), "{said}");
        }
    }
}
