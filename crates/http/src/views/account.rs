//! Requests about accounts.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::ids::AccountId;
use wabakit_services::Invalid;

use super::given::a_value;

/// The fields to change. Missing fields stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangeAccount {
    /// The organisation's own name for it. An empty text removes the name.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(example = "Support line")]
    pub(crate) display_name: Option<String>,
    /// `true` makes it the default. To unset the default, make another account the default.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) is_default: Option<bool>,
    /// The version that the person saw. The change is refused with 409 if the account was changed since.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) version: Option<i64>,
}

/// The two-step verification PIN.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pin {
    /// Six digits. Without it, the PIN that the server set is used.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(value_type = Option<String>, format = Password)]
    pub(crate) pin: Option<SecretString>,
}

/// The account to disconnect. Without a body, or with an empty object, all accounts: older clients rely on it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Disconnect {
    /// Only this account.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) account_id: Option<Uuid>,
    /// `true`: all accounts of the organisation.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) all: Option<bool>,
}

impl Disconnect {
    /// Returns the account, or `None` for all accounts.
    ///
    /// # Errors
    /// When it names neither or both.
    pub(crate) fn which(&self) -> Result<Option<AccountId>, Invalid> {
        match (self.account_id, self.all) {
            (Some(id), None) => Ok(Some(AccountId(id))),
            (None, Some(true) | None) => Ok(None),
            _ => Err(Invalid::new("/all", "Give either accountId, or all: true.")),
        }
    }
}
