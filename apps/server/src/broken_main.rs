//! The `wabakit-broken` command: the server with switches that break its promises. Only `cargo xtask prove broken`
//! builds it.

#[path = "main.rs"]
mod wabakit;

fn main() -> std::process::ExitCode {
    wabakit::main()
}
