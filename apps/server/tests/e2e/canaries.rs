//! No secret is in a log, in the database, or in an answer.

use std::path::Path;

use rstest::rstest;
use serde_json::json;
use wabakit_prove::{Client, Process, Transcript};
use wabakit_server::{Assembly, Safety};

use crate::world::{
    Engine, FRONT_DESK, LOCKED, LOCKED_PIN, PASSWORD, Postgres, Sqlite, World, config, owner,
    sharing, text,
};

/// Tells whether a text contains a secret. A PIN is six digits, which a time or an id may contain by chance, so it must
/// stand alone.
fn holds(text: &str, secret: &str) -> bool {
    text.match_indices(secret).any(|(at, _)| {
        let before = text.get(..at).and_then(|t| t.chars().next_back());
        let after = text.get(at + secret.len()..).and_then(|t| t.chars().next());
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '.');
        secret.len() > 6 || !(joins(before) || joins(after))
    })
}

#[rstest]
#[tokio::test]
async fn secrets_stay_secret_through_the_whole_flow(#[values(Sqlite, Postgres)] engine: Engine) {
    let mut world = World::without_server(engine).await;
    let assembly = Assembly::new(&config(&world.vars), Safety::Production)
        .await
        .unwrap();
    let person = owner(&assembly, "Juniper", false).await;
    drop(assembly);
    world.vars.insert("LOG_LEVEL".into(), "trace".into());
    let mut server = Process::start(Path::new(crate::cli::WABAKIT), &["serve"], &world.vars);
    let transcript = Transcript::default();
    let browser = Client::browser(&server.base().await).recorded(&transcript);
    let mut codes = Vec::new();
    let mut connect = async |outcome| {
        let begun = browser.begin("").await;
        let back = world.meta.login(&text(&begun, "authUrl"), outcome).await;
        for (name, value) in back.query_pairs() {
            if name == "code" || name == "state" {
                codes.push(value.into_owned());
            }
        }
        wabakit_prove::Landing::of(&browser.navigate(&back).await)
    };

    browser.sign_in(&person.email, PASSWORD).await;
    let failing = json!({"email": person.email, "password": "Wrong-canary-77-password"});
    let _ = browser.post("/auth/login", failing).await;
    // Every outcome that passes a secret through another path of the code.
    for outcome in [
        json!({"code": "expired"}),
        json!({"code": "redirect_mismatch"}),
        json!({"declineScopes": ["whatsapp_business_messaging"]}),
    ] {
        connect(outcome).await;
    }
    for (call, then) in [
        (
            "GET debug_token",
            json!({"status": 500, "body": "<html>echo</html>"}),
        ),
        ("GET */phone_numbers", json!({"reset": "after"})),
        (
            "POST */subscribed_apps",
            json!({"status": 400, "code": 190}),
        ),
    ] {
        world.meta.fault(call, json!("always"), then).await;
        let landing = connect(json!({})).await;
        world.meta.lift_faults().await;
        let id = landing
            .params
            .get("pending")
            .or(landing.params.get("sessionId"))
            .unwrap();
        let _ = browser.act(id, "cancel", json!({})).await;
    }
    let landing = connect(sharing(&[FRONT_DESK, LOCKED])).await;
    assert_ne!(landing.get("pending"), "", "{}", landing.url);
    let chosen = json!({"phoneNumberIds": [FRONT_DESK, LOCKED]});
    let session = browser
        .act(landing.get("pending"), "choose", chosen)
        .await
        .ok();
    assert_eq!(session["status"], "completed");
    for account in browser.accounts().await {
        let path = format!("/api/accounts/{}", text(&account, "id"));
        if account["needsRegistration"] == true {
            let register = format!("{path}/register");
            let _ = browser.post(&register, json!({"pin": "777123"})).await;
            let _ = browser
                .post(&register, json!({"pin": LOCKED_PIN}))
                .await
                .ok();
        }
        let _ = browser
            .post(&format!("{path}/verify"), json!({}))
            .await
            .ok();
    }
    let invitation = json!({"email": "ada@acme.example", "role": "agent"});
    let invitation = browser.post("/api/team/invitations", invitation).await.ok();
    for path in [
        "/api/audit?limit=200",
        "/api/connect-sessions",
        "/api/meta-apps",
        "/api/team",
        "/metrics",
        "/auth/meta-oauth/status",
        "/api/connections/warnings",
        "/api/accounts",
    ] {
        let _ = browser.get(path).await;
    }
    // These routes answer with the client's own tokens, so their answers are not searched.
    let program = Client::program(browser.base());
    let (tokens, bearer) = program.take_tokens(&person.email, PASSWORD).await;
    let refreshed = json!({"refreshToken": tokens["refreshToken"]});
    let refreshed = program.post("/auth/refresh", refreshed).await.ok();
    let _ = bearer.get("/auth/me").await.ok();
    let cookies = ["wabakit_session", "wabakit_connect"].map(|name| browser.cookie(name).unwrap());
    let _ = browser
        .post("/auth/meta-oauth/disconnect", json!({}))
        .await
        .ok();

    let var = |name: &str| world.vars[name].trim_start_matches("base64:").to_owned();
    let mut planted: Vec<String> = world.meta.tokens().await;
    assert!(planted.len() > 8, "{} tokens were minted", planted.len());
    planted.extend(codes);
    planted.extend(
        [
            "META_APP_SECRET",
            "JWT_SECRET",
            "ENCRYPTION_KEY",
            "WHATSAPP_VERIFY_TOKEN",
        ]
        .map(var),
    );
    planted.extend([PASSWORD, "Wrong-canary-77-password", LOCKED_PIN, "777123"].map(str::to_owned));
    let answered = transcript.lock().unwrap().join("\n");
    assert!(answered.len() > 10_000);
    for secret in planted.iter().filter(|secret| !is_state(secret)) {
        assert!(!holds(&answered, secret), "an answer holds {secret}");
    }
    planted.extend(cookies);
    let (_, link) = invitation["link"]
        .as_str()
        .unwrap()
        .split_once('#')
        .unwrap();
    planted.push(link.to_owned());
    for tokens in [&tokens, &refreshed] {
        planted.extend(["accessToken", "refreshToken"].map(|name| text(tokens, name)));
    }
    let stored = world.database.everything().await;
    let stored = String::from_utf8_lossy(&stored);
    for secret in &planted {
        assert!(!holds(&stored, secret), "the database holds {secret}");
    }
    let plain = world
        .database
        .plain_among(
            &planted
                .iter()
                .filter(|s| s.len() > 6)
                .cloned()
                .collect::<Vec<_>>(),
        )
        .await;
    assert!(plain.is_empty(), "{plain:?}");
    let (ended_well, logged) = server.end().await;
    assert!(ended_well);
    assert!(
        logged.contains("\"level\":\"TRACE\""),
        "the log is told in full"
    );
    for secret in &planted {
        if let Some(line) = logged.lines().find(|line| holds(line, secret)) {
            panic!("the log holds {secret}: {line}");
        }
    }
}

/// Tells whether a secret is a state, which the browser gets by design in the dialog's address.
fn is_state(secret: &str) -> bool {
    secret.len() == 86
}
