use thiserror::Error;
use wabakit_graph::{BuildError, RetryPolicy};

/// Where Meta is, and how it is spoken to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GatewayConfig {
    /// The Graph API, without version.
    pub graph_url: String,
    /// The Graph API's version, such as `v25.0`; the dialog's and the SDK's, too.
    pub graph_version: String,
    /// The host of the login dialog, without version.
    pub dialog_url: String,
    /// The JavaScript SDK.
    pub sdk_url: String,
    /// The rights that the dialog asks for, where the app has no configuration that names them.
    pub scopes: Vec<String>,
    /// How often a call is repeated where that is safe.
    pub retry: RetryPolicy,
}

impl Default for GatewayConfig {
    /// Meta itself.
    fn default() -> Self {
        Self {
            graph_url: "https://graph.facebook.com".to_owned(),
            graph_version: "v25.0".to_owned(),
            dialog_url: "https://www.facebook.com".to_owned(),
            sdk_url: "https://connect.facebook.net/en_US/sdk.js".to_owned(),
            scopes: [
                "whatsapp_business_management",
                "whatsapp_business_messaging",
                "business_management",
            ]
            .map(str::to_owned)
            .to_vec(),
            retry: RetryPolicy::STANDARD,
        }
    }
}

/// A setting that the gateway cannot use.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The Graph client refuses one.
    #[error("META_GRAPH_URL or META_GRAPH_VERSION cannot be used: {0}")]
    Graph(#[from] BuildError),
    /// The dialog's address is no http(s) URL.
    #[error("META_DIALOG_URL must be an http(s) URL with a host and without query")]
    DialogUrl,
}
