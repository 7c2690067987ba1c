//! What is asked of contacts.

use serde::Deserialize;
use utoipa::ToSchema;

/// Another name for a contact.
#[derive(Deserialize, ToSchema)]
pub(crate) struct NameContact {
    /// Null takes the name away.
    #[schema(required)]
    pub(crate) name: Option<String>,
}
