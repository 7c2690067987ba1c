use std::{cell::RefCell, str::FromStr};

use chrono::TimeDelta;
use secrecy::SecretString;
use thiserror::Error;
use url::Url;

/// The reason why a setting prevents the start. The error never quotes a secret.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ConfigError {
    /// The variable is not set.
    #[error("{0} is missing: set it to {1}.")]
    Missing(&'static str, &'static str),
    /// The value cannot be parsed.
    #[error("{0} cannot be read: it must be {1}.")]
    Malformed(&'static str, String),
    /// The value cannot be used. Holds the reason as a sentence.
    #[error("{0} cannot be used: {1}.")]
    Unusable(&'static str, String),
    /// The value is in quotes. A shell removes them, and a file of variables keeps them.
    #[error("{0} is in quotes, which would be part of the value: remove them.")]
    Quoted(String),
    /// The value is valid, but unsafe.
    #[error("{0} is unsafe: {1}.")]
    Unsafe(&'static str, String),
}

pub(super) struct Vars<'a> {
    read: &'a dyn Fn(&str) -> Option<String>,
    /// The first variable whose value is in quotes.
    quoted: RefCell<Option<String>>,
}

impl<'a> Vars<'a> {
    pub(super) const fn new(read: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self {
            read,
            quoted: RefCell::new(None),
        }
    }

    /// Refuses a value in quotes, which `docker --env-file` leaves.
    pub(super) fn check_quotes(&self) -> Result<(), ConfigError> {
        match self.quoted.take() {
            Some(name) => Err(ConfigError::Quoted(name)),
            None => Ok(()),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        let value = (self.read)(name)?;
        let value = value.trim();
        let in_quotes =
            |quote| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
        if in_quotes('"') || in_quotes('\'') {
            self.quoted
                .borrow_mut()
                .get_or_insert_with(|| name.to_owned());
        }
        Some(value.to_owned()).filter(|value| !value.is_empty())
    }

    /// Reads an id of Meta's, which is a number.
    pub(super) fn digits(
        &self,
        name: &'static str,
        what: &str,
    ) -> Result<Option<String>, ConfigError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        if value.len() <= 32 && value.bytes().all(|b| b.is_ascii_digit()) {
            Ok(Some(value))
        } else {
            Err(ConfigError::Malformed(
                name,
                format!("{what}: digits alone"),
            ))
        }
    }

    /// Reads a text without white space.
    pub(super) fn token(
        &self,
        name: &'static str,
        what: &str,
    ) -> Result<Option<String>, ConfigError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        if value.len() <= 64 && value.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Some(value))
        } else {
            Err(ConfigError::Malformed(
                name,
                format!("{what}, in one piece"),
            ))
        }
    }

    /// Reads the number of proxies in front. `true` counts as one.
    pub(super) fn proxy_hops(&self, name: &'static str) -> Result<usize, ConfigError> {
        match self.get(name).as_deref() {
            None | Some("false") => Ok(0),
            Some("true") => Ok(1),
            Some(number) => match number.parse() {
                Ok(hops) if hops <= 16 => Ok(hops),
                _ => Err(ConfigError::Malformed(
                    name,
                    "true, false, or the number of proxies in front of the server".into(),
                )),
            },
        }
    }

    /// Reads an address without a path, because the server serves nothing below a path.
    pub(super) fn root_url(&self, name: &'static str) -> Result<Option<Url>, ConfigError> {
        let Some(url) = self.url(name)? else {
            return Ok(None);
        };
        if url.path() == "/" && url.query().is_none() && url.fragment().is_none() {
            Ok(Some(url))
        } else {
            Err(ConfigError::Malformed(
                name,
                "an address without a path, such as https://wabakit.example: dashboard and API are served at the root"
                    .into(),
            ))
        }
    }

    pub(super) fn required(
        &self,
        name: &'static str,
        what: &'static str,
    ) -> Result<String, ConfigError> {
        self.get(name).ok_or(ConfigError::Missing(name, what))
    }

    pub(super) fn secret(
        &self,
        name: &'static str,
        what: &'static str,
    ) -> Result<SecretString, ConfigError> {
        self.required(name, what).map(SecretString::from)
    }

    /// A secret that Meta made: it holds no white space, so a comment or a second value behind it is none of it.
    pub(super) fn app_secret(
        &self,
        name: &'static str,
        what: &'static str,
    ) -> Result<SecretString, ConfigError> {
        let secret = self.required(name, what)?;
        one_piece(name, &secret)?;
        Ok(secret.into())
    }

    /// Several of them.
    pub(super) fn app_secrets(&self, name: &'static str) -> Result<Vec<SecretString>, ConfigError> {
        use secrecy::ExposeSecret;
        let secrets = self.secrets(name);
        for secret in &secrets {
            one_piece(name, secret.expose_secret())?;
        }
        Ok(secrets)
    }

    pub(super) fn secrets(&self, name: &str) -> Vec<SecretString> {
        let listed = self.get(name).unwrap_or_default();
        listed
            .split([',', '\n'])
            .map(str::trim)
            .filter(|key| !key.is_empty())
            .map(SecretString::from)
            .collect()
    }

    pub(super) fn parsed<T: FromStr>(
        &self,
        name: &'static str,
        what: &str,
    ) -> Result<Option<T>, ConfigError> {
        self.get(name)
            .map(|value| {
                value
                    .parse()
                    .map_err(|_| ConfigError::Malformed(name, what.to_owned()))
            })
            .transpose()
    }

    /// Reads a time span in whole hours (`12h`) or days (`14d`), from one hour to so many days.
    pub(super) fn span(
        &self,
        name: &'static str,
        at_most: u32,
    ) -> Result<Option<TimeDelta>, ConfigError> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let number = |unit| {
            value
                .strip_suffix(unit)
                .and_then(|it| it.parse::<u32>().ok())
        };
        let hours = number('h').or_else(|| number('d')?.checked_mul(24));
        match hours {
            Some(hours) if (1..=at_most * 24).contains(&hours) => {
                Ok(Some(TimeDelta::hours(hours.into())))
            }
            _ => Err(ConfigError::Malformed(
                name,
                format!("hours or days, such as 12h or 14d, and at most {at_most}d"),
            )),
        }
    }

    pub(super) fn url(&self, name: &'static str) -> Result<Option<Url>, ConfigError> {
        self.get(name)
            .map(|value| parse_url(name, &value))
            .transpose()
    }

    pub(super) fn url_or(&self, name: &'static str, otherwise: &str) -> Result<Url, ConfigError> {
        match self.url(name)? {
            Some(url) => Ok(url),
            None => self.default_url(name, otherwise),
        }
    }

    pub(super) fn default_url(&self, name: &'static str, url: &str) -> Result<Url, ConfigError> {
        parse_url(name, url)
    }

    pub(super) fn urls(&self, name: &'static str) -> Result<Vec<Url>, ConfigError> {
        let listed = self.get(name).unwrap_or_default();
        listed
            .split(',')
            .map(str::trim)
            .filter(|url| !url.is_empty())
            .map(|url| parse_url(name, url))
            .collect()
    }

    pub(super) fn origins(&self, name: &'static str) -> Result<Vec<String>, ConfigError> {
        self.urls(name)?
            .into_iter()
            .map(|url| {
                let bare = url.path() == "/" && url.query().is_none();
                if bare {
                    Ok(url.origin().ascii_serialization())
                } else {
                    Err(ConfigError::Malformed(
                        name,
                        "origins such as https://shop.example, without a path".into(),
                    ))
                }
            })
            .collect()
    }

    pub(super) fn graph_version(
        &self,
        name: &'static str,
        otherwise: &str,
    ) -> Result<String, ConfigError> {
        let version = self.get(name).unwrap_or_else(|| otherwise.to_owned());
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let is_version = version
            .strip_prefix('v')
            .and_then(|rest| rest.split_once('.'))
            .is_some_and(|(major, minor)| digits(major) && digits(minor));
        if is_version {
            Ok(version)
        } else {
            Err(ConfigError::Malformed(
                name,
                format!("a Graph API version such as {otherwise}"),
            ))
        }
    }

    pub(super) fn database_url(&self, url: String) -> Result<SecretString, ConfigError> {
        let scheme = url.split_once(':').map(|(scheme, _)| scheme);
        if matches!(scheme, Some("sqlite" | "postgres" | "postgresql")) {
            Ok(SecretString::from(url))
        } else {
            Err(ConfigError::Malformed(
                "DATABASE_URL",
                "a sqlite:, postgres: or postgresql: address".into(),
            ))
        }
    }
}

fn one_piece(name: &'static str, secret: &str) -> Result<(), ConfigError> {
    if secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(())
    } else {
        let what = "the app's secret in one piece, as its Basic settings show it".to_owned();
        Err(ConfigError::Malformed(name, what))
    }
}

fn parse_url(name: &'static str, value: &str) -> Result<Url, ConfigError> {
    let malformed =
        || ConfigError::Malformed(name, "an address such as https://wabakit.example".into());
    let url = Url::parse(value).map_err(|_| malformed())?;
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        Ok(url)
    } else {
        Err(malformed())
    }
}

/// Reads a number that is at least one.
pub(super) fn at_least_one(
    vars: &Vars<'_>,
    name: &'static str,
) -> Result<Option<usize>, ConfigError> {
    match vars.parsed(name, "a number, 1 or more")? {
        Some(0) => Err(ConfigError::Malformed(name, "a number, 1 or more".into())),
        number => Ok(number),
    }
}

/// Returns an address below another, which is treated as a folder.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.set_path(&format!("{}/{path}", base.path().trim_end_matches('/')));
    url
}
