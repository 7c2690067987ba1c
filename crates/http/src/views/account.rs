//! What is asked of accounts.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::ids::AccountId;
use wabakit_services::Invalid;

use super::given::a_value;

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangeAccount {
    /// A name of the organisation's own; empty takes it away.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(example = "Support line")]
    pub(crate) display_name: Option<String>,
    /// `true` makes it the default. To take the default away, make another account the default.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) is_default: Option<bool>,
    /// The version that was seen: refused with 409 when somebody changed the account since.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) version: Option<i64>,
}

/// The two-step verification PIN.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    /// Six digits; left out, the PIN that the server made is used.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(value_type = Option<String>, format = Password)]
    pub(crate) pin: Option<SecretString>,
}

/// Which account to disconnect. Without a body, or with an empty object, all: so older clients say it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Disconnect {
    /// This one.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) account_id: Option<Uuid>,
    /// `true`: all of the organisation's.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) all: Option<bool>,
}

impl Disconnect {
    /// Returns the one account; none for all of them.
    ///
    /// # Errors
    /// When it says neither or both.
    pub(crate) fn which(&self) -> Result<Option<AccountId>, Invalid> {
        match (self.account_id, self.all) {
            (Some(id), None) => Ok(Some(AccountId(id))),
            (None, Some(true) | None) => Ok(None),
            _ => Err(Invalid::new("/all", "Give either accountId, or all: true.")),
        }
    }
}
