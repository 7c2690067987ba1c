//! Starts an empty PostgreSQL, prints its URL as one line, and stops it when standard input ends.
//!
//! `cargo xtask test` shares one such server between all test binaries.

use std::io::{self, Write as _};
use std::process::ExitCode;

use wabakit_testkit::postgres::Cluster;

fn main() -> ExitCode {
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> Result<(), Box<dyn std::error::Error>> {
    let cluster = Cluster::start()?;
    let mut stdout = io::stdout();
    writeln!(stdout, "{}", cluster.url())?;
    stdout.flush()?;
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
