//! Lists, complete and in pages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A page of a list.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Paged<T: ToSchema> {
    /// The rows, in the list's order.
    pub data: Vec<T>,
    /// The value of `?cursor=` for the next page. Null on the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// A list without pages.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Listed<T: ToSchema> {
    /// The rows.
    pub data: Vec<T>,
}
