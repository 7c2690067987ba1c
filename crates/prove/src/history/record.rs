//! Times and files of histories that a proof records.

use std::{
    env,
    fs::File,
    io::{self, BufWriter, Write as _},
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};

use super::{Line, Rule, Verdict, judge};

/// Returns the present time of a history: unix milliseconds.
#[must_use]
#[allow(
    clippy::disallowed_methods,
    reason = "the sandbox tells its times by the machine's clock, too"
)]
pub fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs_f64() * 1_000.0
}

/// Writes a history as `<name>.jsonl` to the folder that `WABAKIT_HISTORY` names. Without it, nothing is written.
///
/// # Panics
/// When the file cannot be written.
pub fn keep(lines: &[Line], name: &str) {
    if let Some(folder) = env::var_os("WABAKIT_HISTORY") {
        let name = name.replace(' ', "-");
        let file = Path::new(&folder).join(format!("{name}.jsonl"));
        save(lines, &file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

/// Keeps a history and judges it, and returns the verdict.
///
/// # Panics
/// When a rule is broken, or one of `applied` was applied to nothing. The message holds the table of all rules.
#[must_use]
pub fn uphold(lines: &[Line], name: &str, applied: &[Rule]) -> Verdict {
    keep(lines, name);
    let verdict = judge(lines);
    assert!(verdict.holds(), "{name}\n{verdict}");
    for rule in applied {
        let checked = verdict.count(*rule).checked;
        assert!(checked > 0, "{name}: {rule:?} was not applied\n{verdict}");
    }
    verdict
}

fn save(lines: &[Line], file: &Path) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(file)?);
    for line in lines {
        serde_json::to_writer(&mut file, line)?;
        file.write_all(b"\n")?;
    }
    file.flush()
}
