//! Files of messages: Meta deletes them after a while, so we fetch and keep them.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    ids::{AccountId, ConversationId, MediaId, MessageId, MetaMediaId, OrgId},
};

/// The progress of fetching a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaState {
    /// It will be fetched as soon as possible.
    Pending,
    /// It is in our store.
    Stored,
    /// It could not be fetched. A person may ask for another try.
    Failed,
}

impl MediaState {
    /// Returns the stored name.
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
    /// The number that received it: its grant may fetch it.
    pub account: AccountId,
    /// The message.
    pub message: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// Meta's id.
    pub meta_media_id: Option<MetaMediaId>,
    /// The link from the webhook, which works for some minutes.
    pub link: Option<String>,
    /// The MIME type from Meta. It is not trusted when the file is served.
    pub mime_type: Option<String>,
    /// The SHA-256 in Meta's form: base64 or hex.
    pub sha256: Option<String>,
    /// The file's name, from the sender's phone.
    pub filename: Option<String>,
    /// The progress of fetching it.
    pub state: MediaState,
    /// How often fetching was tried.
    pub attempts: i32,
    /// When fetching is tried next, while it is pending.
    pub next_at: Option<Time>,
    /// Its key in our own store.
    pub key: Option<String>,
    /// Its size in bytes, once it is stored.
    pub size: Option<i64>,
    /// Why the last try failed, as a code: `expired`, `hash_mismatch`, `too_large`, `token_dead`, …
    pub error: Option<String>,
    /// When the row was created.
    pub created_at: Time,
    /// When it was stored.
    pub stored_at: Option<Time>,
}
