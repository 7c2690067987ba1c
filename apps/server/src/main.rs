//! The `wabakit` command.

use std::process::ExitCode;

use clap::Parser;
use wabakit_server::{cli, telemetry};

#[allow(
    clippy::disallowed_methods,
    reason = "this is where the environment is read"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    telemetry::install_logs(variable("LOG_LEVEL").as_deref());
    match Box::pin(cli::run(cli, &variable)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[allow(
                clippy::print_stderr,
                reason = "whoever typed the command reads it here"
            )]
            {
                eprintln!("wabakit: {error}");
            }
            ExitCode::FAILURE
        }
    }
}
