//! The lines of the ledger's file.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A line of the file: an acceptance, or another record.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Line<'a> {
    /// The acceptance's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) s: Option<u64>,
    #[serde(skip_serializing_if = "str::is_empty", borrow)]
    pub(super) phone: Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty", borrow)]
    pub(super) to: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none", borrow)]
    pub(super) opaque: Option<Cow<'a, str>>,
    /// The person inside the message's id, where that is not `to`.
    #[serde(skip_serializing_if = "Option::is_none", borrow)]
    pub(super) who: Option<Cow<'a, str>>,
    /// Unix microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) us: Option<i64>,
    /// The next acceptance's number. All acceptances before it were cleared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refused: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) unanswered: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) struck: Option<bool>,
}
