//! What a person does in the dialog: by the form, or ordered through the control API.

use serde::{Deserialize, Serialize};

/// The end of one dialog. What is left out is as the page has it ticked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Outcome {
    pub(crate) outcome: End,
    /// What becomes of the code.
    pub(crate) code: CodeFate,
    pub(crate) decline_scopes: Vec<String>,
    pub(crate) businesses: Option<Vec<String>>,
    pub(crate) wabas: Option<Vec<String>>,
    pub(crate) phone_numbers: Option<Vec<String>>,
    /// Who signs in; the first person where it is missing.
    pub(crate) user: Option<String>,
    /// The session message's event, instead of the one that fits.
    pub(crate) event: Option<String>,
    /// Embedded Signup: hand over the code before the session message.
    pub(crate) code_first: bool,
    /// Redirect at once, without a page.
    pub(crate) auto: bool,
    /// Stay in force for the dialogs after the next.
    pub(crate) keep: bool,
}

/// How a dialog ends.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum End {
    #[default]
    Approve,
    Cancel,
    /// Approved, but no business is shared.
    NoBusiness,
    /// Approved with a business that has no WABA.
    NoWaba,
    /// Approved with a WABA that has no number.
    NoNumber,
    /// Embedded Signup only: the person reports an error.
    Error,
}

/// What becomes of the code that a dialog gives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CodeFate {
    /// Works once, for 30 seconds.
    #[default]
    Good,
    /// Is over its time already.
    Expired,
    /// Was used already.
    Used,
    /// The exchange finds another redirect URI.
    RedirectMismatch,
}
