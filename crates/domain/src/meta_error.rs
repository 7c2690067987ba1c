//! Meta's error, as people quote it.

use serde::{Deserialize, Serialize};

/// The part of Meta's error body that a person quotes to Meta's support. It holds no secret.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct MetaErrorRef {
    /// `error.code`.
    pub code: i64,
    /// `error.error_subcode`.
    pub subcode: Option<i64>,
    /// `error.fbtrace_id`.
    pub fbtrace_id: Option<String>,
    /// `error.message`, without tokens.
    pub message: String,
}

impl MetaErrorRef {
    /// Tells whether Meta only wants the login's person to log in at facebook.com once more. The token lives, and works
    /// again after it. Source: Meta, "Handle Errors": subcodes 459 and 464 of code 190.
    pub const fn is_checkpoint(&self) -> bool {
        self.code == 190 && matches!(self.subcode, Some(459 | 464))
    }
}
