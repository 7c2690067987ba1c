//! Facts that arrive before their message.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AccountId, ConversationId, OrgId, Wamid},
    inbound::{MessageContent, StatusUpdate},
};

/// A fact that arrived before its message, and waits for it.
#[derive(Clone, PartialEq, Debug)]
pub struct Waiting {
    /// The tenant.
    pub org: OrgId,
    /// The number.
    pub account: AccountId,
    /// The message that it is about.
    pub wamid: Wamid,
    /// The conversation, where it is known: only there another spelling of the id is the same message.
    pub conversation: Option<ConversationId>,
    /// The fact.
    pub what: WaitingFor,
    /// The time when it was received.
    pub received_at: Time,
}

impl Waiting {
    /// Returns the key that makes it unique for its message. Of two facts with the same key, one is kept.
    pub fn key(&self) -> String {
        match &self.what {
            WaitingFor::Status(status) => format!(
                "{}:{}",
                status.status.as_str(),
                status.participant.as_deref().unwrap_or_default()
            ),
            // Two edits may have the same second.
            WaitingFor::Edit { at, content } => {
                let content = format!("{content:?}");
                let digest = ring::digest::digest(&ring::digest::SHA256, content.as_bytes());
                let digest: String = digest
                    .as_ref()
                    .iter()
                    .take(8)
                    .fold(String::with_capacity(16), |text, byte| {
                        format!("{text}{byte:02x}")
                    });
                format!("edit:{}:{digest}", at.timestamp_micros())
            }
            WaitingFor::Revoke { .. } => "revoke".to_owned(),
        }
    }
}

/// A fact that can arrive before its message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingFor {
    /// A status.
    Status(Box<StatusUpdate>),
    /// An edit.
    Edit {
        /// The new content.
        content: Box<MessageContent>,
        /// The time when it was edited.
        at: Time,
    },
    /// A revoke.
    Revoke {
        /// The time when it was revoked.
        at: Time,
    },
}
