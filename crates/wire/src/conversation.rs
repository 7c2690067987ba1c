//! Conversations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{contact::Contact, message::LastMessage};

/// The state of a conversation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    Open,
    /// Done. The customer's next message opens the conversation again.
    Closed,
}

/// The kind of a window.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum WindowKind {
    /// The customer wrote or called within 24 hours.
    Service,
    /// The customer came from an ad or a page's button and got an answer within 24 hours.
    FreeEntryPoint,
}

/// The window in which the business may send any message, not only templates.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Window {
    pub open: bool,
    pub until: DateTime<Utc>,
    pub kind: WindowKind,
}

/// A group, as Meta last described it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The name that the members see.
    #[schema(required)]
    pub subject: Option<String>,
    #[schema(required)]
    pub description: Option<String>,
    /// `auto_approve` or `approval_required`.
    #[schema(required)]
    pub join_approval_mode: Option<String>,
    /// Meta suspended the group.
    pub suspended: bool,
    pub deleted: bool,
}

/// A conversation in events: without contact and newest message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BareConversation {
    pub id: Uuid,
    pub account_id: Uuid,
    /// The person. Null for a group.
    #[schema(required)]
    pub contact_id: Option<Uuid>,
    /// The group. Null for a person.
    #[schema(required)]
    pub group_id: Option<String>,
    /// The facts about the group; absent for a person, and until Meta tells some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    pub state: ConversationState,
    /// The member who is responsible for the conversation.
    #[schema(required)]
    pub assignee_id: Option<Uuid>,
    /// The number of unread messages from the customer.
    pub unread: i32,
    pub last_message_at: DateTime<Utc>,
    /// The business-scoped id by which the person is known to this number.
    #[schema(required)]
    pub user_id: Option<String>,
    /// Whether the person last wrote without a phone number, or lost the known one. Then answer to `userId`, because
    /// the number may be another person's.
    pub is_phone_stale: bool,
    /// The newest window. Null if the customer never wrote.
    #[schema(required)]
    pub window: Option<Window>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A conversation between one account and one person or group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    #[serde(flatten)]
    pub conversation: BareConversation,
    /// The person. Null for a group.
    #[schema(required)]
    pub contact: Option<Contact>,
    /// The newest message.
    #[schema(required)]
    pub last_message: Option<LastMessage>,
}
