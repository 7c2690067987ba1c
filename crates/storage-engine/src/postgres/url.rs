//! The database URL: what the driver reads, and what it leaves to us.

use std::{fmt, time::Duration};

use tokio_postgres::{Config, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::Url;

use super::tls::{self, Trust};
use crate::SetupError;

/// A server, and how to reach it.
#[derive(Clone)]
pub(super) struct Target {
    config: Config,
    tls: Option<MakeRustlsConnect>,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target")
            .field("hosts", &self.config.get_hosts())
            .field("database", &self.config.get_dbname())
            .field("ssl_mode", &self.config.get_ssl_mode())
            .finish_non_exhaustive()
    }
}

impl Target {
    /// Reads a URL. `sslmode` and `sslrootcert` are taken out first: the driver knows fewer modes.
    pub(super) fn parse(url: &str) -> Result<Self, SetupError> {
        let unreadable =
            || SetupError::Url("it is not postgres://user:password@host:port/database".to_owned());
        let mut url = Url::parse(url).map_err(|_| unreadable())?;
        let mut mode = None;
        let mut root_certificates = None;
        let mut others = Vec::new();
        for (name, value) in url.query_pairs() {
            match &*name {
                "sslmode" => mode = Some(value.into_owned()),
                "sslrootcert" => root_certificates = Some(value.into_owned()),
                _ => others.push((name.into_owned(), value.into_owned())),
            }
        }
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
        // What the driver says of a bad URL may quote it, with the password in it.
        let mut config: Config = url.as_str().parse().map_err(|_| unreadable())?;
        let (mode, trust) = match mode.as_deref() {
            Some("disable") => (SslMode::Disable, None),
            None | Some("prefer" | "allow") => (SslMode::Prefer, Some(Trust::Anybody)),
            Some("require") => (SslMode::Require, Some(Trust::Anybody)),
            Some("verify-ca" | "verify-full") => (
                SslMode::Require,
                Some(root_certificates.map_or(Trust::WellKnown, Trust::File)),
            ),
            Some(other) => {
                return Err(SetupError::Url(format!("sslmode cannot be {other}")));
            }
        };
        config.ssl_mode(mode);
        if config.get_application_name().is_none() {
            config.application_name("wabakit");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(30));
        }
        config.keepalives_idle(Duration::from_secs(30));
        let tls = trust.map(|trust| tls::connector(&trust)).transpose()?;
        Ok(Self { config, tls })
    }

    pub(super) const fn config(&self) -> &Config {
        &self.config
    }

    /// How to encrypt, unless the connection is never to be.
    pub(super) fn tls(&self) -> Option<MakeRustlsConnect> {
        self.tls.clone()
    }
}
