//! The versions of the Graph API, and which of them answers a call.
//!
//! Source: Meta's changelog of versions as of 2026-11-04 (A*). That the oldest living version answers for one that has
//! ended is observed (C), and so is error 2500 for a version that never was.

use chrono::NaiveDate;

use super::GraphError;
use crate::call::Call;
use crate::clock::Time;
use crate::state::World;

/// The version of calls that name none.
pub(crate) const DEFAULT: &str = "v25.0";

/// A version, and the year, month and day of its end.
type Version = (&'static str, Option<(i32, u32, u32)>);

const VERSIONS: [Version; 9] = [
    ("v19.0", Some((2026, 5, 21))),
    ("v20.0", Some((2026, 9, 24))),
    ("v21.0", Some((2027, 1, 21))),
    ("v22.0", Some((2027, 5, 20))),
    ("v23.0", Some((2027, 10, 8))),
    ("v24.0", Some((2028, 2, 18))),
    ("v25.0", Some((2028, 7, 29))),
    ("v26.0", None),
    ("v27.0", None),
];

/// Returns the version that answers the call.
///
/// # Errors
/// Code 2500 for a version that never was, and for one that has ended if the quirk says so.
pub(crate) fn served(world: &World, call: &Call) -> Result<String, GraphError> {
    let Some(asked) = call.version.as_deref() else {
        return Ok(DEFAULT.to_owned());
    };
    if world.quirks.any_version {
        return Ok(asked.to_owned());
    }
    let now = world.now();
    let is_alive = |(_, end): &&Version| end.is_none_or(|end| !has_come(end, now));
    let found = VERSIONS.iter().position(|(version, _)| *version == asked);
    let is_older = number(asked).is_some_and(|asked| asked < 19);
    let version = match found.and_then(|at| VERSIONS.get(at)) {
        Some(version) if is_alive(&version) => Some(version),
        None if !is_older => None,
        _ if world.quirks.refuse_ended_versions => None,
        _ => VERSIONS.iter().find(is_alive),
    };
    match version {
        Some((version, _)) => Ok((*version).to_owned()),
        None => Err(GraphError::unknown_path(&format!("{asked}/{}", call.path))),
    }
}

fn has_come((year, month, day): (i32, u32, u32), now: Time) -> bool {
    NaiveDate::from_ymd_opt(year, month, day).is_some_and(|end| end <= now.date_naive())
}

/// Returns the major number of a version that ends in `.0`.
fn number(version: &str) -> Option<u32> {
    let digits = version.strip_prefix('v')?.strip_suffix(".0")?;
    digits.parse().ok()
}
