//! What is asked of accounts.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChangeAccount {
    /// A name of the organisation's own; empty takes it away.
    #[schema(example = "Support line")]
    pub(crate) display_name: Option<String>,
    /// `true` makes it the default. To take the default away, make another account the default.
    pub(crate) is_default: Option<bool>,
    /// The version that was seen: refused with 409 when somebody changed the account since.
    pub(crate) version: Option<i64>,
}

/// The two-step verification PIN.
#[derive(Default, Deserialize, ToSchema)]
pub(crate) struct Pin {
    /// Six digits; left out, the PIN that the server made is used.
    #[schema(value_type = Option<String>, format = Password)]
    pub(crate) pin: Option<SecretString>,
}

/// Which account to disconnect.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Disconnect {
    /// All of the organisation's without it.
    pub(crate) account_id: Option<Uuid>,
}
