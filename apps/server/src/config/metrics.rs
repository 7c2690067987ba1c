use std::net::{Ipv4Addr, SocketAddr};

use super::{ConfigError, read::Vars};

/// The listener of `/metrics`, which are not public.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MetricsAddress {
    /// There is no listener.
    Off,
    /// The listener uses this address. If it cannot, the start fails.
    On(SocketAddr),
    /// The listener uses this default address. If it is taken, only a warning is logged, because several servers may
    /// run on one machine.
    Usual(SocketAddr),
}

const USUAL_PORT: u16 = 9464;
const WHAT: &str = "an address and port to listen on, such as 127.0.0.1:9464, or off";

impl MetricsAddress {
    /// Reads `METRICS_ADDRESS`. A server on a free port (`PORT=0`) has its metrics on a free port too.
    pub(super) fn read(vars: &Vars<'_>, port: u16) -> Result<Self, ConfigError> {
        if vars
            .get("METRICS_ADDRESS")
            .is_some_and(|value| value.eq_ignore_ascii_case("off"))
        {
            return Ok(Self::Off);
        }
        let usual = if port == 0 { 0 } else { USUAL_PORT };
        let named = vars.parsed("METRICS_ADDRESS", WHAT)?;
        Ok(named.map_or(Self::Usual((Ipv4Addr::LOCALHOST, usual).into()), Self::On))
    }
}
