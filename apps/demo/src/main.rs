#![doc = include_str!("../README.md")]

mod keys;
mod seed;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::Parser;
use serde::Serialize;
use thiserror::Error;
use tokio::signal::unix::{SignalKind, signal};
use wabakit_sandbox::{App, RunningSandbox, Sandbox, SandboxConfig};
use wabakit_server::{Config, RunningServer, Safety, telemetry};

/// Wabakit and its sandbox on this machine, to try it out.
#[derive(Parser)]
struct Options {
    /// Print the addresses and the sign-in as one JSON line.
    #[arg(long)]
    json: bool,
}

/// The addresses and the sign-in, for a person or a script.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Announcement {
    server: String,
    sandbox: String,
    email: &'static str,
    password: &'static str,
    app_secret: &'static str,
    verify_token: &'static str,
}

#[derive(Debug, Error)]
enum DemoError {
    #[error("{0}")]
    Server(#[from] wabakit_server::StartError),
    #[error("the sandbox: {0}")]
    Sandbox(#[from] wabakit_sandbox::SandboxStartError),
    #[error("the sandbox: {0}")]
    Callback(#[from] wabakit_sandbox::StateError),
    #[error("{0}")]
    Seed(#[from] seed::SeedError),
    #[error("{0}")]
    Keys(#[from] keys::KeysError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("SANDBOX_PORT cannot be read: it must be a port number, such as 8081.")]
    SandboxPort,
}

const APP_ID: &str = "1000000000000001";
const APP_SECRET: &str = "sandbox-app-secret-for-this-machine-only";
const VERIFY_TOKEN: &str = "sandbox-verify-token-for-this-machine-only";

#[allow(
    clippy::disallowed_methods,
    reason = "this is where the environment is read"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.trim().is_empty())
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    if let Err(error) = telemetry::install_logs(variable("LOG_LEVEL").as_deref()) {
        let _ = writeln!(std::io::stderr(), "wabakit demo: {error}");
        return ExitCode::FAILURE;
    }
    match Box::pin(run(&options)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "wabakit demo: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<(), DemoError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let folder = PathBuf::from(variable("WABAKIT_DATA_DIR").unwrap_or_else(|| "data".to_owned()));
    let (server, sandbox) = Box::pin(start(&folder)).await?;
    announce(options, &server, &sandbox)?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    server.stop().await;
    sandbox.stop().await;
    Ok(())
}

async fn start(folder: &Path) -> Result<(RunningServer, RunningSandbox), DemoError> {
    let keys = keys::load_or_make(folder)?;
    let port = match variable("SANDBOX_PORT") {
        Some(port) => port.trim().parse().map_err(|_| DemoError::SandboxPort)?,
        None => 8081,
    };
    let sandbox = Sandbox::start(SandboxConfig {
        port,
        apps: vec![App {
            name: "Wabakit demo".to_owned(),
            verify_token: Some(VERIFY_TOKEN.to_owned()),
            ..App::new(APP_ID, APP_SECRET)
        }],
        ..SandboxConfig::new(folder.join("sandbox"))
    })?;
    let base = sandbox.base_url();
    let vars = |name: &str| match name {
        "PORT"
        | "DATABASE_URL"
        | "ALLOWED_ORIGINS"
        | "ALLOWED_RETURN_URLS"
        | "META_GRAPH_VERSION"
        | "META_CONFIG_ID"
        | "FRONTEND_URL" => variable(name),
        "WABAKIT_DATA_DIR" => Some(folder.display().to_string()),
        "META_GRAPH_URL" | "META_DIALOG_URL" => Some(base.clone()),
        "META_SDK_URL" => Some(format!("{}/sdk.js", base.trim_end_matches('/'))),
        "META_APP_ID" => Some(APP_ID.to_owned()),
        "META_APP_SECRET" => Some(APP_SECRET.to_owned()),
        "WHATSAPP_VERIFY_TOKEN" => Some(VERIFY_TOKEN.to_owned()),
        "ENCRYPTION_KEY" => Some(keys.encryption_key.clone()),
        "JWT_SECRET" => Some(keys.jwt_secret.clone()),
        _ => None,
    };
    let mut config = Config::from_vars(&vars).map_err(wabakit_server::StartError::from)?;
    config.cookie_port = Some(config.port);
    let server = wabakit_server::start(config, Safety::Demo).await?;
    seed::seed(&server.assembly).await?;
    let callback = format!("{}/api/webhooks/whatsapp", server.base_url());
    sandbox.subscribe(APP_ID, &callback, VERIFY_TOKEN).await?;
    Ok((server, sandbox))
}

fn announce(
    options: &Options,
    server: &RunningServer,
    sandbox: &RunningSandbox,
) -> Result<(), DemoError> {
    let announcement = Announcement {
        server: server.base_url(),
        sandbox: sandbox.base_url().trim_end_matches('/').to_owned(),
        email: seed::EMAIL,
        password: seed::PASSWORD,
        app_secret: APP_SECRET,
        verify_token: VERIFY_TOKEN,
    };
    let mut out = std::io::stdout().lock();
    if options.json {
        writeln!(
            out,
            "{}",
            serde_json::to_string(&announcement).map_err(std::io::Error::other)?
        )?;
    } else {
        writeln!(
            out,
            "\n  Wabakit is ready.\n\n    Open      {}\n    Email     {}\n    Password  {}\n\n    Sandbox   {}  (plays Meta)\n    Phone     {}/phone  (plays a customer: write to a number once it is connected)\n\n  Ctrl-C ends both; what you did is there at the next start.\n",
            announcement.server,
            announcement.email,
            announcement.password,
            announcement.sandbox,
            announcement.sandbox,
        )?;
    }
    out.flush()?;
    Ok(())
}
