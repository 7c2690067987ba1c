//! What Meta said when it refused.

use serde::{Deserialize, Serialize};

/// The part of Meta's error body that a person quotes to Meta's support. Holds no secret.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct MetaErrorRef {
    /// `error.code`.
    pub code: i64,
    /// `error.error_subcode`.
    pub subcode: Option<i64>,
    /// `error.fbtrace_id`.
    pub fbtrace_id: Option<String>,
    /// `error.message`, with tokens scrubbed.
    pub message: String,
}
