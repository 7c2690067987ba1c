use serde::Deserialize;

use crate::credentials::AccessToken;
use crate::wire::{Extra, lenient};

/// A token that Meta has just issued.
#[derive(Debug, Clone, Deserialize)]
pub struct IssuedToken {
    /// The token.
    pub access_token: AccessToken,
    /// How it is presented; `bearer`.
    #[serde(default)]
    pub token_type: Option<String>,
    /// How many seconds it lives. Missing means that Meta did not say, not that it never ends:
    /// ask [`DebugToken`](super::DebugToken).
    #[serde(default, deserialize_with = "lenient::integer")]
    pub expires_in: Option<i64>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
