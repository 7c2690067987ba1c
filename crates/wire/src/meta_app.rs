//! Meta apps. The API never shows their secrets.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The source of a Meta app.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MetaAppSource {
    /// The server's environment. Every organisation may use the app.
    Environment,
    /// The organisation, which alone may use the app.
    Org,
}

/// A Meta app that the organisation may use.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetaApp {
    pub id: Uuid,
    /// Meta's id of the app.
    #[schema(example = "1029384756102938")]
    pub app_id: String,
    pub name: String,
    /// The configuration of Facebook Login for Business.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_id: Option<String>,
    #[schema(example = "v25.0")]
    pub graph_version: String,
    /// Whether connecting uses this app if none is named.
    pub is_default: bool,
    pub source: MetaAppSource,
    pub created_at: DateTime<Utc>,
}
