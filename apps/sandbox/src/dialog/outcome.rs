//! The person's acts in the dialog: by the form, or set through the control API.

use serde::{Deserialize, Serialize};

/// The outcome of one dialog. The default is what the page has ticked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Outcome {
    pub(crate) outcome: End,
    /// The fate of the code.
    pub(crate) code: CodeFate,
    pub(crate) decline_scopes: Vec<String>,
    pub(crate) businesses: Option<Vec<String>>,
    pub(crate) wabas: Option<Vec<String>>,
    pub(crate) phone_numbers: Option<Vec<String>>,
    /// The person who signs in. The default is the first person.
    pub(crate) user: Option<String>,
    /// The event of the session message, instead of the one that fits.
    pub(crate) event: Option<String>,
    /// For Embedded Signup: send the code before the session message.
    pub(crate) code_first: bool,
    /// Tells whether to redirect at once, without a page.
    pub(crate) auto: bool,
    /// Tells whether it also applies to the dialogs after the next one.
    pub(crate) keep: bool,
}

/// The end of a dialog.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum End {
    #[default]
    Approve,
    Cancel,
    /// Approved, but without a business.
    NoBusiness,
    /// Approved, with a business that has no WABA.
    NoWaba,
    /// Approved, with a WABA that has no number.
    NoNumber,
    /// The person reports an error (Embedded Signup only).
    Error,
}

/// The fate of the code that a dialog returns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CodeFate {
    /// Works once, for 30 seconds.
    #[default]
    Good,
    /// It has expired already.
    Expired,
    /// It was used already.
    Used,
    /// The exchange finds another redirect URI.
    RedirectMismatch,
}
