//! Requests about conversations.

use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_wire::conversation::ConversationState;

use super::given::{a_value, null_or_a_value};

/// The fields to change. Missing fields stay as they are.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ChangeConversation {
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) state: Option<ConversationState>,
    /// The person who takes care of it. Null for nobody.
    #[serde(default, deserialize_with = "null_or_a_value")]
    #[schema(value_type = Option<Uuid>, nullable)]
    pub(crate) assignee_id: Option<Option<Uuid>>,
    /// False marks it as read, true as unread.
    #[serde(default, deserialize_with = "a_value")]
    pub(crate) unread: Option<bool>,
}
