//! Reads the database URL: the TLS settings here, the rest with the driver.

use std::{fmt, time::Duration};

use tokio_postgres::{Config, config::SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;
use url::{ParseError, Url};

use super::tls::{self, Trust};
use crate::SetupError;

const FORM: &str = "postgres://user:password@host:port/database";
const ENCODE: &str = "in user and password write @ as %40, # as %23, / as %2F, ? as %3F, % as %25";

/// The parameters that the driver reads.
const PARAMETERS: [&str; 18] = [
    "user",
    "password",
    "dbname",
    "options",
    "application_name",
    "sslnegotiation",
    "host",
    "hostaddr",
    "port",
    "connect_timeout",
    "tcp_user_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_retries",
    "target_session_attrs",
    "channel_binding",
    "load_balance_hosts",
];

/// Decodes `%XX`. A `+` stays a plus: it means a space only in forms.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.filter(|_| *first == b'%');
        match byte.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Describes the fault of a URL without quoting the URL: any part of it may belong to the password.
fn unreadable(text: &str, error: ParseError) -> SetupError {
    SetupError::Url(match error {
        ParseError::EmptyHost => format!("it names no host; it is {FORM}"),
        ParseError::InvalidPort if text.contains('#') || text.matches(':').count() > 3 => {
            format!("what stands behind the host is no port number; {ENCODE}")
        }
        ParseError::InvalidPort => {
            format!("what stands behind the host is no port number; it is {FORM}, and {ENCODE}")
        }
        _ => format!("it is not {FORM}; {ENCODE}"),
    })
}

/// Finds the parameter that the driver refuses, by leaving out one after the other.
fn wrong_value(url: &Url) -> SetupError {
    let pairs: Vec<&str> = url.query().unwrap_or_default().split('&').collect();
    for (at, pair) in pairs.iter().enumerate() {
        let others: Vec<&str> = pairs
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, pair)| *pair)
            .collect();
        let mut without = url.clone();
        without.set_query(Some(others.join("&").as_str()).filter(|others| !others.is_empty()));
        if without.as_str().parse::<Config>().is_ok() {
            let name = decoded(pair.split('=').next().unwrap_or_default());
            return SetupError::Url(format!("the value of its parameter {name} cannot be used"));
        }
    }
    SetupError::Url(format!("it is not {FORM}; {ENCODE}"))
}

/// A server, with the settings to reach it.
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
    /// Reads a URL. Takes out `sslmode` and `sslrootcert` first, because the driver knows fewer modes. The other
    /// parameters stay as they were written.
    pub(super) fn parse(text: &str) -> Result<Self, SetupError> {
        let mut url = Url::parse(text).map_err(|error| unreadable(text, error))?;
        if url.fragment().is_some() {
            return Err(SetupError::Url(format!("there is a # in it; {ENCODE}")));
        }
        let mut mode = None;
        let mut root_certificates = None;
        let mut others = Vec::new();
        for pair in url.query().unwrap_or_default().split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name);
            match &*name {
                "" => {}
                "sslmode" => mode = Some(decoded(value)),
                "sslrootcert" => root_certificates = Some(decoded(value)),
                known if PARAMETERS.contains(&known) => others.push(pair.to_owned()),
                "schema" | "search_path" | "currentSchema" => {
                    return Err(SetupError::Url(format!(
                        "it has the parameter {name}, which is not known here; \
                         options=-c%20search_path%3DNAME chooses a schema"
                    )));
                }
                unknown => {
                    let unknown: String = unknown.chars().take(40).collect();
                    return Err(SetupError::Url(format!(
                        "it has the parameter {unknown}, which is not known here; \
                         if it is a part of the password, {ENCODE}"
                    )));
                }
            }
        }
        let others = others.join("&");
        url.set_query(Some(others.as_str()).filter(|others| !others.is_empty()));
        // The driver's error may quote the URL with its password, so it is not shown.
        let mut config: Config = url.as_str().parse().map_err(|_| wrong_value(&url))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(SetupError::Url(format!("it names no host; it is {FORM}")));
        }
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

    /// Returns the TLS connector. `None` when the connection is never encrypted.
    pub(super) fn tls(&self) -> Option<MakeRustlsConnect> {
        self.tls.clone()
    }
}
