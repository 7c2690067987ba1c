//! The `wabakit` command.

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;
use wabakit_server::{cli, telemetry};

/// Takes less than half of the time of the C library's allocator under load, and gives memory back.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[allow(
    clippy::disallowed_methods,
    reason = "this is where the environment is read"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[tokio::main]
pub(crate) async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let file = match cli.file_variables() {
        Ok(file) => file,
        Err(error) => return failed(&error),
    };
    let variable = |name: &str| variable(name).or_else(|| file.get(name).cloned());
    if let Err(error) = telemetry::install_logs(variable("LOG_LEVEL").as_deref()) {
        return failed(&error);
    }
    match Box::pin(cli::run(cli, &variable)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

#[allow(
    clippy::print_stderr,
    reason = "whoever typed the command reads it here"
)]
fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("wabakit: {error}");
    ExitCode::FAILURE
}
