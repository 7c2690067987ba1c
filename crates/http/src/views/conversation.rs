//! Conversations.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    conversation::{self, Peer},
    ids::UserId,
};
use wabakit_services::ConversationOverview;

use super::{contact::Contact, message::LastMessage};

/// Whether somebody still has to do something.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConversationState {
    Open,
    /// Done; the customer's next message opens it again.
    Closed,
}

impl From<conversation::ConversationState> for ConversationState {
    fn from(state: conversation::ConversationState) -> Self {
        match state {
            conversation::ConversationState::Open => Self::Open,
            conversation::ConversationState::Closed => Self::Closed,
        }
    }
}

impl From<ConversationState> for conversation::ConversationState {
    fn from(state: ConversationState) -> Self {
        match state {
            ConversationState::Open => Self::Open,
            ConversationState::Closed => Self::Closed,
        }
    }
}

/// Why the business may write freely.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum WindowKind {
    /// The customer wrote or called within 24 hours.
    Service,
    /// The customer came from an ad or a page's button, and was answered in time.
    FreeEntryPoint,
}

/// The window in which the business may write freely.
#[derive(Serialize, ToSchema)]
pub(crate) struct Window {
    open: bool,
    until: DateTime<Utc>,
    kind: WindowKind,
}

impl Window {
    fn of(conversation: &conversation::Conversation, now: Time) -> Option<Self> {
        let until = conversation.window_until()?;
        let free = conversation.free_entry_until == Some(until);
        Some(Self {
            open: now < until,
            until,
            kind: if free {
                WindowKind::FreeEntryPoint
            } else {
                WindowKind::Service
            },
        })
    }
}

/// A conversation as it is told in events: without what a list shows of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BareConversation {
    id: Uuid,
    account_id: Uuid,
    /// The person; null where the other side is a group.
    #[schema(required)]
    contact_id: Option<Uuid>,
    /// The group; null where the other side is a person.
    #[schema(required)]
    group_id: Option<String>,
    state: ConversationState,
    /// Who takes care of it.
    #[schema(required)]
    assignee_id: Option<Uuid>,
    /// Customer's messages that nobody has read.
    unread: i32,
    last_message_at: DateTime<Utc>,
    /// Null where the customer never wrote.
    #[schema(required)]
    window: Option<Window>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl BareConversation {
    pub(crate) fn of(conversation: conversation::Conversation, now: Time) -> Self {
        let window = Window::of(&conversation, now);
        let (contact_id, group_id) = match conversation.peer {
            Peer::Contact(contact) => (Some(contact.uuid()), None),
            Peer::Group(group) => (None, Some(group.into_string())),
        };
        Self {
            id: conversation.id.uuid(),
            account_id: conversation.account.uuid(),
            contact_id,
            group_id,
            state: conversation.state.into(),
            assignee_id: conversation.assignee.map(UserId::uuid),
            unread: conversation.unread,
            last_message_at: conversation.last_message_at,
            window,
            created_at: conversation.created_at,
            updated_at: conversation.updated_at,
        }
    }
}

/// A conversation: one for each number and person or group.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Conversation {
    #[serde(flatten)]
    conversation: BareConversation,
    /// The person; null where the other side is a group.
    #[schema(required)]
    contact: Option<Contact>,
    /// The newest message.
    #[schema(required)]
    last_message: Option<LastMessage>,
}

impl Conversation {
    pub(crate) fn of(overview: ConversationOverview, now: Time) -> Self {
        Self {
            conversation: BareConversation::of(overview.conversation, now),
            contact: overview.contact.map(Contact::from),
            last_message: overview.last_message.map(LastMessage::from),
        }
    }
}

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChangeConversation {
    pub(crate) state: Option<ConversationState>,
    /// Who takes care of it; null for nobody.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<Uuid>, nullable)]
    pub(crate) assignee_id: Option<Option<Uuid>>,
    /// False marks it as read, true as unread.
    pub(crate) unread: Option<bool>,
}

/// Tells null from left out.
#[allow(
    clippy::option_option,
    reason = "left out, null and a value are three things"
)]
fn given<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Uuid>>, D::Error> {
    Option::deserialize(from).map(Some)
}
