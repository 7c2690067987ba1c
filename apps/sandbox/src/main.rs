//! `wabakit-sandbox`: the sandbox as a program.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;
use wabakit_sandbox::{App, Sandbox, SandboxConfig, Seed};

/// Plays Meta over HTTP on 127.0.0.1: login dialog, Embedded Signup and Graph API.
#[derive(Parser)]
#[command(name = "wabakit-sandbox", version)]
struct Options {
    /// Port on 127.0.0.1. 0 means any free port.
    #[arg(long, env = "SANDBOX_PORT", default_value_t = 8081)]
    port: u16,
    /// Folder for the state.
    #[arg(long, env = "SANDBOX_DATA_DIR", default_value = "data/sandbox")]
    data: PathBuf,
    /// JSON file with the seed of a new state, instead of the built-in one.
    #[arg(long, env = "SANDBOX_SEED")]
    seed: Option<PathBuf>,
    /// Id of a Meta app to register.
    #[arg(long, env = "META_APP_ID", requires = "app_secret")]
    app_id: Option<String>,
    /// Its secret.
    #[arg(
        long,
        env = "META_APP_SECRET",
        hide_env_values = true,
        requires = "app_id"
    )]
    app_secret: Option<String>,
    /// Its valid OAuth redirect URIs. Without any, every loopback URL is valid.
    #[arg(long = "redirect-uri")]
    redirect_uris: Vec<String>,
    /// The callback of its webhooks.
    #[arg(long, env = "SANDBOX_CALLBACK_URL")]
    callback_url: Option<String>,
    /// The verify token of its webhooks.
    #[arg(long, env = "WHATSAPP_VERIFY_TOKEN", hide_env_values = true)]
    verify_token: Option<String>,
    /// The log filter, in the syntax of `tracing`.
    #[arg(long, env = "LOG_LEVEL", default_value = "info")]
    log: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&options.log))
        .with_writer(std::io::stderr)
        .init();
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let mut config = SandboxConfig::new(&options.data);
    config.port = options.port;
    if let Some(path) = &options.seed {
        config.seed = Seed::read(path)?;
    }
    if let (Some(id), Some(secret)) = (options.app_id, options.app_secret) {
        config.apps.push(App {
            redirect_uris: options.redirect_uris,
            callback_url: options.callback_url,
            verify_token: options.verify_token,
            ..App::new(id, secret)
        });
    }
    let stopped = stop_signal()?;
    let sandbox = Sandbox::start(config)?;
    writeln!(
        std::io::stdout(),
        "wabakit-sandbox listens on {}",
        sandbox.base_url()
    )?;
    stopped.await;
    sandbox.stop().await;
    Ok(())
}

/// Listens for signals from now on. The future ends with the first.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // If we cannot listen for the signal, we wait for the end of the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
