//! What is asked of contacts.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Another name for a contact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameContact {
    /// Null takes the name away.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schema(required)]
    pub(crate) name: Option<String>,
}

/// A merge to undo.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SplitContact {
    /// The merge.
    pub(crate) merge_id: Uuid,
}
