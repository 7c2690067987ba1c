//! Conversations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{contact::Contact, message::LastMessage};

/// Whether somebody still has to do something.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConversationState {
    Open,
    /// Done; the customer's next message opens it again.
    Closed,
}

/// Why the business may write freely.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum WindowKind {
    /// The customer wrote or called within 24 hours.
    Service,
    /// The customer came from an ad or a page's button, and was answered in time.
    FreeEntryPoint,
}

/// The window in which the business may write freely.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Window {
    pub open: bool,
    pub until: DateTime<Utc>,
    pub kind: WindowKind,
}

/// A conversation as it is told in events: without what a list shows of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BareConversation {
    pub id: Uuid,
    pub account_id: Uuid,
    /// The person; null where the other side is a group.
    #[schema(required)]
    pub contact_id: Option<Uuid>,
    /// The group; null where the other side is a person.
    #[schema(required)]
    pub group_id: Option<String>,
    pub state: ConversationState,
    /// Who takes care of it.
    #[schema(required)]
    pub assignee_id: Option<Uuid>,
    /// Customer's messages that nobody has read.
    pub unread: i32,
    pub last_message_at: DateTime<Utc>,
    /// Null where the customer never wrote.
    #[schema(required)]
    pub window: Option<Window>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A conversation: one for each number and person or group.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    #[serde(flatten)]
    pub conversation: BareConversation,
    /// The person; null where the other side is a group.
    #[schema(required)]
    pub contact: Option<Contact>,
    /// The newest message.
    #[schema(required)]
    pub last_message: Option<LastMessage>,
}
