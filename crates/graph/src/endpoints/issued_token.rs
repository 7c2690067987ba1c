use serde::Deserialize;

use crate::credentials::AccessToken;
use crate::wire::{Extra, lenient};

/// A token that Meta has just issued.
#[derive(Debug, Clone, Deserialize)]
pub struct IssuedToken {
    /// The token.
    pub access_token: AccessToken,
    /// How the token is presented: `bearer`.
    #[serde(default)]
    pub token_type: Option<String>,
    /// The lifetime in seconds. A missing value means that Meta did not say, not that the token never expires: ask
    /// [`DebugToken`](super::DebugToken).
    #[serde(default, deserialize_with = "lenient::integer")]
    pub expires_in: Option<i64>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}
