//! A message that somebody here wrote, as the planner takes it.

use super::Job;
use crate::{
    ids::{GroupId, MediaId, MessageId},
    inbound::{Context, MessageContent, Party},
};

/// A message to be queued. Its contact and conversation are found or made; it is in the thread at once.
#[derive(Clone, PartialEq, Debug)]
pub struct Compose {
    /// Its id, which goes with the request as `biz_opaque_callback_data`.
    pub message: MessageId,
    /// For whom: a person by phone or user id; nobody where it is for a group.
    pub party: Party,
    /// The group.
    pub group_id: Option<GroupId>,
    /// What it holds, as a thread shows it.
    pub content: MessageContent,
    /// What it answers.
    pub context: Option<Context>,
    /// Its place in the queue.
    pub job: Job,
    /// Meta's message object as JSON: what is sent, but for `messaging_product` and `biz_opaque_callback_data`.
    pub body: String,
    /// Our file that it carries.
    pub file: Option<StoredFile>,
}

/// A file that is in our own store already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredFile {
    /// The id of its row, to be made with the message.
    pub media: MediaId,
    /// Where it is in our own store.
    pub key: String,
    /// Bytes.
    pub size: i64,
    /// What kind of file.
    pub mime_type: String,
    /// SHA-256 in hex.
    pub sha256: String,
    /// The file's name.
    pub filename: Option<String>,
}
