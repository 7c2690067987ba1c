//! Meta apps. Their secrets go in and never come out.

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
    /// The Graph API version that this app speaks. Left out, an app keeps the one that it has, or speaks the
    /// server's; empty takes its own away.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(example = "v26.0")]
    pub(crate) graph_version: Option<String>,
}
