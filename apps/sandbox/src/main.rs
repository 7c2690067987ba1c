//! `wabakit-sandbox`: the sandbox as a program.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde_json::Value;
use tracing_subscriber::EnvFilter;
use wabakit_sandbox::{App, Sandbox, SandboxConfig, Seed, play_scenario, scenario_list};

/// Plays Meta over HTTP on 127.0.0.1: login dialog, Embedded Signup and Graph API.
#[derive(Parser)]
#[command(name = "wabakit-sandbox", version)]
struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    /// Port on 127.0.0.1. 0 means any free port.
    #[arg(long, env = "SANDBOX_PORT", default_value_t = 8081, global = true)]
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
    /// Folder with further scenarios.
    #[arg(long, env = "SANDBOX_SCENARIOS")]
    scenarios: Option<PathBuf>,
    /// Record calls from the start, for /_sandbox/har.
    #[arg(long, env = "SANDBOX_HAR")]
    har: bool,
    /// Stop when standard input ends, so that the sandbox does not outlive the program that started it.
    #[arg(long)]
    until_stdin_ends: bool,
    /// The log filter, in the syntax of `tracing`.
    #[arg(long, env = "LOG_LEVEL", default_value = "info")]
    log: String,
}

/// A command that does something else than start a sandbox.
#[derive(Subcommand)]
enum Command {
    /// Plays a scenario in a sandbox that runs, or lists the scenarios.
    Play {
        /// The scenario. Without it, all are listed.
        name: Option<String>,
        /// Address of the sandbox, instead of the port on 127.0.0.1.
        #[arg(long, env = "SANDBOX_URL")]
        url: Option<String>,
        /// A parameter of the scenario, repeatable.
        #[arg(long = "with", value_name = "NAME=VALUE", value_parser = parameter)]
        with: Vec<(String, String)>,
    },
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it has the form NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut options = Options::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&options.log))
        .with_writer(std::io::stderr)
        .init();
    let outcome = match options.command.take() {
        Some(Command::Play { name, url, with }) => {
            let url = url.unwrap_or_else(|| format!("http://127.0.0.1:{}", options.port));
            play(&url, name.as_deref(), with.into_iter().collect()).await
        }
        None => run(options).await,
    };
    match outcome {
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
    config.scenarios = options.scenarios;
    config.har = options.har;
    let stopped = stop_signal()?;
    let ended = options.until_stdin_ends.then(stdin_end);
    let sandbox = Sandbox::start(config)?;
    writeln!(
        std::io::stdout(),
        "wabakit-sandbox listens on {}",
        sandbox.base_url()
    )?;
    match ended {
        Some(ended) => {
            tokio::select! {
                () = stopped => {}
                _ = ended => {}
            }
        }
        None => stopped.await,
    }
    sandbox.stop().await;
    Ok(())
}

/// Plays a scenario and prints its steps, or prints the scenarios.
async fn play(
    url: &str,
    name: Option<&str>,
    with: BTreeMap<String, String>,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout().lock();
    let list = |value: &Value, name: &str| {
        let list = value.get(name).and_then(Value::as_array);
        list.cloned().unwrap_or_default()
    };
    let text = |value: &Value, name: &str| {
        let text = value.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let Some(name) = name else {
        for scenario in list(&scenario_list(url).await?, "data") {
            let says = text(&scenario, "title") + &text(&scenario, "error");
            writeln!(out, "{:20} {says}", text(&scenario, "name"))?;
        }
        return Ok(());
    };
    for step in list(&play_scenario(url, name, &with).await?, "steps") {
        let took = step.get("tookMs").and_then(Value::as_u64);
        let took = took.unwrap_or_default();
        let (act, note) = (text(&step, "step"), text(&step, "note"));
        writeln!(out, "{act:12} {took:>7} ms  {note}")?;
    }
    Ok(())
}

/// Reads standard input away. The receiver hears of its end.
fn stdin_end() -> tokio::sync::oneshot::Receiver<()> {
    let (end, ended) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // An input that cannot be read has ended too.
        let read = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        drop((read, end));
    });
    ended
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
