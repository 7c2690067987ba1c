use thiserror::Error;
use wabakit_graph::{BuildError, CallRetryPolicy};

/// The addresses and settings of the gateway.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct GatewayConfig {
    /// The Graph API, without version.
    pub graph_url: String,
    /// The version of the Graph API, the dialog and the SDK, such as `v25.0`.
    pub graph_version: String,
    /// The host of the login dialog, without version.
    pub dialog_url: String,
    /// The JavaScript SDK.
    pub sdk_url: String,
    /// The permissions that the dialog asks for, when the app has no configuration that names them.
    pub scopes: Vec<String>,
    /// The number of times that a call is retried where that is safe.
    pub retry: CallRetryPolicy,
}

impl Default for GatewayConfig {
    /// The settings for Meta itself.
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
            retry: CallRetryPolicy::STANDARD,
        }
    }
}

/// A setting that the gateway cannot use.
#[derive(Debug, Error)]
pub enum GatewayConfigError {
    /// The Graph client refuses a setting.
    #[error("META_GRAPH_URL or META_GRAPH_VERSION cannot be used: {0}")]
    Graph(#[from] BuildError),
    /// The dialog's address is not an http(s) URL.
    #[error("META_DIALOG_URL must be an http(s) URL with a host and without query")]
    DialogUrl,
}
