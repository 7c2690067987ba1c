//! What is asked of the webhook log.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::given::a_value;

/// What to apply again.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReplayRequest {
    /// True: all that is parked, waits for a number or is not supported.
    #[serde(default)]
    #[schema(required = false)]
    pub(crate) parked: bool,
    /// Else all that came from here …
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) from: Option<DateTime<Utc>>,
    /// … to before here, applied or not.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) to: Option<DateTime<Utc>>,
}

/// What to test.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TestWebhook {
    /// The account, else the default one.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) account_id: Option<Uuid>,
}
