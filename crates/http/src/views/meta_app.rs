//! Meta apps. Their secrets go in and never come out.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::meta_app;

/// Where an app comes from.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MetaAppSource {
    /// The server's environment: every organisation may use it.
    Environment,
    /// The organisation itself.
    Org,
}

/// A Meta app that the organisation may use.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MetaApp {
    id: Uuid,
    /// Meta's id of the app.
    #[schema(example = "1029384756102938")]
    app_id: String,
    name: String,
    /// The configuration of Facebook Login for Business.
    #[serde(skip_serializing_if = "Option::is_none")]
    config_id: Option<String>,
    #[schema(example = "v25.0")]
    graph_version: String,
    /// The one that is used when none is named.
    is_default: bool,
    source: MetaAppSource,
    created_at: DateTime<Utc>,
}

impl MetaApp {
    pub(crate) fn of(app: meta_app::MetaApp, graph_version: &str) -> Self {
        let is_platform = app.is_platform();
        Self {
            id: app.id.uuid(),
            app_id: app.app_id.into_string(),
            name: app.name,
            config_id: app.config_id,
            graph_version: graph_version.to_owned(),
            is_default: is_platform,
            source: if is_platform {
                MetaAppSource::Environment
            } else {
                MetaAppSource::Org
            },
            created_at: app.created_at,
        }
    }
}

/// An app of the organisation's own. The secrets are sealed and never shown again.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddMetaApp {
    #[schema(example = "1029384756102938")]
    pub(crate) app_id: String,
    #[schema(value_type = String, format = Password)]
    pub(crate) app_secret: SecretString,
    #[schema(example = "Acme's own app")]
    pub(crate) name: String,
    #[schema(value_type = String, format = Password)]
    pub(crate) verify_token: SecretString,
    pub(crate) config_id: Option<String>,
}
