//! Requests about connect sessions.

use serde::Deserialize;
use utoipa::ToSchema;

/// The numbers to connect.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Choice {
    #[schema(example = json!(["106540352242922"]))]
    pub(crate) phone_number_ids: Vec<String>,
}
