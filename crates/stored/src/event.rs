//! Entries of the event log.

use serde::{Deserialize, Serialize};
use wabakit_domain::{
    Time, account, connect, contact, conversation, event, grant,
    ids::{
        AccountId, ConnectSessionId, ContactId, ConversationId, GrantId, GroupId, MediaId,
        MessageId, MetaTemplateId, PhoneNumberId, TemplateId, WabaId, Wamid,
    },
    inbound, media, message, outbound,
};

use crate::{
    content::FaultForm,
    conversation::{ContactForm, ContactIdsForm, ConversationForm},
    form::{Boxed, Many, Opt, forms},
    management::ManagementForm,
    message::{JobForm, MessageForm, StatusEntryForm},
    people::PartyForm,
};

forms!(
    EventForm: event::EventData,
    MessageEventForm: event::MessageEvent,
    SendingEventForm: event::SendingEvent,
    StatusEventForm: event::StatusEvent,
    MediaEventForm: event::MediaEvent,
    MergeEventForm: event::MergeEvent,
    IdentityEventForm: event::IdentityEvent,
    SplitEventForm: event::SplitEvent,
    ErasureEventForm: event::ErasureEvent,
    GroupEventForm: event::GroupEvent,
    GroupParticipantForm: event::GroupParticipant,
    GroupChangeForm: inbound::GroupChange,
    GroupSettingForm: inbound::GroupSetting,
    GroupPictureForm: inbound::GroupPicture,
    ManagementEventForm: event::ManagementEvent,
    FaultsEventForm: event::FaultsEvent,
    HistoryEventForm: event::HistoryEvent,
    AccountEventForm: event::AccountEvent,
    ConnectionEventForm: event::ConnectionEvent,
    ReconnectEventForm: event::ReconnectEvent,
    TemplateEventForm: event::TemplateEvent,
);

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::EventData", tag = "type", content = "data")]
pub(crate) enum EventForm {
    #[serde(rename = "message.received")]
    MessageReceived(#[serde(with = "MessageEventForm")] event::MessageEvent),
    #[serde(rename = "message.echoed")]
    MessageEchoed(#[serde(with = "MessageEventForm")] event::MessageEvent),
    #[serde(rename = "message.imported")]
    MessageImported(#[serde(with = "MessageEventForm")] event::MessageEvent),
    #[serde(rename = "message.updated")]
    MessageUpdated(#[serde(with = "MessageEventForm")] event::MessageEvent),
    #[serde(rename = "message.notice")]
    MessageNotice(#[serde(with = "MessageEventForm")] event::MessageEvent),
    #[serde(rename = "message.queued")]
    MessageQueued(#[serde(with = "MessageEventForm")] event::MessageEvent),
    #[serde(rename = "message.sending")]
    MessageSending(#[serde(with = "SendingEventForm")] event::SendingEvent),
    #[serde(rename = "message.status")]
    MessageStatus(#[serde(with = "StatusEventForm")] event::StatusEvent),
    #[serde(rename = "media.updated")]
    MediaUpdated(#[serde(with = "MediaEventForm")] event::MediaEvent),
    #[serde(rename = "conversation.updated")]
    ConversationUpdated(
        #[serde(with = "Boxed::<ConversationForm>")] Box<conversation::Conversation>,
    ),
    #[serde(rename = "contact.updated")]
    ContactUpdated(#[serde(with = "Boxed::<ContactForm>")] Box<contact::Contact>),
    #[serde(rename = "contact.merged")]
    ContactMerged(#[serde(with = "MergeEventForm")] event::MergeEvent),
    #[serde(rename = "contact.identity_changed")]
    ContactIdentityChanged(#[serde(with = "IdentityEventForm")] event::IdentityEvent),
    #[serde(rename = "contact.split")]
    ContactSplit(#[serde(with = "SplitEventForm")] event::SplitEvent),
    #[serde(rename = "contact.erased")]
    ContactErased(#[serde(with = "ErasureEventForm")] event::ErasureEvent),
    #[serde(rename = "call.updated")]
    CallUpdated(#[serde(with = "MessageEventForm")] event::MessageEvent),
    #[serde(rename = "group.updated")]
    GroupUpdated(#[serde(with = "Boxed::<GroupEventForm>")] Box<event::GroupEvent>),
    #[serde(rename = "template.created")]
    TemplateCreated(#[serde(with = "Boxed::<TemplateEventForm>")] Box<event::TemplateEvent>),
    #[serde(rename = "template.updated")]
    TemplateUpdated(#[serde(with = "ManagementEventForm")] event::ManagementEvent),
    #[serde(rename = "template.removed")]
    TemplateRemoved(#[serde(with = "Boxed::<TemplateEventForm>")] Box<event::TemplateEvent>),
    #[serde(rename = "account.updated")]
    AccountUpdated(#[serde(with = "ManagementEventForm")] event::ManagementEvent),
    #[serde(rename = "account.notice")]
    AccountNotice(#[serde(with = "ManagementEventForm")] event::ManagementEvent),
    #[serde(rename = "account.errors")]
    AccountErrors(#[serde(with = "FaultsEventForm")] event::FaultsEvent),
    #[serde(rename = "history.progress")]
    HistoryProgress(#[serde(with = "HistoryEventForm")] event::HistoryEvent),
    #[serde(rename = "account.connected")]
    AccountConnected(#[serde(with = "Boxed::<AccountEventForm>")] Box<event::AccountEvent>),
    #[serde(rename = "account.disconnected")]
    AccountDisconnected(#[serde(with = "Boxed::<AccountEventForm>")] Box<event::AccountEvent>),
    #[serde(rename = "account.changed")]
    AccountChanged(#[serde(with = "Boxed::<AccountEventForm>")] Box<event::AccountEvent>),
    #[serde(rename = "connection.started")]
    ConnectionStarted(#[serde(with = "ConnectionEventForm")] event::ConnectionEvent),
    #[serde(rename = "connection.failed")]
    ConnectionFailed(#[serde(with = "ConnectionEventForm")] event::ConnectionEvent),
    #[serde(rename = "connection.completed")]
    ConnectionCompleted(#[serde(with = "ConnectionEventForm")] event::ConnectionEvent),
    #[serde(rename = "connection.cancelled")]
    ConnectionCancelled(#[serde(with = "ConnectionEventForm")] event::ConnectionEvent),
    #[serde(rename = "connection.needs_reconnect")]
    ConnectionNeedsReconnect(#[serde(with = "ReconnectEventForm")] event::ReconnectEvent),
    #[serde(rename = "webhook.test")]
    WebhookTest {},
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::AccountEvent", rename_all = "camelCase")]
pub(crate) struct AccountEventForm {
    account: AccountId,
    phone_number_id: PhoneNumberId,
    waba_id: WabaId,
    display_phone_number: String,
    verified_name: Option<String>,
    display_name: Option<String>,
    is_active: bool,
    is_default: bool,
    needs_registration: bool,
    problem: Option<String>,
    #[serde(with = "NumberHealthForm")]
    health: account::NumberHealth,
    version: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "account::NumberHealth", rename_all = "camelCase")]
pub(crate) struct NumberHealthForm {
    quality_rating: Option<String>,
    status: Option<String>,
    throughput_level: Option<String>,
    messaging_limit: Option<String>,
    name_status: Option<String>,
    code_verification_status: Option<String>,
    is_coexistence: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::TemplateEvent", rename_all = "camelCase")]
pub(crate) struct TemplateEventForm {
    template: TemplateId,
    meta_template_id: MetaTemplateId,
    waba_id: WabaId,
    name: String,
    language: String,
    category: String,
    status: String,
    quality: String,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::ConnectionEvent", rename_all = "camelCase")]
pub(crate) struct ConnectionEventForm {
    session: ConnectSessionId,
    mode: connect::ConnectMode,
    status: connect::ConnectStatus,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    phone_numbers: Vec<PhoneNumberId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::ReconnectEvent", rename_all = "camelCase")]
pub(crate) struct ReconnectEventForm {
    grant: GrantId,
    state: grant::GrantState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    accounts: Vec<AccountId>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::MessageEvent", rename_all = "camelCase")]
pub(crate) struct MessageEventForm {
    #[serde(with = "Boxed::<MessageForm>")]
    message: Box<message::Message>,
    #[serde(with = "PartyForm")]
    from: inbound::Party,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::SendingEvent", rename_all = "camelCase")]
pub(crate) struct SendingEventForm {
    message: MessageId,
    conversation: ConversationId,
    account: AccountId,
    wamid: Option<Wamid>,
    status: message::MessageStatus,
    #[serde(with = "JobForm")]
    job: outbound::Job,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<FaultForm>"
    )]
    errors: Vec<inbound::MetaFault>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::StatusEvent", rename_all = "camelCase")]
pub(crate) struct StatusEventForm {
    conversation: ConversationId,
    account: AccountId,
    wamid: Option<Wamid>,
    status: message::MessageStatus,
    #[serde(with = "StatusEntryForm")]
    entry: message::StatusEntry,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::MediaEvent", rename_all = "camelCase")]
pub(crate) struct MediaEventForm {
    media: MediaId,
    message: MessageId,
    conversation: ConversationId,
    state: media::MediaState,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::MergeEvent", rename_all = "camelCase")]
pub(crate) struct MergeEventForm {
    #[serde(with = "Boxed::<ContactForm>")]
    contact: Box<contact::Contact>,
    merged: ContactId,
    conversations: Vec<(ConversationId, ConversationId)>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::IdentityEvent", rename_all = "camelCase")]
pub(crate) struct IdentityEventForm {
    #[serde(with = "Boxed::<ContactForm>")]
    contact: Box<contact::Contact>,
    #[serde(with = "ContactIdsForm")]
    previous: contact::ContactIds,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::SplitEvent", rename_all = "camelCase")]
pub(crate) struct SplitEventForm {
    #[serde(with = "Boxed::<ContactForm>")]
    contact: Box<contact::Contact>,
    #[serde(with = "Boxed::<ContactForm>")]
    restored: Box<contact::Contact>,
    conversations: Vec<ConversationId>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::ErasureEvent", rename_all = "camelCase")]
pub(crate) struct ErasureEventForm {
    contact: ContactId,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::ManagementEvent", rename_all = "camelCase")]
pub(crate) struct ManagementEventForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<AccountId>,
    #[serde(with = "Boxed::<ManagementForm>")]
    change: Box<inbound::Management>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extra: Option<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::GroupEvent", rename_all = "camelCase")]
pub(crate) struct GroupEventForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<AccountId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation: Option<ConversationId>,
    #[serde(with = "GroupChangeForm")]
    change: inbound::GroupChange,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<GroupParticipantForm>"
    )]
    people: Vec<event::GroupParticipant>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extra: Option<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::GroupParticipant", rename_all = "camelCase")]
pub(crate) struct GroupParticipantForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contact: Option<ContactId>,
    role: inbound::GroupRole,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<FaultForm>"
    )]
    errors: Vec<inbound::MetaFault>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::GroupChange", rename_all = "camelCase")]
pub(crate) struct GroupChangeForm {
    field: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group_id: Option<GroupId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<GroupSettingForm>"
    )]
    subject: Option<inbound::GroupSetting>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<GroupSettingForm>"
    )]
    description: Option<inbound::GroupSetting>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "Opt::<GroupPictureForm>"
    )]
    picture: Option<inbound::GroupPicture>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    join_approval_mode: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invite_link: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    initiated_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    join_request_id: Option<String>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<FaultForm>"
    )]
    errors: Vec<inbound::MetaFault>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::GroupSetting", rename_all = "camelCase")]
pub(crate) struct GroupSettingForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    is_applied: bool,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<FaultForm>"
    )]
    errors: Vec<inbound::MetaFault>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "inbound::GroupPicture", rename_all = "camelCase")]
pub(crate) struct GroupPictureForm {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mime_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    is_applied: bool,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<FaultForm>"
    )]
    errors: Vec<inbound::MetaFault>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::FaultsEvent", rename_all = "camelCase")]
pub(crate) struct FaultsEventForm {
    account: Option<AccountId>,
    #[serde(with = "Many::<FaultForm>")]
    errors: Vec<inbound::MetaFault>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extra: Option<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "event::HistoryEvent", rename_all = "camelCase")]
pub(crate) struct HistoryEventForm {
    account: Option<AccountId>,
    progress: Option<u8>,
    phase: Option<u8>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        with = "Many::<FaultForm>"
    )]
    errors: Vec<inbound::MetaFault>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extra: Option<serde_json::Value>,
}
