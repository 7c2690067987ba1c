//! Conversations and contacts.

use serde::{Deserialize, Serialize};
use wabakit_domain::{
    Time, contact, conversation,
    ids::{AccountId, ContactId, ConversationId, GroupId, MessageId, OrgId, ScopedUserId, UserId},
};

use crate::form::forms;

forms!(
    ConversationForm: conversation::Conversation,
    PeerForm: conversation::Peer,
    ContactForm: contact::Contact,
);

#[derive(Serialize, Deserialize)]
#[serde(remote = "conversation::Conversation", rename_all = "camelCase")]
pub(crate) struct ConversationForm {
    id: ConversationId,
    org: OrgId,
    account: AccountId,
    #[serde(with = "PeerForm")]
    peer: conversation::Peer,
    state: conversation::ConversationState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    assignee: Option<UserId>,
    unread: i32,
    last_message_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_message: Option<MessageId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_inbound_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    free_entry_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    free_entry_until: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    window_refused_at: Option<Time>,
    #[serde(default, skip_serializing_if = "conversation::SendTurn::is_first")]
    turn: conversation::SendTurn,
    created_at: Time,
    updated_at: Time,
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "conversation::Peer",
    tag = "kind",
    content = "id",
    rename_all = "snake_case"
)]
pub(crate) enum PeerForm {
    Contact(ContactId),
    Group(GroupId),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "contact::Contact", rename_all = "camelCase")]
pub(crate) struct ContactForm {
    id: ContactId,
    org: OrgId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<ScopedUserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent_user_id: Option<ScopedUserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(default)]
    opted_out: bool,
    created_at: Time,
    updated_at: Time,
}
