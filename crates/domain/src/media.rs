//! Files of messages: fetched from Meta before they die there, and kept.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AccountId, ConversationId, MediaId, MessageId, MetaMediaId, OrgId},
};

/// How far the fetching is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// It is fetched as soon as it can be.
    Pending,
    /// We have it.
    Stored,
    /// It could not be had; a person may ask to try again.
    Failed,
}

impl MediaState {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Stored => "stored",
            Self::Failed => "failed",
        }
    }
}

/// A file of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Media {
    /// Our id.
    pub id: MediaId,
    /// The tenant.
    pub org: OrgId,
    /// The number that it came to: its grant may fetch it.
    pub account: AccountId,
    /// The message.
    pub message: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// Meta's id.
    pub meta_media_id: Option<MetaMediaId>,
    /// Where the bytes were when the webhook came.
    pub link: Option<String>,
    /// As Meta says it; not trusted when it is served.
    pub mime_type: Option<String>,
    /// SHA-256 as Meta writes it: base64 or hex.
    pub sha256: Option<String>,
    /// The file's name, as the sender's phone says it.
    pub filename: Option<String>,
    /// How far the fetching is.
    pub state: MediaState,
    /// How often it was tried.
    pub attempts: i32,
    /// When it is tried next, while it is pending.
    pub next_at: Option<Time>,
    /// Where it is in our own store.
    pub key: Option<String>,
    /// Bytes, once it is stored.
    pub size: Option<i64>,
    /// Why the last try failed, as a code: `expired`, `hash_mismatch`, `too_large`, `token_dead`, …
    pub error: Option<String>,
    /// When the row was made.
    pub created_at: Time,
    /// When it was stored.
    pub stored_at: Option<Time>,
}
