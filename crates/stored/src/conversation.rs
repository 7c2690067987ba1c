//! Conversations and contacts.

use serde::{Deserialize, Serialize};
use wabakit_domain::{
    Time, contact, conversation, group,
    ids::{AccountId, ContactId, ConversationId, GroupId, MessageId, OrgId, ScopedUserId, UserId},
    inbox,
};

use crate::form::{Boxed, Many, Opt, forms};

forms!(
    ConversationForm: conversation::Conversation,
    PeerForm: conversation::Peer,
    GroupForm: group::Group,
    ContactForm: contact::Contact,
    TimesForm: contact::ContactTimes,
    PassedOnForm: contact::PassedOn,
    ContactIdsForm: contact::ContactIds,
    ContactKeyForm: contact::ContactKey,
    MergeUndoForm: inbox::MergeUndo,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<ScopedUserId>,
    #[serde(default, skip_serializing_if = "is_false")]
    is_phone_stale: bool,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<Boxed<GroupForm>>"
    )]
    group: Option<Box<group::Group>>,
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
#[serde(remote = "group::Group", rename_all = "camelCase")]
pub(crate) struct GroupForm {
    #[serde(default, skip_serializing_if = "is_unknown")]
    subject: group::Dated<Option<String>>,
    #[serde(default, skip_serializing_if = "is_unknown")]
    description: group::Dated<Option<String>>,
    #[serde(default, skip_serializing_if = "is_unknown")]
    join_approval_mode: group::Dated<Option<String>>,
    #[serde(default, skip_serializing_if = "is_unknown")]
    is_suspended: group::Dated<bool>,
    #[serde(default, skip_serializing_if = "is_unknown")]
    is_deleted: group::Dated<bool>,
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
    book_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    profile_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(default)]
    opted_out: bool,
    #[serde(default, skip_serializing_if = "is_untold", with = "TimesForm")]
    times: contact::ContactTimes,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<PassedOnForm>"
    )]
    passed_on: Option<contact::PassedOn>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    apart: Vec<ContactId>,
    created_at: Time,
    updated_at: Time,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "contact::ContactTimes", rename_all = "camelCase")]
pub(crate) struct TimesForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    told: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    book: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    preference: Option<Time>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "contact::PassedOn", rename_all = "camelCase")]
pub(crate) struct PassedOnForm {
    phone: String,
    at: Time,
    to: ContactId,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "contact::ContactIds", rename_all = "camelCase")]
pub(crate) struct ContactIdsForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_id: Option<ScopedUserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parent_user_id: Option<ScopedUserId>,
}

#[derive(Serialize, Deserialize)]
#[serde(
    remote = "contact::ContactKey",
    tag = "kind",
    content = "value",
    rename_all = "snake_case"
)]
pub(crate) enum ContactKeyForm {
    Phone(String),
    UserId(String),
    ParentUserId(String),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbox::MergeUndo", rename_all = "camelCase")]
pub(crate) struct MergeUndoForm {
    id: uuid::Uuid,
    #[serde(with = "ContactForm")]
    contact: contact::Contact,
    #[serde(with = "Many::<ContactKeyForm>")]
    keys: Vec<contact::ContactKey>,
    at: Time,
}

fn is_unknown<T: Default + PartialEq>(value: &group::Dated<T>) -> bool {
    *value == group::Dated::default()
}

fn is_untold(times: &contact::ContactTimes) -> bool {
    *times == contact::ContactTimes::default()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_false(value: &bool) -> bool {
    !*value
}
