//! The settings of a sandbox.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Seed;

/// The settings to start a sandbox with.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// The port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The folder of the state. It is created if it is missing.
    pub data_dir: PathBuf,
    /// The seed of a new state. An existing state ignores it until it is reset.
    pub seed: Seed,
    /// Meta apps to register at each start; one replaces an app with the same id. The seed's own apps are registered
    /// only when this is empty.
    pub apps: Vec<App>,
    /// A folder with further scenarios, read anew whenever one is played.
    pub scenarios: Option<PathBuf>,
    /// Tells whether calls are recorded for `/_sandbox/har` from the start.
    pub har: bool,
}

impl SandboxConfig {
    /// Configures a sandbox on a free port with the built-in seed and its app.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            port: 0,
            data_dir: data_dir.into(),
            seed: Seed::built_in(),
            apps: Vec::new(),
            scenarios: None,
            har: false,
        }
    }
}

/// A Meta app, as its dashboard would have it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct App {
    /// The app id, digits.
    pub id: String,
    /// The app secret.
    pub secret: String,
    /// The name that the login dialog shows.
    #[serde(default = "default_name")]
    pub name: String,
    /// Valid OAuth redirect URIs, compared exactly. When there are none, any loopback URL is valid.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Login configurations (`config_id`). When there are none, any is valid.
    #[serde(default)]
    pub config_ids: Vec<String>,
    /// The callback of this app's webhooks.
    #[serde(default)]
    pub callback_url: Option<String>,
    /// The verify token of the webhook subscription.
    #[serde(default)]
    pub verify_token: Option<String>,
    /// "Require App Secret": calls without `appsecret_proof` are refused.
    #[serde(default)]
    pub require_app_secret_proof: bool,
}

impl App {
    /// Configures an app with an id and a secret, and defaults for the rest.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            name: default_name(),
            redirect_uris: Vec::new(),
            config_ids: Vec::new(),
            callback_url: None,
            verify_token: None,
            require_app_secret_proof: false,
        }
    }
}

fn default_name() -> String {
    "Wabakit".to_owned()
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("redirect_uris", &self.redirect_uris)
            .finish_non_exhaustive()
    }
}
