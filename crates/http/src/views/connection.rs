//! A number that is added by hand.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

/// A number with a token, as a person copied them from Meta.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddPhoneNumber {
    #[schema(example = "106540352242922")]
    pub(crate) phone_number_id: String,
    /// Older clients call it `businessAccountId`.
    #[serde(alias = "businessAccountId")]
    #[schema(example = "102290129340398")]
    pub(crate) waba_id: String,
    /// Sealed before it is stored, and never shown again.
    #[schema(value_type = String, format = Password)]
    pub(crate) access_token: SecretString,
    /// Taken for compatibility: what Meta says of the number is what counts.
    #[serde(default, rename = "displayPhone", alias = "displayPhoneNumber")]
    pub(crate) _display_phone: Option<String>,
    /// Which Meta app the token is of; found out without it.
    pub(crate) app_id: Option<String>,
}
