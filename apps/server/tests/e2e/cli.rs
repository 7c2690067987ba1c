//! The `wabakit` command, as an operator uses it.

use std::{collections::BTreeMap, path::Path};

use rstest::rstest;
use serde_json::json;
use wabakit_prove::{Client, Process, run_to_end};

use crate::world::{Engine, PASSWORD, Postgres, Sqlite, World};

pub(crate) const WABAKIT: &str = env!("CARGO_BIN_EXE_wabakit");
const OTHER_KEY: &str = "base64:10elZwwmaFn+fd8xHCOiuu2j5JuGbvoHq8EdvmhX9G4=";

/// Runs a command. Returns its output, or its error.
pub(crate) async fn run(
    vars: &BTreeMap<String, String>,
    args: &[&str],
    input: &str,
) -> Result<String, String> {
    let output = run_to_end(Path::new(WABAKIT), args, vars, input).await;
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_owned();
    if output.status.success() {
        return Ok(text(output.stdout));
    }
    assert_eq!(output.status.code(), Some(1));
    Err(text(output.stderr))
}

/// Runs a command that is refused, and returns the only sentence of its error.
async fn refusal(vars: &BTreeMap<String, String>, args: &[&str]) -> String {
    let said = run(vars, args, "").await.unwrap_err();
    let sentences: Vec<_> = said.lines().filter(|line| !line.starts_with('{')).collect();
    assert_eq!(sentences.len(), 1, "{said}");
    let sentence = sentences[0].strip_prefix("wabakit: ").unwrap();
    assert!(!sentence.contains(". "), "{sentence}");
    sentence.to_owned()
}

#[rstest]
#[tokio::test]
async fn the_first_owner_is_made_by_command(#[values(Sqlite, Postgres)] engine: Engine) {
    let world = World::without_server(engine).await;
    let org = run(&world.vars, &["org", "create", "--name", "Acme"], "")
        .await
        .unwrap();
    let user = [
        "user",
        "create",
        "--org",
        &org,
        "--email",
        "o@acme.example",
        "--name",
        "Olivia",
    ];
    let id = run(&world.vars, &user, PASSWORD).await.unwrap();
    let again = run(&world.vars, &user, PASSWORD).await.unwrap_err();
    assert!(!again.contains(PASSWORD), "{again}");

    let mut server = Process::start(Path::new(WABAKIT), &["serve"], &world.vars);
    let browser = Client::browser(&server.base().await);
    let answer = browser.sign_in("o@acme.example", PASSWORD).await;
    assert_eq!(
        (answer["user"]["id"].as_str(), &answer["org"]["role"]),
        (Some(&*id), &json!("owner"))
    );

    let link = run(
        &world.vars,
        &["user", "reset-link", "--email", "o@acme.example"],
        "",
    )
    .await
    .unwrap();
    let (_, token) = link.split_once("/reset#").unwrap();
    let body = json!({"token": token, "newPassword": "another long password"});
    assert_eq!(browser.post("/auth/password-reset", body).await.status, 204);
    browser
        .sign_in("o@acme.example", "another long password")
        .await;

    let verified = run(&world.vars, &["audit", "verify", "--org", &org], "")
        .await
        .unwrap();
    assert!(verified.contains("entries"), "{verified}");
    world
        .database
        .execute("UPDATE audit_events SET action = 'nothing' WHERE action = 'auth.signed_in'")
        .await;
    let broken = run(&world.vars, &["audit", "verify", "--org", &org], "")
        .await
        .unwrap_err();
    assert!(broken.contains("is not what was written"), "{broken}");
    let (ended_well, output) = server.end().await;
    assert!(ended_well, "{output}");
}

#[rstest]
#[tokio::test]
async fn the_encryption_key_is_changed_beside_a_running_server(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let mut world = World::start(engine).await;
    let owner = world.anybody().await;
    owner.connect(&world.meta, json!({})).await.connected();
    let old = world.vars["ENCRYPTION_KEY"].clone();
    let rotate = ["vault", "rotate"];
    let check = ["vault", "rotate", "--check"];

    // The new key alone does not open the vault.
    world.take_server().stop().await;
    let mut wrong = world.vars.clone();
    wrong.insert("ENCRYPTION_KEY".into(), OTHER_KEY.into());
    let said = refusal(&wrong, &["serve"]).await;
    assert!(said.contains("ENCRYPTION_KEY"), "{said}");

    world
        .vars
        .insert("ENCRYPTION_KEY_RING".into(), OTHER_KEY.into());
    world.serve_again().await;
    world.vars.insert("ENCRYPTION_KEY".into(), OTHER_KEY.into());
    world.vars.insert("ENCRYPTION_KEY_RING".into(), old);
    world.restart().await;
    let before = run(&world.vars, &check, "").await.unwrap();
    assert!(before.contains("for reading only"), "{before}");
    let done = run(&world.vars, &rotate, "").await.unwrap();
    assert!(done.contains("data keys wrapped"), "{done}");
    assert!(
        run(&world.vars, &rotate, "")
            .await
            .unwrap()
            .starts_with("0 data keys")
    );
    run(&world.vars, &check, "").await.unwrap();

    world.vars.remove("ENCRYPTION_KEY_RING");
    world.restart().await;
    let owner = owner.moved_to(&world.base());
    let account = owner.accounts().await.remove(0);
    let path = format!("/api/accounts/{}/verify", account["id"].as_str().unwrap());
    assert_eq!(
        owner.post(&path, json!({})).await.ok()["state"],
        "connected"
    );
}

#[rstest]
#[case("PUBLIC_URL", "http://waba.example")]
#[case("ALLOWED_ORIGINS", "http://shop.example")]
#[case("ALLOWED_RETURN_URLS", "http://shop.example/app")]
#[case("META_GRAPH_URL", "http://graph.example")]
#[case("JWT_SECRET", "short")]
#[case("JWT_SECRET", "changeme-changeme-changeme-changeme")]
#[case("META_APP_SECRET", "sandbox-app-secret-for-this-machine-only")]
#[case("WHATSAPP_VERIFY_TOKEN", "aaaaaaaaaaaaaaaaaaaa")]
#[case("ENCRYPTION_KEY", "a short passphrase")]
#[case(
    "ENCRYPTION_KEY",
    "base64:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
)]
#[case("ENCRYPTION_KEY", "")]
#[case("META_APP_ID", "")]
#[case("DATABASE_URL", "mysql://localhost/wabakit")]
#[case("DATABASE_URL", "postgres://127.0.0.1:1/nothing")]
#[case("PORT", "eighty")]
#[tokio::test]
async fn an_unsafe_or_unusable_setting_stops_the_start(#[case] name: &str, #[case] value: &str) {
    let mut world = World::without_server(Sqlite).await;
    world.vars.insert(name.to_owned(), value.to_owned());
    let said = refusal(&world.vars, &["serve"]).await;
    assert!(said.contains(name), "{said}");
    let is_secret = ["_SECRET", "_KEY", "_TOKEN"]
        .iter()
        .any(|end| name.ends_with(end));
    assert!(
        !is_secret || value.is_empty() || !said.contains(value),
        "{said}"
    );
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let world = World::start(Sqlite).await;
    let mut vars = world.vars.clone();
    vars.insert("PORT".into(), world.server().address.port().to_string());
    assert!(refusal(&vars, &["serve"]).await.contains("PORT"));
}
