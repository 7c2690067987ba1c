//! A message, and what goes with it.

use serde::{Deserialize, Serialize};
use wabakit_domain::{
    Time,
    conversation::SendTurn,
    ids::{
        AccountId, AttemptToken, ContactId, ConversationId, GroupId, MediaId, MessageId, OrgId,
        UserId, Wamid,
    },
    inbound, message, outbound,
};

use crate::{
    content::{ContentForm, FaultForm},
    form::{Boxed, Many, Opt, forms},
};

forms!(
    MessageForm: message::Message,
    StatusEntryForm: message::StatusEntry,
    ContextForm: inbound::Context,
    ReferredProductForm: inbound::ReferredProduct,
    ReferralForm: inbound::Referral,
    PricingForm: inbound::Pricing,
    JobForm: outbound::Job,
);

#[derive(Serialize, Deserialize)]
#[serde(remote = "message::Message", rename_all = "camelCase")]
pub(crate) struct MessageForm {
    id: MessageId,
    org: OrgId,
    account: AccountId,
    conversation: ConversationId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<ContactId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group_id: Option<GroupId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wamid: Option<Wamid>,
    direction: message::Direction,
    #[serde(with = "ContentForm")]
    content: inbound::MessageContent,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<ContextForm>"
    )]
    context: Option<inbound::Context>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quoted: Option<MessageId>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<ReferralForm>"
    )]
    referral: Option<inbound::Referral>,
    status: message::MessageStatus,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<FaultForm>"
    )]
    errors: Vec<inbound::MetaFault>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<PricingForm>"
    )]
    pricing: Option<inbound::Pricing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media: Option<MediaId>,
    at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    edited_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
    created_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extra: Option<serde_json::Value>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<Boxed<JobForm>>"
    )]
    job: Option<Box<outbound::Job>>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "message::StatusEntry", rename_all = "camelCase")]
pub(crate) struct StatusEntryForm {
    message: MessageId,
    status: message::ReportedStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    participant: Option<String>,
    at: Time,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<FaultForm>"
    )]
    errors: Vec<inbound::MetaFault>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<PricingForm>"
    )]
    pricing: Option<inbound::Pricing>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extra: Option<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::Context", rename_all = "camelCase")]
pub(crate) struct ContextForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_id: Option<Wamid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default)]
    forwarded: bool,
    #[serde(default)]
    frequently_forwarded: bool,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<ReferredProductForm>"
    )]
    referred_product: Option<inbound::ReferredProduct>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::ReferredProduct", rename_all = "camelCase")]
pub(crate) struct ReferredProductForm {
    catalog_id: String,
    product_retailer_id: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::Referral", rename_all = "camelCase")]
pub(crate) struct ReferralForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    headline: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    image_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    video_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    thumbnail_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ctwa_clid: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    welcome_message: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::Pricing", rename_all = "camelCase")]
pub(crate) struct PricingForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    billable: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    category: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "outbound::Job", rename_all = "camelCase")]
pub(crate) struct JobForm {
    state: outbound::JobState,
    priority: outbound::Priority,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    flow: String,
    due_at: Time,
    expires_at: Time,
    attempt: i32,
    epoch: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dispatched_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    token: Option<AttemptToken>,
    #[serde(default, skip_serializing_if = "is_zero")]
    in_doubt: i32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    duplicates: Vec<Wamid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wait: Option<outbound::WaitReason>,
    #[serde(default, skip_serializing_if = "SendTurn::is_first")]
    turn: SendTurn,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holds_until: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    guard: Option<outbound::SendGuard>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author: Option<UserId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
const fn is_zero(number: &i32) -> bool {
    *number == 0
}
