//! The settings, read once from the environment and checked as a whole. Each error is one sentence that names its
//! variable.

mod limits;
mod mail;
mod metrics;
mod read;
mod receive;
mod safety;
mod send;

pub use limits::LimitsConfig;
pub use metrics::MetricsAddress;
pub use read::ConfigError;
pub use receive::{ReceiveConfig, RetentionDays};
pub use safety::Safety;
pub(crate) use safety::is_loopback;
pub use send::SendConfig;

use std::{
    net::IpAddr,
    path::{Path, PathBuf},
};

use chrono::{DateTime, TimeDelta, Utc};
use read::Vars;
use secrecy::SecretString;
use url::Url;
use wabakit_mailer::SmtpMailer;
use wabakit_media_store::MediaStoreConfig;

/// The settings of a server.
#[derive(Clone, Debug)]
pub struct Config {
    /// `HOST`.
    pub host: IpAddr,
    /// `PORT`. 0 takes a free one.
    pub port: u16,
    /// `PUBLIC_URL`: the address at which browsers and Meta reach this server.
    pub public_url: Url,
    /// `FRONTEND_URL`: the page where a finished login ends.
    pub frontend_url: Url,
    /// `ALLOWED_ORIGINS`: other origins that may call the API from a browser.
    pub allowed_origins: Vec<String>,
    /// `ALLOWED_RETURN_URLS`: other addresses where a login may end.
    pub allowed_return_urls: Vec<Url>,
    /// `DATABASE_URL`. It may contain a password.
    pub database_url: SecretString,
    /// `WABAKIT_DATA_DIR`.
    pub data_dir: PathBuf,
    /// `META_APP_ID`.
    pub meta_app_id: String,
    /// `META_APP_SECRET`.
    pub meta_app_secret: SecretString,
    /// `META_APP_SHARED`: whether another server uses the same Meta app. Without it, a server on this machine that
    /// calls the real Meta counts as sharing the app of a product.
    pub meta_app_shared: bool,
    /// `META_CONFIG_ID`.
    pub meta_config_id: Option<String>,
    /// `META_OAUTH_REDIRECT_URI`, also read as `META_REDIRECT_URI`.
    pub redirect_uri: Url,
    /// `META_GRAPH_VERSION`.
    pub graph_version: String,
    /// `META_GRAPH_URL`.
    pub graph_url: Url,
    /// `META_DIALOG_URL`.
    pub dialog_url: Url,
    /// `META_SDK_URL`.
    pub sdk_url: Url,
    /// `WHATSAPP_VERIFY_TOKEN`, also read as `VERIFY_TOKEN`.
    pub verify_token: SecretString,
    /// `ENCRYPTION_KEY`.
    pub encryption_key: SecretString,
    /// `ENCRYPTION_KEY_RING`: further keys, separated by commas or line breaks.
    pub encryption_key_ring: Vec<SecretString>,
    /// `JWT_SECRET`.
    pub jwt_secret: SecretString,
    /// `SIGN_IN_IDLE`: how long a sign-in may be unused before it ends.
    pub sign_in_idle: TimeDelta,
    /// `METRICS_ADDRESS`: the listener of `/metrics`.
    pub metrics: MetricsAddress,
    /// `TRUST_PROXY`: whether to trust `X-Forwarded-For`.
    pub trust_proxy: bool,
    /// `TRUST_PROXY` as a number: the proxies in front, each of which adds an entry.
    pub proxy_hops: usize,
    /// The limits of connections and request bodies.
    pub limits: LimitsConfig,
    /// The settings of receiving.
    pub receive: ReceiveConfig,
    /// The settings of sending.
    pub send: SendConfig,
    /// `SMTP_URL` and `MAIL_FROM`: how mail is sent, if mail is set up.
    pub mail: Option<SmtpMailer>,
    /// The port in the names of cookies, so that two demos in one browser do not sign each other out.
    pub cookie_port: Option<u16>,
}

const GRAPH_VERSION: &str = "v26.0";
/// The most days that a sign-in lasts, however much it is used.
const SIGN_IN_DAYS: u32 = 30;
const CALLBACK_PATH: &str = "auth/meta-oauth/callback";

impl Config {
    /// Reads and checks all settings. `vars` returns a variable's value. An empty one counts as missing.
    ///
    /// # Errors
    /// The first variable that is missing, malformed or unsafe.
    pub fn from_vars(vars: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let vars = Vars::new(vars);
        let config = Self::read(&vars);
        // Checked first, because a quoted value causes other errors.
        vars.check_quotes()?;
        config
    }

    fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let port = vars
            .parsed("PORT", "a port number, such as 8080")?
            .unwrap_or(8080);
        let data_dir = PathBuf::from(
            vars.get("WABAKIT_DATA_DIR")
                .unwrap_or_else(|| "data".to_owned()),
        );
        let proxy_hops = vars.proxy_hops("TRUST_PROXY")?;
        let public_url = match vars.root_url("PUBLIC_URL")? {
            Some(url) => url,
            None => vars.default_url("PUBLIC_URL", &format!("http://127.0.0.1:{port}/"))?,
        };
        let below = |path: &str| read::below(&public_url, path);
        let redirect_uri = match vars
            .url("META_OAUTH_REDIRECT_URI")?
            .or(vars.url("META_REDIRECT_URI")?)
        {
            Some(url) => url,
            None => below(CALLBACK_PATH),
        };
        let frontend_url = vars
            .url("FRONTEND_URL")?
            .unwrap_or_else(|| below("connections"));
        let graph_url = vars.url_or("META_GRAPH_URL", "https://graph.facebook.com/")?;
        let on_a_laptop = is_loopback(&public_url) && !is_loopback(&graph_url);
        let meta_app_shared = vars
            .parsed("META_APP_SHARED", "true or false")?
            .unwrap_or(on_a_laptop);
        let database_url = vars
            .get("DATABASE_URL")
            .unwrap_or_else(|| format!("sqlite:{}", data_dir.join("wabakit.db").display()));
        Ok(Self {
            host: vars
                .parsed("HOST", "an IP address to listen on")?
                .unwrap_or(IpAddr::from([127, 0, 0, 1])),
            port,
            limits: LimitsConfig::read(vars)?,
            receive: ReceiveConfig::read(vars, &data_dir)?,
            send: SendConfig::read(vars)?,
            mail: mail::read(vars)?,
            redirect_uri,
            frontend_url,
            allowed_origins: vars.origins("ALLOWED_ORIGINS")?,
            allowed_return_urls: vars.urls("ALLOWED_RETURN_URLS")?,
            database_url: vars.database_url(database_url)?,
            data_dir,
            meta_app_id: vars
                .digits("META_APP_ID", "the Meta app's id, from its Basic settings")?
                .ok_or(ConfigError::Missing(
                    "META_APP_ID",
                    "the Meta app's id, from its Basic settings",
                ))?,
            meta_app_secret: vars.app_secret(
                "META_APP_SECRET",
                "the Meta app's secret, from its Basic settings",
            )?,
            meta_config_id: vars.token(
                "META_CONFIG_ID",
                "the configuration's id, from Facebook Login for Business",
            )?,
            graph_version: vars.graph_version("META_GRAPH_VERSION", GRAPH_VERSION)?,
            graph_url,
            meta_app_shared,
            dialog_url: vars.url_or("META_DIALOG_URL", "https://www.facebook.com/")?,
            sdk_url: vars.url_or("META_SDK_URL", "https://connect.facebook.net/en_US/sdk.js")?,
            verify_token: match vars.get("VERIFY_TOKEN") {
                Some(older) if vars.get("WHATSAPP_VERIFY_TOKEN").is_none() => older.into(),
                _ => vars.secret(
                    "WHATSAPP_VERIFY_TOKEN",
                    "a random text that the webhook is set up with",
                )?,
            },
            encryption_key: vars.secret("ENCRYPTION_KEY", "the key that tokens are sealed with")?,
            encryption_key_ring: vars.secrets("ENCRYPTION_KEY_RING"),
            jwt_secret: vars.secret("JWT_SECRET", "a random text of 32 characters or more")?,
            sign_in_idle: vars
                .span("SIGN_IN_IDLE", SIGN_IN_DAYS)?
                .unwrap_or(TimeDelta::days(14)),
            trust_proxy: proxy_hops > 0,
            proxy_hops,
            metrics: MetricsAddress::read(vars, port)?,
            cookie_port: None,
            public_url,
        })
    }

    /// Refuses unsafe settings.
    ///
    /// # Errors
    /// The first unsafe setting, in one sentence.
    pub fn check(&self, safety: Safety) -> Result<(), ConfigError> {
        safety::check(self, safety)
    }

    /// Tells whether files are kept in the data folder: an SQLite database, or files of messages.
    pub fn keeps_files(&self) -> bool {
        use secrecy::ExposeSecret;
        let url = self.database_url.expose_secret();
        let file = url.strip_prefix("sqlite:");
        let file = file.map(|path| path.strip_prefix("//").unwrap_or(path));
        let below = |path: &Path| path.starts_with(&self.data_dir);
        file.is_some_and(|path| below(Path::new(path)))
            || match &self.receive.media_store {
                MediaStoreConfig::Folder(folder) => below(folder),
                MediaStoreConfig::S3(_) => false,
            }
    }

    /// Returns the day on which Meta ended the Graph version, if it has. Meta treats such a version as its oldest
    /// living one, without an error. Source: developers.facebook.com/docs/graph-api/changelog.
    pub fn graph_version_ended(&self, now: DateTime<Utc>) -> Option<&'static str> {
        const ENDS: [(u32, &str); 7] = [
            (19, "2026-05-21"),
            (20, "2026-09-24"),
            (21, "2027-01-21"),
            (22, "2027-05-20"),
            (23, "2027-10-08"),
            (24, "2028-02-18"),
            (25, "2028-07-29"),
        ];
        let major = self
            .graph_version
            .trim_start_matches('v')
            .split('.')
            .next()?;
        let major: u32 = major.parse().ok()?;
        // A version older than the table has ended earlier.
        let (_, end) = ENDS.iter().find(|(version, _)| *version >= major)?;
        let ended = now.date_naive() >= end.parse().ok()?;
        ended.then_some(*end)
    }

    /// Tells whether cookies carry `Secure`: everywhere except on loopback.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

#[cfg(test)]
mod tests;
