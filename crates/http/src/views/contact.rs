//! Requests about contacts.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A new name of a contact.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameContact {
    /// The name. Null removes it.
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
