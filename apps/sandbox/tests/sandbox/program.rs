//! The program: its address line, its signals, and a kill.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::support::*;

struct Program {
    child: Child,
    base: String,
}

impl Program {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_wabakit-sandbox"))
            .args([
                "--port",
                "0",
                "--app-id",
                APP,
                "--app-secret",
                SECRET,
                "--log",
                "warn",
            ])
            .args(["--redirect-uri", REDIRECT, "--data"])
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let base = line.trim().rsplit(' ').next().unwrap().to_owned();
        assert!(base.starts_with("http://127.0.0.1:"), "{line}");
        Self { child, base }
    }

    async fn order(&self, path: &str, body: Value) -> Value {
        send(
            client()
                .post(format!("{}/_sandbox/{path}", self.base))
                .json(&body),
        )
        .await
        .ok()
    }

    async fn get(&self, path: &str, token: &str) -> Answer {
        send(
            client()
                .get(format!("{}/{path}", self.base))
                .bearer_auth(token),
        )
        .await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn a_killed_program_comes_back_with_what_it_answered() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path());
    let token = text(&program.order("tokens", json!({ "appId": APP })).await["accessToken"]);
    program.child.kill().unwrap();
    program.child.wait().unwrap();

    let program = Program::start(folder.path());
    program.get("v25.0/me", &token).await.ok();
}

#[tokio::test]
async fn a_killed_program_still_has_its_webhooks_and_messages() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path());
    let token = text(&program.order("tokens", json!({ "appId": APP })).await["accessToken"]);
    let dead = json!({ "callbackUrl": "http://127.0.0.1:9/" });
    program.order("webhooks/subscription", dead).await;
    let subscribe = client().post(format!(
        "{}/v25.0/{DENTAL_WABA}/subscribed_apps",
        program.base
    ));
    send(subscribe.bearer_auth(&token).json(&json!({})))
        .await
        .ok();
    let order = json!({ "to": CONNECTED, "type": "image", "count": 50 });
    let written = program.order("phones/4915112345678/messages", order).await;
    assert_eq!(written["deliveries"].as_array().unwrap().len(), 50);
    program.child.kill().unwrap();
    program.child.wait().unwrap();

    let program = Program::start(folder.path());
    let look = async |path: &str| program.get(&format!("_sandbox/{path}"), "").await.ok();
    let queue = look("webhooks").await["queue"].clone();
    let left = queue["waiting"].as_u64().unwrap() + queue["inFlight"].as_u64().unwrap();
    assert_eq!(left, 50);
    let thread = look(&format!("phones/4915112345678/thread?with={CONNECTED}")).await;
    assert_eq!(thread["data"].as_array().unwrap().len(), 50);
    let media = text(&thread["data"][49]["message"]["image"]["id"]);
    program.get(&format!("v25.0/{media}"), &token).await.ok();
}

#[tokio::test]
async fn a_killed_program_still_knows_each_message_that_it_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path());
    let token = text(&program.order("tokens", json!({ "appId": APP })).await["accessToken"]);
    let knobs = json!({ "window": "open", "metering": "off", "pairs": "off" });
    program.order("sending/knobs", knobs).await;
    let url = format!("{}/v25.0/{CONNECTED}/messages", program.base);
    let mut wamids = Vec::new();
    for n in 0..120 {
        let message = json!({
            "messaging_product": "whatsapp",
            "to": "4915112345678",
            "text": { "body": "x" },
            "biz_opaque_callback_data": format!("m-{}", n % 100),
        });
        let call = client().post(&url).bearer_auth(&token).json(&message);
        wamids.push(send(call).await.ok()["messages"][0]["id"].clone());
    }
    program.child.kill().unwrap();
    program.child.wait().unwrap();

    let program = Program::start(folder.path());
    let look = async |path: &str| program.get(&format!("_sandbox/{path}"), "").await.ok();
    let summary = look("ledger/summary?spans=false").await;
    assert_eq!(
        (&summary["accepted"], &summary["acceptedMoreThanOnce"]),
        (&json!(120), &json!(20))
    );
    let messages = look("ledger/messages").await;
    for (n, item) in messages["data"].as_array().unwrap().iter().enumerate() {
        let expected: Vec<_> = wamids.iter().skip(n).step_by(100).cloned().collect();
        assert_eq!(item["wamids"], json!(expected), "{n}");
    }
}

#[tokio::test]
async fn a_terminated_program_ends_well() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path());
    let id = program.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert!(program.child.wait().unwrap().success());
}

#[tokio::test]
async fn a_wrong_seed_stops_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.json");
    std::fs::write(&seed, "{}").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_wabakit-sandbox"))
        .args(["--port", "0", "--data"])
        .arg(folder.path())
        .arg("--seed")
        .arg(&seed)
        .output()
        .unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("not of the documented shape"));
}

/// Runs the program to its end.
fn run(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_wabakit-sandbox"))
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.success(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[tokio::test]
async fn a_scenario_is_listed_and_played_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(folder.path());
    let (is_good, listed, _) = run(&["play", "--url", &program.base]);
    assert!(is_good && listed.contains("token-dies"), "{listed}");
    let port = program.base.rsplit(':').next().unwrap();
    let arguments = [
        "--port",
        port,
        "play",
        "customer-floods",
        "--with",
        "count=3",
    ];
    let (is_good, steps, errors) = run(&arguments);
    assert!(is_good && steps.starts_with("write "), "{steps}{errors}");
    let thread = program
        .get(
            &format!("_sandbox/phones/15550100001/thread?with={CONNECTED}"),
            "",
        )
        .await
        .ok();
    assert_eq!(thread["data"].as_array().unwrap().len(), 3);
    for (name, reason) in [
        ("nobody", "no scenario nobody"),
        ("conversation", "only 0 of 1 sends"),
    ] {
        let with = [
            "play",
            name,
            "--url",
            &program.base,
            "--with",
            "patienceMs=10",
        ];
        let (is_good, _, errors) = run(&with);
        assert!(!is_good && errors.contains(reason), "{errors}");
    }
    let (is_good, _, errors) = run(&["play", "x", "--url", "http://127.0.0.1:9"]);
    assert!(
        !is_good && errors.contains("no sandbox answers at"),
        "{errors}"
    );
}

#[tokio::test]
async fn a_program_can_end_with_its_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_wabakit-sandbox"))
        .args([
            "--port",
            "0",
            "--until-stdin-ends",
            "--log",
            "warn",
            "--data",
        ])
        .arg(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut line).unwrap();
    assert!(line.contains("http://127.0.0.1:"), "{line}");
    assert!(child.try_wait().unwrap().is_none());
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
}
