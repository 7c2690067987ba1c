//! Messages that are held while Meta judges the quality of their template. They wait in memory.

use std::collections::HashMap;
use std::sync::Mutex;

use serde_json::Value;

use super::plan::Plan;
use super::said::Sent;
use crate::state::lock;

/// The most messages that are held. Further ones go at once.
const MOST: usize = 200_000;

/// A held message.
pub(crate) struct HeldMessage {
    pub(crate) sent: Sent,
    pub(crate) plan: Plan,
    pub(crate) shown: Shown,
}

/// A message as phones show it, and the numbers of these phones.
pub(crate) struct Shown {
    pub(crate) message: Value,
    pub(crate) numbers: Vec<String>,
}

/// The held messages by the id of their template, in the order of acceptance.
#[derive(Default)]
pub(crate) struct HeldMessages {
    all: Mutex<HashMap<String, Vec<HeldMessage>>>,
}

impl HeldMessages {
    /// Tells whether there is no room for another message.
    pub(crate) fn is_full(&self) -> bool {
        lock(&self.all).values().map(Vec::len).sum::<usize>() >= MOST
    }

    pub(crate) fn hold(&self, template_id: String, message: HeldMessage) {
        lock(&self.all)
            .entry(template_id)
            .or_default()
            .push(message);
    }

    /// Takes the messages of a template.
    pub(crate) fn take(&self, template_id: &str) -> Vec<HeldMessage> {
        lock(&self.all).remove(template_id).unwrap_or_default()
    }

    pub(crate) fn count(&self, template_id: &str) -> usize {
        lock(&self.all).get(template_id).map_or(0, Vec::len)
    }

    pub(crate) fn clear(&self) {
        lock(&self.all).clear();
    }
}
