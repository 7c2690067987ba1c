//! The environment, read once, checked whole. Each refusal is one sentence that names its variable.

mod limits;
mod read;
mod receive;
mod safety;
mod send;

pub use limits::LimitsConfig;
pub use read::ConfigError;
pub use receive::{ReceiveConfig, RetentionDays};
pub use safety::Safety;
pub(crate) use safety::is_loopback;
pub use send::SendConfig;

use std::{net::IpAddr, path::PathBuf};

use read::Vars;
use secrecy::SecretString;
use url::Url;

/// Everything that a server needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// `HOST`.
    pub host: IpAddr,
    /// `PORT`; 0 takes a free one.
    pub port: u16,
    /// `PUBLIC_URL`: where browsers and Meta reach this server.
    pub public_url: Url,
    /// `FRONTEND_URL`: where a finished login lands.
    pub frontend_url: Url,
    /// `ALLOWED_ORIGINS`: other origins that may call the API from a browser.
    pub allowed_origins: Vec<String>,
    /// `ALLOWED_RETURN_URLS`: other places that a login may land on.
    pub allowed_return_urls: Vec<Url>,
    /// `DATABASE_URL`. May hold a password.
    pub database_url: SecretString,
    /// `WABAKIT_DATA_DIR`.
    pub data_dir: PathBuf,
    /// `META_APP_ID`.
    pub meta_app_id: String,
    /// `META_APP_SECRET`.
    pub meta_app_secret: SecretString,
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
    /// `WHATSAPP_VERIFY_TOKEN`.
    pub verify_token: SecretString,
    /// `ENCRYPTION_KEY`.
    pub encryption_key: SecretString,
    /// `ENCRYPTION_KEY_RING`: further keys, separated by commas or line breaks.
    pub encryption_key_ring: Vec<SecretString>,
    /// `JWT_SECRET`.
    pub jwt_secret: SecretString,
    /// `TRUST_PROXY`: believe `X-Forwarded-For`.
    pub trust_proxy: bool,
    /// Connections and request bodies.
    pub limits: LimitsConfig,
    /// Receiving.
    pub receive: ReceiveConfig,
    /// Sending.
    pub send: SendConfig,
    /// The port that cookie names carry, so that two demos in one browser do not sign each other out.
    pub cookie_port: Option<u16>,
}

const GRAPH_VERSION: &str = "v25.0";
const CALLBACK_PATH: &str = "auth/meta-oauth/callback";

impl Config {
    /// Reads and checks everything. `vars` answers a variable's value; an empty one counts as missing.
    ///
    /// # Errors
    /// The first variable that is missing, malformed or unsafe.
    pub fn from_vars(vars: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let vars = Vars(vars);
        let port = vars
            .parsed("PORT", "a port number, such as 8080")?
            .unwrap_or(8080);
        let data_dir = PathBuf::from(
            vars.get("WABAKIT_DATA_DIR")
                .unwrap_or_else(|| "data".to_owned()),
        );
        let public_url = match vars.url("PUBLIC_URL")? {
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
        let database_url = vars
            .get("DATABASE_URL")
            .unwrap_or_else(|| format!("sqlite:{}", data_dir.join("wabakit.db").display()));
        Ok(Self {
            host: vars
                .parsed("HOST", "an IP address to listen on")?
                .unwrap_or(IpAddr::from([127, 0, 0, 1])),
            port,
            limits: LimitsConfig::read(&vars)?,
            receive: ReceiveConfig::read(&vars, &data_dir)?,
            send: SendConfig::read(&vars)?,
            redirect_uri,
            frontend_url,
            allowed_origins: vars.origins("ALLOWED_ORIGINS")?,
            allowed_return_urls: vars.urls("ALLOWED_RETURN_URLS")?,
            database_url: vars.database_url(database_url)?,
            data_dir,
            meta_app_id: vars
                .required("META_APP_ID", "the Meta app's id, from its Basic settings")?,
            meta_app_secret: vars.secret(
                "META_APP_SECRET",
                "the Meta app's secret, from its Basic settings",
            )?,
            meta_config_id: vars.get("META_CONFIG_ID"),
            graph_version: vars.graph_version("META_GRAPH_VERSION", GRAPH_VERSION)?,
            graph_url: vars.url_or("META_GRAPH_URL", "https://graph.facebook.com/")?,
            dialog_url: vars.url_or("META_DIALOG_URL", "https://www.facebook.com/")?,
            sdk_url: vars.url_or("META_SDK_URL", "https://connect.facebook.net/en_US/sdk.js")?,
            verify_token: vars.secret(
                "WHATSAPP_VERIFY_TOKEN",
                "a random text that the webhook is set up with",
            )?,
            encryption_key: vars.secret("ENCRYPTION_KEY", "the key that tokens are sealed with")?,
            encryption_key_ring: vars.secrets("ENCRYPTION_KEY_RING"),
            jwt_secret: vars.secret("JWT_SECRET", "a random text of 32 characters or more")?,
            trust_proxy: vars.flag("TRUST_PROXY")?,
            cookie_port: None,
            public_url,
        })
    }

    /// Refuses what is unsafe to run with.
    ///
    /// # Errors
    /// The first unsafe setting, in one sentence.
    pub fn check(&self, safety: Safety) -> Result<(), ConfigError> {
        safety::check(self, safety)
    }

    /// Cookies carry `Secure` everywhere but on loopback.
    pub fn secure_cookies(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

#[cfg(test)]
mod tests;
