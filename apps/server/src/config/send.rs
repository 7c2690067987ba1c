//! Settings of sending.

use std::time::Duration;

use wabakit_services::{SendSettings, UnknownPolicy};

use super::{ConfigError, read::Vars};

/// The settings of sending.
#[derive(Clone, Copy, Debug)]
pub struct SendConfig {
    /// `WABAKIT_SEND_PROOF_SECONDS`: how long to wait for a status that proves a message with an unknown outcome.
    pub proof_wait: Duration,
    /// `WABAKIT_SEND_UNKNOWN`: what happens to such a message when no proof came.
    pub unknown: UnknownPolicy,
    /// `WABAKIT_SEND_STUCK_SECONDS`: how long after its attempt began an accepted message counts as stuck, if it has
    /// neither arrived nor failed.
    pub stuck_after: Duration,
    /// `WABAKIT_SEND_TTL_SECONDS`: how long a message without an expiry may wait after it is due.
    pub time_to_live: Duration,
    /// `WABAKIT_SEND_REQUESTS`: the most requests to Meta in progress.
    pub requests: usize,
    /// `WABAKIT_HOLD_SENDER`: whether messages are only queued and not sent. For measurements, and for a replica that
    /// only answers requests.
    pub hold: bool,
}

impl SendConfig {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let usual = SendSettings::default();
        let unknown = match vars.get("WABAKIT_SEND_UNKNOWN").as_deref() {
            None | Some("ask") => UnknownPolicy::Ask,
            Some("fail") => UnknownPolicy::Fail,
            Some(_) => {
                let what = "ask or fail".to_owned();
                return Err(ConfigError::Malformed("WABAKIT_SEND_UNKNOWN", what));
            }
        };
        Ok(Self {
            proof_wait: seconds(vars, "WABAKIT_SEND_PROOF_SECONDS", 86_400, usual.proof_wait)?,
            unknown,
            stuck_after: seconds(
                vars,
                "WABAKIT_SEND_STUCK_SECONDS",
                2_592_000,
                usual.stuck_after,
            )?,
            time_to_live: seconds(
                vars,
                "WABAKIT_SEND_TTL_SECONDS",
                2_592_000,
                usual.time_to_live,
            )?,
            requests: match vars.parsed("WABAKIT_SEND_REQUESTS", REQUESTS)? {
                None => usual.requests,
                Some(requests @ 1..=65_536) => requests,
                Some(_) => {
                    return Err(ConfigError::Malformed(
                        "WABAKIT_SEND_REQUESTS",
                        REQUESTS.to_owned(),
                    ));
                }
            },
            hold: vars.get("WABAKIT_HOLD_SENDER").as_deref() == Some("1"),
        })
    }
}

const REQUESTS: &str = "a number from 1 to 65536";

fn seconds(
    vars: &Vars<'_>,
    name: &'static str,
    most: u64,
    otherwise: Duration,
) -> Result<Duration, ConfigError> {
    let what = format!("a number of seconds, from 1 to {most}");
    match vars.parsed(name, &what)? {
        None => Ok(otherwise),
        Some(seconds) if (1..=most).contains(&seconds) => Ok(Duration::from_secs(seconds)),
        Some(_) => Err(ConfigError::Malformed(name, what)),
    }
}
