//! Stored answers, for calls that are repeated with their key.

use serde::{Deserialize, Serialize};
use wabakit_domain::ids::MessageId;

use super::SendError;

/// The result of a message in the answer to its call.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Slot {
    /// It was queued.
    Queued(MessageId),
    /// It was refused.
    Refused(Refusal),
}

/// The reason why a message of a call was refused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refusal {
    /// The stable code: [`SendError::code`].
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// The wrong fields, each with a JSON pointer into the message and a sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<(String, String)>,
}

impl From<&SendError> for Refusal {
    fn from(error: &SendError) -> Self {
        let fields = error.fields().iter();
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            errors: fields
                .map(|field| (field.pointer.clone(), field.detail.clone()))
                .collect(),
        }
    }
}

impl Slot {
    pub(super) fn refused(error: &SendError) -> Self {
        Self::Refused(error.into())
    }
}

pub(super) fn write(slots: &[Slot]) -> String {
    // Serialising cannot fail, because there are no maps.
    serde_json::to_string(slots).unwrap_or_default()
}

/// Reads a stored answer. `None` when [`write`] did not make it.
pub(super) fn read(answer: &str) -> Option<Vec<Slot>> {
    serde_json::from_str(answer).ok()
}
