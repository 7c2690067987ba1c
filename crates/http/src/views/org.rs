//! Requests about organisations.

use serde::Deserialize;
use utoipa::ToSchema;

/// A name for an organisation: 1 to 100 characters.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NameOrg {
    #[schema(example = "Acme Coffee")]
    pub(crate) name: String,
}
