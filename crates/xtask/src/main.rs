#![doc = include_str!("../README.md")]
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it talks to a person at a terminal"
)]

mod clients;
mod counts;
mod dashboard;
mod demo;
mod linting;
mod openapi;
mod postgres;
mod project;
mod prove;
mod setup;
mod suite;

use std::process::ExitCode;

use project::{Project, Result};

const HELP: &str = "\
cargo xtask <command>

  demo [--release] [--json]  start Wabakit and its sandbox; PORT, SANDBOX_PORT, DATABASE_URL and
                             WABAKIT_DATA_DIR say where
  test                       install what is missing, then run every check
  check                      format, lints and types only
  fmt                        format the Rust sources
  dashboard                  build the dashboard where it is stale
  openapi                    write docs/openapi.json and the dashboard's client anew
  prove [<name>|all]         run a long proof against release builds, or all of them, or list them
  help                       this page
";

fn main() -> ExitCode {
    if let Some(code) = linting::as_rustdoc() {
        return code;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&Project::here(), &arguments) {
        Ok(code) => code,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(project: &Project, arguments: &[&str]) -> Result<ExitCode> {
    match arguments {
        ["demo", options @ ..] => demo::become_demo(project, options)?,
        ["test"] => return Ok(suite::test(project)),
        ["check"] => return Ok(suite::check(project)),
        ["fmt"] => project::succeed(project.cargo().args(["fmt", "--all"]))?,
        ["dashboard"] => dashboard::build_if_stale(project)?,
        ["openapi"] => openapi::regenerate(project)?,
        ["prove", names @ ..] => prove::prove(project, names)?,
        [] | ["help" | "--help" | "-h"] => print!("{HELP}"),
        _ => {
            let words = arguments.join(" ");
            return Err(format!("unknown command: cargo xtask {words}\n\n{HELP}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
