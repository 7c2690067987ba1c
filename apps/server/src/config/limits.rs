//! Limits of connections and request bodies of clients that are not known yet.

use std::time::Duration;

use wabakit_http::BodyLimits;

use super::{
    ConfigError,
    read::{Vars, at_least_one},
};

/// The limits of connections and request bodies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LimitsConfig {
    /// `REQUEST_TIMEOUT_SECONDS`, `MAX_BODY_MEMORY_MB`: how long a body may take to arrive, and the memory of all
    /// bodies. A connection on which nothing moves for that long is closed.
    pub bodies: BodyLimits,
    /// `MAX_CONNECTIONS`: the most open connections.
    pub connections: usize,
}

/// More than the WebSockets that may be open.
const CONNECTIONS: usize = 12_000;
const MEGABYTE: usize = 1024 * 1024;

impl LimitsConfig {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let usual = BodyLimits::default();
        let deadline = vars.parsed("REQUEST_TIMEOUT_SECONDS", SECONDS)?;
        let deadline = deadline.map_or(usual.deadline, Duration::from_secs);
        if !(Duration::from_secs(1)..=Duration::from_secs(300)).contains(&deadline) {
            let what = SECONDS.to_owned();
            return Err(ConfigError::Malformed("REQUEST_TIMEOUT_SECONDS", what));
        }
        let memory = at_least_one(vars, "MAX_BODY_MEMORY_MB")?;
        Ok(Self {
            bodies: BodyLimits {
                deadline,
                memory: memory.map_or(usual.memory, |megabytes| megabytes.saturating_mul(MEGABYTE)),
            },
            connections: at_least_one(vars, "MAX_CONNECTIONS")?.unwrap_or(CONNECTIONS),
        })
    }
}

const SECONDS: &str = "a number of seconds, from 1 to 300";
