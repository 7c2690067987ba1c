//! What is asked of conversations.

use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use uuid::Uuid;
use wabakit_wire::conversation::ConversationState;

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
