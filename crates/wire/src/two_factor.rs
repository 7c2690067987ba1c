//! Two-factor sign-in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The two-factor sign-in of the caller.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TwoFactor {
    /// Whether signing in needs a code.
    pub is_on: bool,
    /// The time since which it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_since: Option<DateTime<Utc>>,
    /// The number of recovery codes that are left.
    #[schema(example = 10)]
    pub recovery_codes_left: i64,
}

/// The secret of an authenticator app that waits for its first code. Shown once.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TwoFactorSetup {
    /// The address to show as a QR code.
    #[schema(
        example = "otpauth://totp/Wabakit:owner%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    )]
    pub otpauth: String,
    /// The secret in Base32, to type into an app.
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    pub secret: String,
}

/// New recovery codes. Shown once. Each works once in place of a code of the app.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryCodes {
    #[schema(example = json!(["ABCD-EFGH-IJKL-MNOP"]))]
    pub recovery_codes: Vec<String>,
}
