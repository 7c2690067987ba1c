//! What Meta has to say, before it is a delivery.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One change of one field, for whichever apps hear of it.
#[derive(Debug, Clone)]
pub(crate) struct Update {
    /// The WABA that it is of.
    pub(crate) waba_id: String,
    /// The number that it is of, where it is of one.
    pub(crate) phone_id: Option<String>,
    /// `entry.time`, which management fields have.
    pub(crate) time: Option<i64>,
    pub(crate) field: String,
    pub(crate) value: Value,
}

/// A change of one field of a number, its value in Meta's escaping: what comes by the thousand.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) waba_id: Arc<str>,
    pub(crate) phone_id: Arc<str>,
    pub(crate) value: String,
}

/// An update on its way to one app, its value in Meta's escaping.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Held {
    pub(crate) app_id: String,
    pub(crate) entry_id: String,
    /// Whose overrides count: none where the update is for the app's own callback.
    pub(crate) waba_id: Option<String>,
    pub(crate) phone_id: Option<String>,
    pub(crate) time: Option<i64>,
    pub(crate) field: String,
    pub(crate) value: String,
}

impl Held {
    /// About how many bytes it takes, in a body as in memory.
    pub(super) fn size(&self) -> usize {
        self.value.len() + self.field.len() + 160
    }

    pub(super) fn shares_entry_with(&self, other: &Self) -> bool {
        self.entry_id == other.entry_id && self.time == other.time
    }
}
