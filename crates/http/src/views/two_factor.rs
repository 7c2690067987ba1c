//! Requests about two-factor sign-in.

use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

/// The password, which shows who is at the keyboard.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BeginTwoFactor {
    #[schema(value_type = String, format = Password)]
    pub(crate) current_password: SecretString,
}

/// A first code of the authenticator app.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmTwoFactor {
    #[schema(value_type = String, example = "123456")]
    pub(crate) code: SecretString,
}

/// The password, which shows who is at the keyboard.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RenewRecoveryCodes {
    #[schema(value_type = String, format = Password)]
    pub(crate) current_password: SecretString,
}

/// The password, and a code of the app or a recovery code.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EndTwoFactor {
    #[schema(value_type = String, format = Password)]
    pub(crate) current_password: SecretString,
    #[schema(value_type = String, example = "123456")]
    pub(crate) code: SecretString,
}
