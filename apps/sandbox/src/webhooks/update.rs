//! Updates: Meta's changes before they are batched into deliveries.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A change of one field, for all apps that subscribe to it.
#[derive(Debug, Clone)]
pub(crate) struct Update {
    /// Its WABA.
    pub(crate) waba_id: String,
    /// Its number, if it is about one.
    pub(crate) phone_id: Option<String>,
    /// `entry.time`, which only management fields have.
    pub(crate) time: Option<i64>,
    pub(crate) field: String,
    pub(crate) value: Value,
}

/// A change of one field of a number, already in Meta's escaping, for large numbers of updates.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) waba_id: Arc<str>,
    pub(crate) phone_id: Arc<str>,
    pub(crate) value: String,
}

/// An update addressed to one app, in Meta's escaping.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Held {
    pub(crate) app_id: String,
    pub(crate) entry_id: String,
    /// The WABA whose overrides apply. None for an update to the app's own callback.
    pub(crate) waba_id: Option<String>,
    pub(crate) phone_id: Option<String>,
    pub(crate) time: Option<i64>,
    pub(crate) field: String,
    pub(crate) value: String,
}

impl Held {
    /// Returns about how many bytes it takes, in a body and in memory.
    pub(super) fn size(&self) -> usize {
        self.value.len() + self.field.len() + 160
    }

    pub(super) fn shares_entry_with(&self, other: &Self) -> bool {
        self.entry_id == other.entry_id && self.time == other.time
    }
}
