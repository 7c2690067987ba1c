//! The export of a contact: all stored data, under the names that the store uses.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    contact::PhonePassedOn,
    content::{
        Direction, MessageContent, MessageContext, MessageStatus, MetaFault, Pricing, Referral,
        ReportedStatus,
    },
    conversation::ConversationState,
    message::MediaState,
    sending::{Priority, WaitReason},
};

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedContact {
    pub id: Uuid,
    pub org: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub book_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The number that the person lost to another contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_passed_on: Option<PhonePassedOn>,
    pub opted_out: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// The other side of a conversation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Peer {
    Contact(Uuid),
    Group(String),
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedConversation {
    pub id: Uuid,
    pub org: Uuid,
    pub account: Uuid,
    pub peer: Peer,
    pub state: ConversationState,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Uuid>,
    pub unread: i32,
    pub last_message_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_message: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_inbound_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_entry_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_entry_until: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedMessage {
    pub id: Uuid,
    pub org: Uuid,
    pub account: Uuid,
    pub conversation: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wamid: Option<String>,
    pub direction: Direction,
    pub content: MessageContent,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<MessageContext>,
    /// The message that it answers, reacts to, edits, revokes or pins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Referral>,
    pub status: MessageStatus,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<Uuid>,
    pub at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<ExportedJob>,
}

/// The state of a message in the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    Queued,
    Dispatching,
    Proving,
    Unknown,
    Failed,
    Underway,
    Done,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedJob {
    pub state: JobState,
    pub priority: Priority,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub flow: String,
    pub due_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub attempt: i32,
    pub epoch: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispatched_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_doubt: Option<i32>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait: Option<WaitReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Uuid>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedStatus {
    pub message: Uuid,
    pub status: ReportedStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<String>,
    pub at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedFile {
    pub id: Uuid,
    pub state: MediaState,
    pub mime_type: Option<String>,
    pub filename: Option<String>,
    pub sha256: Option<String>,
    pub size: Option<i64>,
    pub stored_at: Option<DateTime<Utc>>,
}

/// A message with its timeline and its file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ExportedDetail {
    pub file: Option<ExportedFile>,
    pub message: ExportedMessage,
    pub timeline: Vec<ExportedStatus>,
}
