//! An organisation's event log: its events, in order.

use serde::{Deserialize, Serialize};

use crate::{
    Time,
    account::{Account, NumberHealth},
    connect::{ConnectMode, ConnectSession, ConnectStatus},
    contact::{Contact, ContactIds},
    conversation::Conversation,
    grant::{Grant, GrantState},
    ids::{
        AccountId, ConnectSessionId, ContactId, ConversationId, EventId, GrantId, MediaId,
        MessageId, MetaTemplateId, OrgId, PhoneNumberId, TemplateId, WabaId, Wamid,
    },
    inbound::{GroupChange, GroupRole, Management, MetaFault, Party},
    media::MediaState,
    message::{Message, MessageStatus, StatusEntry},
    outbound::Job,
    template_record::TemplateRecord,
};

/// An event's type and data. The data holds everything that a listener needs, so that it need not ask the API.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "data")]
pub enum EventData {
    /// A customer wrote.
    #[serde(rename = "message.received")]
    MessageReceived(MessageEvent),
    /// The business wrote on its phone.
    #[serde(rename = "message.echoed")]
    MessageEchoed(MessageEvent),
    /// An old message was imported.
    #[serde(rename = "message.imported")]
    MessageImported(MessageEvent),
    /// A message was edited or revoked, or a newer parser understood its content.
    #[serde(rename = "message.updated")]
    MessageUpdated(MessageEvent),
    /// WhatsApp reported something about a person, such as a new number. Nobody wrote.
    #[serde(rename = "message.notice")]
    MessageNotice(MessageEvent),
    /// Somebody here wrote a message: it is in the queue.
    #[serde(rename = "message.queued")]
    MessageQueued(MessageEvent),
    /// The sending of a message progressed: it was accepted, refused, cancelled, …
    #[serde(rename = "message.sending")]
    MessageSending(SendingEvent),
    /// A status of a message was reported.
    #[serde(rename = "message.status")]
    MessageStatus(StatusEvent),
    /// A file was fetched, or cannot be fetched.
    #[serde(rename = "media.updated")]
    MediaUpdated(MediaEvent),
    /// A conversation began or changed.
    #[serde(rename = "conversation.updated")]
    ConversationUpdated(Box<Conversation>),
    /// A contact was created or changed.
    #[serde(rename = "contact.updated")]
    ContactUpdated(Box<Contact>),
    /// Two contacts turned out to be one.
    #[serde(rename = "contact.merged")]
    ContactMerged(MergeEvent),
    /// An id of a contact was replaced, or a number is no longer theirs.
    #[serde(rename = "contact.identity_changed")]
    ContactIdentityChanged(IdentityEvent),
    /// An admin undid a merge.
    #[serde(rename = "contact.split")]
    ContactSplit(SplitEvent),
    /// A contact was erased.
    #[serde(rename = "contact.erased")]
    ContactErased(ErasureEvent),
    /// A call began or ended.
    #[serde(rename = "call.updated")]
    CallUpdated(MessageEvent),
    /// A group was created, changed, suspended or deleted, or people joined or left it.
    #[serde(rename = "group.updated")]
    GroupUpdated(Box<GroupEvent>),
    /// A template was found or created at Meta.
    #[serde(rename = "template.created")]
    TemplateCreated(Box<TemplateEvent>),
    /// A template changed at Meta.
    #[serde(rename = "template.updated")]
    TemplateUpdated(ManagementEvent),
    /// A template is no longer at Meta.
    #[serde(rename = "template.removed")]
    TemplateRemoved(Box<TemplateEvent>),
    /// A number or its WABA changed at Meta.
    #[serde(rename = "account.updated")]
    AccountUpdated(ManagementEvent),
    /// Meta sent a notice without a typed form.
    #[serde(rename = "account.notice")]
    AccountNotice(ManagementEvent),
    /// Meta reported errors that belong to no message.
    #[serde(rename = "account.errors")]
    AccountErrors(FaultsEvent),
    /// The import of a phone's history progressed.
    #[serde(rename = "history.progress")]
    HistoryProgress(HistoryEvent),
    /// A number was connected, or connected again.
    #[serde(rename = "account.connected")]
    AccountConnected(Box<AccountEvent>),
    /// A number was disconnected, or another organisation took it over.
    #[serde(rename = "account.disconnected")]
    AccountDisconnected(Box<AccountEvent>),
    /// An account changed here: renamed, made the default, verified, registered. Listeners get it as `account.updated`,
    /// like a change at Meta.
    #[serde(rename = "account.changed")]
    AccountChanged(Box<AccountEvent>),
    /// Somebody began to connect.
    #[serde(rename = "connection.started")]
    ConnectionStarted(ConnectionEvent),
    /// Connecting failed; it may still be resumed.
    #[serde(rename = "connection.failed")]
    ConnectionFailed(ConnectionEvent),
    /// Connecting succeeded.
    #[serde(rename = "connection.completed")]
    ConnectionCompleted(ConnectionEvent),
    /// Connecting was given up, by a person or by its time limit.
    #[serde(rename = "connection.cancelled")]
    ConnectionCancelled(ConnectionEvent),
    /// The login behind some accounts is no longer usable: a person must connect again.
    #[serde(rename = "connection.needs_reconnect")]
    ConnectionNeedsReconnect(ReconnectEvent),
    /// A test event, which somebody asked for.
    #[serde(rename = "webhook.test")]
    WebhookTest {},
}

impl EventData {
    /// Returns the dotted name of the type.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::MessageReceived(_) => "message.received",
            Self::MessageEchoed(_) => "message.echoed",
            Self::MessageImported(_) => "message.imported",
            Self::MessageUpdated(_) => "message.updated",
            Self::MessageNotice(_) => "message.notice",
            Self::MessageQueued(_) => "message.queued",
            Self::MessageSending(_) => "message.sending",
            Self::MessageStatus(_) => "message.status",
            Self::MediaUpdated(_) => "media.updated",
            Self::ConversationUpdated(_) => "conversation.updated",
            Self::ContactUpdated(_) => "contact.updated",
            Self::ContactMerged(_) => "contact.merged",
            Self::ContactIdentityChanged(_) => "contact.identity_changed",
            Self::ContactSplit(_) => "contact.split",
            Self::ContactErased(_) => "contact.erased",
            Self::CallUpdated(_) => "call.updated",
            Self::GroupUpdated(_) => "group.updated",
            Self::TemplateCreated(_) => "template.created",
            Self::TemplateUpdated(_) => "template.updated",
            Self::TemplateRemoved(_) => "template.removed",
            Self::AccountUpdated(_) | Self::AccountChanged(_) => "account.updated",
            Self::AccountNotice(_) => "account.notice",
            Self::AccountErrors(_) => "account.errors",
            Self::HistoryProgress(_) => "history.progress",
            Self::AccountConnected(_) => "account.connected",
            Self::AccountDisconnected(_) => "account.disconnected",
            Self::ConnectionStarted(_) => "connection.started",
            Self::ConnectionFailed(_) => "connection.failed",
            Self::ConnectionCompleted(_) => "connection.completed",
            Self::ConnectionCancelled(_) => "connection.cancelled",
            Self::ConnectionNeedsReconnect(_) => "connection.needs_reconnect",
            Self::WebhookTest {} => "webhook.test",
        }
    }
}

/// A message, and who wrote it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageEvent {
    /// The message as it is now.
    pub message: Box<Message>,
    /// The author, as far as the webhook names them.
    pub from: Party,
}

/// The progress of sending a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendingEvent {
    /// The message.
    pub message: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The number.
    pub account: AccountId,
    /// Meta's id, once Meta accepted it.
    pub wamid: Option<Wamid>,
    /// The status.
    pub status: MessageStatus,
    /// Its place in the queue.
    pub job: Job,
    /// Why it failed, or Meta's last errors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
}

/// A status of a message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusEvent {
    /// The conversation.
    pub conversation: ConversationId,
    /// The number.
    pub account: AccountId,
    /// Meta's id of the message.
    pub wamid: Option<Wamid>,
    /// The message's status after all reports.
    pub status: MessageStatus,
    /// The reported entry of the timeline.
    pub entry: StatusEntry,
}

/// A file of a message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MediaEvent {
    /// The file.
    pub media: MediaId,
    /// Its message.
    pub message: MessageId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The progress of fetching it.
    pub state: MediaState,
}

/// Two contacts that turned out to be one person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergeEvent {
    /// The contact that remains.
    pub contact: Box<Contact>,
    /// The contact that was merged into it.
    pub merged: ContactId,
    /// The removed conversations, each with the one that has its messages now.
    pub conversations: Vec<(ConversationId, ConversationId)>,
}

/// A contact whose ids changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityEvent {
    /// The contact with its current ids.
    pub contact: Box<Contact>,
    /// The ids before.
    pub previous: ContactIds,
}

/// A merge that was undone.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SplitEvent {
    /// The contact that it was taken out of.
    pub contact: Box<Contact>,
    /// The contact that is back, under its former id.
    pub restored: Box<Contact>,
    /// Conversations that hold the restored contact's messages again.
    pub conversations: Vec<ConversationId>,
}

/// A contact that was erased.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErasureEvent {
    /// The contact.
    pub contact: ContactId,
}

/// An update of an asset of the business at Meta: a number, a WABA or a template.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ManagementEvent {
    /// The number, if the update is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The update.
    pub change: Box<Management>,
    /// The parts that `change` has no typed form for, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
}

/// A template that was stored, or is no longer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TemplateEvent {
    /// Our id.
    pub template: TemplateId,
    /// Meta's id.
    pub meta_template_id: MetaTemplateId,
    /// The WABA that it belongs to.
    pub waba_id: WabaId,
    /// The name, which all languages share.
    pub name: String,
    /// The language, with `_`.
    pub language: String,
    /// The category.
    pub category: String,
    /// The status.
    pub status: String,
    /// The quality.
    pub quality: String,
}

impl From<&TemplateRecord> for TemplateEvent {
    fn from(record: &TemplateRecord) -> Self {
        let state = &record.state;
        Self {
            template: record.id,
            meta_template_id: record.meta_id.clone(),
            waba_id: record.waba.clone(),
            name: state.name().to_owned(),
            language: state.language(),
            category: state.category(),
            status: state.status(),
            quality: state.quality(),
        }
    }
}

/// An update of a group. It names people by their contacts alone, so that erasing a person needs no change of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupEvent {
    /// The number, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The conversation with the group, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// The update.
    pub change: GroupChange,
    /// The people in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<GroupParticipant>,
    /// When it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Time>,
    /// The parts without a typed form, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
}

/// A person in an update of a group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupParticipant {
    /// The contact. `None` if Meta's text identifies nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// What the person has to do with the update.
    pub role: GroupRole,
    /// Meta's text, if it identifies nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<String>,
    /// Why it failed for this person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
}

/// Errors that belong to no message.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FaultsEvent {
    /// The number.
    pub account: Option<AccountId>,
    /// The errors, in Meta's words.
    pub errors: Vec<MetaFault>,
    /// The parts without a typed form, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
}

/// The progress of an import.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEvent {
    /// The number.
    pub account: Option<AccountId>,
    /// The progress in percent.
    pub progress: Option<u8>,
    /// The phase: 0, 1 or 2.
    pub phase: Option<u8>,
    /// Why there is no history.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<MetaFault>,
    /// The parts without a typed form, as Meta sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
}

/// An account as a write left it, without its secrets.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountEvent {
    /// The account.
    pub account: AccountId,
    /// Meta's id of the number.
    pub phone_number_id: PhoneNumberId,
    /// The WABA that holds the number.
    pub waba_id: WabaId,
    /// The number in international form.
    pub display_phone_number: String,
    /// The name that WhatsApp shows.
    pub verified_name: Option<String>,
    /// The name that the organisation gave it.
    pub display_name: Option<String>,
    /// Whether it is connected.
    pub is_active: bool,
    /// Whether it is the organisation's default for sending.
    pub is_default: bool,
    /// Whether the number must still be registered before it can send.
    pub needs_registration: bool,
    /// The problem: one of our codes.
    pub problem: Option<String>,
    /// Meta's latest facts about the number.
    pub health: NumberHealth,
    /// The number of the account's changes.
    pub version: i64,
}

impl From<&Account> for AccountEvent {
    fn from(account: &Account) -> Self {
        Self {
            account: account.id,
            phone_number_id: account.phone_number_id.clone(),
            waba_id: account.waba_id.clone(),
            display_phone_number: account.display_phone_number.clone(),
            verified_name: account.verified_name.clone(),
            display_name: account.display_name.clone(),
            is_active: account.is_active,
            is_default: account.is_default,
            needs_registration: account.needs_registration,
            problem: account.trouble(account.updated_at).map(ToOwned::to_owned),
            health: NumberHealth {
                status: account
                    .shown_status(account.updated_at)
                    .map(ToOwned::to_owned),
                ..account.health.clone()
            },
            version: account.version,
        }
    }
}

/// The progress of a connect session.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionEvent {
    /// The connect session.
    pub session: ConnectSessionId,
    /// How the person reached Meta.
    pub mode: ConnectMode,
    /// The session's status.
    pub status: ConnectStatus,
    /// The numbers that were chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phone_numbers: Vec<PhoneNumberId>,
    /// Why it failed: a refusal's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

impl From<&ConnectSession> for ConnectionEvent {
    fn from(session: &ConnectSession) -> Self {
        let numbers = session.progress.numbers.iter();
        let problem = session.problem();
        Self {
            session: session.id,
            mode: session.mode,
            status: session.status(),
            phone_numbers: numbers.map(|n| n.phone_number_id.clone()).collect(),
            refusal: problem.map(|problem| problem.refusal.code().to_owned()),
        }
    }
}

/// A login that is no longer usable.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReconnectEvent {
    /// The grant.
    pub grant: GrantId,
    /// The grant's state.
    pub state: GrantState,
    /// The reason, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The connected accounts that use it.
    pub accounts: Vec<AccountId>,
}

impl ReconnectEvent {
    /// Makes the event of a grant that these accounts use.
    pub fn of(grant: &Grant, accounts: Vec<AccountId>) -> Self {
        Self {
            grant: grant.id,
            state: grant.state,
            reason: grant.state_reason.clone(),
            accounts,
        }
    }
}

/// An event that has no place in the log yet.
#[derive(Clone, PartialEq, Debug)]
pub struct NewEvent {
    /// Our id.
    pub id: EventId,
    /// The organisation.
    pub org: OrgId,
    /// When it happened.
    pub at: Time,
    /// The type and data.
    pub data: EventData,
}

/// An entry of the log.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// Our id.
    pub id: EventId,
    /// Its sequence in the log: 1, 2, 3, … without a gap.
    pub sequence: i64,
    /// When it happened.
    pub at: Time,
    /// The type and data.
    pub data: EventData,
}
