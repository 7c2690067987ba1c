//! Requests to add a number by hand.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

/// A number with a token, as a person copied them from Meta.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddPhoneNumber {
    #[schema(example = "106540352242922")]
    pub(crate) phone_number_id: String,
    /// The WABA that holds the number. Older clients call it `businessAccountId`.
    #[serde(alias = "businessAccountId")]
    #[schema(example = "102290129340398")]
    pub(crate) waba_id: String,
    /// The token is sealed before it is stored, and never shown again.
    #[schema(value_type = String, format = Password)]
    pub(crate) access_token: SecretString,
    /// Accepted for compatibility and ignored. Meta's answer decides.
    #[serde(default, rename = "displayPhone", alias = "displayPhoneNumber")]
    pub(crate) _display_phone: Option<String>,
    /// Meta's id of the token's app. It is looked up if it is missing.
    pub(crate) app_id: Option<String>,
}
