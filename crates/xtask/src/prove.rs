//! Proofs that take too long for every test run.

use crate::project::{Project, Result};

struct Proof {
    name: &'static str,
    shows: &'static str,
    run: fn(&Project) -> Result<()>,
}

const PROOFS: &[Proof] = &[];

/// Runs the named proof; without a name, lists them.
pub(crate) fn prove(project: &Project, names: &[&str]) -> Result<()> {
    match names {
        [] => {
            for proof in PROOFS {
                println!("{:12} {}", proof.name, proof.shows);
            }
            if PROOFS.is_empty() {
                println!("there are no proofs yet");
            }
            Ok(())
        }
        [name] => match PROOFS.iter().find(|proof| proof.name == *name) {
            Some(proof) => (proof.run)(project),
            None => Err(format!(
                "no proof is called {name}: cargo xtask prove lists them"
            )),
        },
        _ => Err("one proof at a time".to_owned()),
    }
}
