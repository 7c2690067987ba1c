//! Requests about the webhook log.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::given::a_value;

/// The items and changes to apply again.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReplayRequest {
    /// True: all items that are parked, homeless or unsupported.
    #[serde(default)]
    #[schema(required = false)]
    pub(crate) parked: bool,
    /// Otherwise all changes received at this time or later,
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) from: Option<DateTime<Utc>>,
    /// and before this time, whether applied or not.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) to: Option<DateTime<Utc>>,
}

/// The number to test.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TestWebhook {
    /// The account. The default is the default account.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) account_id: Option<Uuid>,
}
