//! A message that was written here, as input of the planner.

use super::Job;
use crate::{
    ids::{GroupId, MediaId, MessageId},
    inbound::{Context, MessageContent, Party},
};

/// A message to enqueue. The planner finds or creates its contact and conversation, so it is in the thread at once.
#[derive(Clone, PartialEq, Debug)]
pub struct Compose {
    /// Its id, which is sent with the request as `biz_opaque_callback_data`.
    pub message: MessageId,
    /// The recipient: a person by phone or user id. Empty for a message to a group.
    pub party: Party,
    /// The group.
    pub group_id: Option<GroupId>,
    /// The content, as a thread shows it.
    pub content: MessageContent,
    /// The message that it answers.
    pub context: Option<Context>,
    /// Its place in the queue.
    pub job: Job,
    /// Meta's message object as JSON, without `messaging_product` and `biz_opaque_callback_data`.
    pub body: String,
    /// The file from our own store.
    pub file: Option<StoredFile>,
}

/// A file in our own store.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredFile {
    /// The id of its row, which is created with the message.
    pub media: MediaId,
    /// Its key in the store.
    pub key: String,
    /// The size in bytes.
    pub size: i64,
    /// The MIME type.
    pub mime_type: String,
    /// SHA-256 in hex.
    pub sha256: String,
    /// The file's name.
    pub filename: Option<String>,
}
