//! Requests about Meta apps. Their secrets are accepted and never returned.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::given::a_value;

/// An app of the organisation's own. The secrets are sealed and never shown again.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AddMetaApp {
    #[schema(example = "1029384756102938")]
    pub(crate) app_id: String,
    #[schema(value_type = String, format = Password)]
    pub(crate) app_secret: SecretString,
    #[schema(example = "Acme's own app")]
    pub(crate) name: String,
    #[schema(value_type = String, format = Password)]
    pub(crate) verify_token: SecretString,
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) config_id: Option<String>,
    /// The Graph API version of this app. Without it, an existing app keeps its version, and a new one uses the
    /// server's. An empty text removes the app's own version.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(example = "v26.0")]
    pub(crate) graph_version: Option<String>,
}
