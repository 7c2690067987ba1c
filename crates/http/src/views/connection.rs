//! Requests to add a number by hand.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;
use wabakit_services::Invalid;

use super::given::a_value;

/// A number with a token, as a person copied them from Meta.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddPhoneNumber {
    #[schema(example = "106540352242922")]
    pub(crate) phone_number_id: String,
    /// The WABA that holds the number. Older clients call it `businessAccountId`; a body may have both, if they are equal.
    #[serde(default, deserialize_with = "a_value")]
    #[schema(value_type = String, required = true, example = "102290129340398")]
    pub(crate) waba_id: Option<String>,
    #[serde(default)]
    #[schema(ignore)]
    pub(crate) business_account_id: Option<String>,
    /// The token is sealed before it is stored, and never shown again.
    #[schema(value_type = String, format = Password)]
    pub(crate) access_token: SecretString,
    /// Accepted for compatibility and ignored. Meta's answer decides.
    #[serde(default, rename = "displayPhone")]
    pub(crate) _display_phone: Option<String>,
    #[serde(default, rename = "displayPhoneNumber")]
    #[schema(ignore)]
    pub(crate) _display_phone_number: Option<String>,
    /// Meta's id of the token's app. It is looked up if it is missing.
    pub(crate) app_id: Option<String>,
}

impl AddPhoneNumber {
    /// Returns the WABA's id, by either of its names.
    ///
    /// # Errors
    /// When there is none, or the two differ.
    pub(crate) fn waba(&self) -> Result<&str, Invalid> {
        let older = self.business_account_id.as_deref();
        match (self.waba_id.as_deref(), older) {
            (Some(one), Some(other)) if one.trim() != other.trim() => Err(Invalid::new(
                "/businessAccountId",
                "It differs from wabaId: give one of them.",
            )),
            (Some(id), _) | (None, Some(id)) => Ok(id),
            (None, None) => Err(Invalid::new("/wabaId", "This field is missing.")),
        }
    }
}
