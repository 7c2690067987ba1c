use diesel::prelude::{Queryable, Selectable};
use serde_json::Value;
use uuid::Uuid;
use wabakit_domain::{
    ids::{AccountId, ContactId, ConversationId, GroupId, MediaId, MessageId, OrgId, Wamid},
    inbound::MetaFault,
    message::{Message, MessageStatus},
    outbound::{Job, JobState},
};
use wabakit_ports::store::StoreError;
use wabakit_stored::Stored;

use super::sending::{JobRow, PlaceRow};
use crate::{
    bulk::{Changed, row},
    schema::messages,
    types::{T, U},
    values::{Cell, document, opt_text, row as cells, word},
};

row! {
    struct MessageRow in all_of_messages of "messages" {
        id: U,
        org_id: U,
        account_id: U,
        conversation_id: U,
        contact_id: Option<U>,
        group_id: Option<String>,
        wamid: Option<String>,
        direction: String,
        content: String,
        context: Option<String>,
        referral: Option<String>,
        status: String,
        errors: Option<String>,
        pricing: Option<String>,
        media_id: Option<U>,
        at: T,
        edited_at: Option<T>,
        revoked_at: Option<T>,
        created_at: T,
        wamid_token: Option<String>,
    }
}

row! {
    /// What changes of a message.
    #[derive(diesel::AsChangeset)]
    #[diesel(treat_none_as_null = true)]
    struct MessageChange in messages {
        id: U,
        content: String,
        status: String,
        errors: Option<String>,
        pricing: Option<String>,
        media_id: Option<U>,
        edited_at: Option<T>,
        revoked_at: Option<T>,
    }
}

impl Changed for MessageChange {
    const GUARD: &'static str = "true";

    fn update(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
        use diesel::QueryDsl as _;
        let before = messages::table.find(self.id);
        diesel::RunQueryDsl::execute(diesel::update(before).set(self), conn)
    }
}

/// A document, or nothing where there is none.
pub(super) fn opt_document<V: Stored>(value: Option<&V>) -> Result<Option<String>, StoreError> {
    value.map(document).transpose()
}

/// The faults as a document, or nothing where there are none.
pub(super) fn faults(errors: &Vec<MetaFault>) -> Result<Option<String>, StoreError> {
    opt_document((!errors.is_empty()).then_some(errors))
}

/// Reads [`opt_document`].
pub(super) fn read_document<V: Stored>(
    cell: Cell,
    text: Option<&str>,
) -> Result<Option<V>, StoreError> {
    text.map(|text| cell.document(text)).transpose()
}

/// What stands in the content's document beside the content.
#[derive(Default, serde::Deserialize)]
struct Beside {
    #[serde(default)]
    extra: Option<Value>,
    #[serde(default)]
    quoted: Option<Uuid>,
}

/// The content as a document. What Meta sent beside it is in it as `extra`, and our message that it quotes as `quoted`.
fn content(message: &Message) -> Result<String, StoreError> {
    let mut document = document(&message.content)?;
    let extra = message.extra.as_ref().map(ToString::to_string);
    let quoted = message.quoted.map(|id| format!("\"{id}\""));
    for (name, value) in [("extra", extra), ("quoted", quoted)] {
        if let (Some(value), Some(content)) = (value, document.strip_suffix('}')) {
            document = format!("{content},\"{name}\":{value}}}");
        }
    }
    Ok(document)
}

/// Reads what [`content`] wrote beside the content.
fn beside(document: &str) -> Beside {
    let is_there = document.contains("\"extra\":") || document.contains("\"quoted\":");
    let read = is_there.then(|| serde_json::from_str(document).ok());
    read.flatten().unwrap_or_default()
}

impl TryFrom<&Message> for MessageRow {
    type Error = StoreError;

    fn try_from(message: &Message) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(message.id.0),
            org_id: U(message.org.0),
            account_id: U(message.account.0),
            conversation_id: U(message.conversation.0),
            contact_id: message.contact.map(|id| U(id.0)),
            group_id: opt_text(message.group_id.as_ref().map(GroupId::as_str))?,
            wamid: opt_text(message.wamid.as_ref().map(Wamid::as_str))?,
            direction: word(&message.direction)?,
            content: content(message)?,
            context: opt_document(message.context.as_ref())?,
            referral: opt_document(message.referral.as_ref())?,
            status: word(&message.status)?,
            errors: faults(&message.errors)?,
            pricing: opt_document(message.pricing.as_ref())?,
            media_id: message.media.map(|id| U(id.0)),
            at: T(message.at),
            edited_at: message.edited_at.map(T),
            revoked_at: message.revoked_at.map(T),
            created_at: T(message.created_at),
            wamid_token: message.wamid.as_ref().and_then(Wamid::token),
        })
    }
}

impl TryFrom<&Message> for MessageChange {
    type Error = StoreError;

    fn try_from(message: &Message) -> Result<Self, StoreError> {
        Ok(Self {
            id: U(message.id.0),
            content: content(message)?,
            status: word(&message.status)?,
            errors: faults(&message.errors)?,
            pricing: opt_document(message.pricing.as_ref())?,
            media_id: message.media.map(|id| U(id.0)),
            edited_at: message.edited_at.map(T),
            revoked_at: message.revoked_at.map(T),
        })
    }
}

/// A message as it is read, with the outbox joined on the left.
#[derive(Queryable, Selectable)]
#[diesel(table_name = messages)]
pub(crate) struct StoredMessage {
    #[diesel(embed)]
    pub(crate) message: MessageRow,
    #[diesel(embed)]
    pub(crate) job: JobRow,
    #[diesel(embed)]
    pub(crate) place: Option<PlaceRow>,
}

impl TryFrom<StoredMessage> for Message {
    type Error = StoreError;

    fn try_from(stored: StoredMessage) -> Result<Self, StoreError> {
        let StoredMessage {
            message: row,
            job,
            place,
        } = stored;
        let cell = cells("messages", row.id.0);
        let beside = beside(&row.content);
        let status = cell("status").word(&row.status)?;
        let job = job.read(row.id.0, status, place)?;
        // Marking a message as dispatching writes its place alone.
        let is_dispatching = |job: &Job| job.state == JobState::Dispatching;
        let status = match job.as_ref().is_some_and(is_dispatching) {
            true => MessageStatus::Sending,
            false => status,
        };
        Ok(Self {
            id: MessageId(row.id.0),
            org: OrgId(row.org_id.0),
            account: AccountId(row.account_id.0),
            conversation: ConversationId(row.conversation_id.0),
            contact: row.contact_id.map(|id| ContactId(id.0)),
            group_id: row.group_id.map(Into::into),
            wamid: row.wamid.map(Into::into),
            direction: cell("direction").word(&row.direction)?,
            content: cell("content").document(&row.content)?,
            extra: beside.extra,
            quoted: beside.quoted.map(MessageId),
            context: read_document(cell("context"), row.context.as_deref())?,
            referral: read_document(cell("referral"), row.referral.as_deref())?,
            status,
            errors: read_document(cell("errors"), row.errors.as_deref())?.unwrap_or_default(),
            pricing: read_document(cell("pricing"), row.pricing.as_deref())?,
            media: row.media_id.map(|id| MediaId(id.0)),
            at: row.at.0,
            edited_at: row.edited_at.map(|at| at.0),
            revoked_at: row.revoked_at.map(|at| at.0),
            created_at: row.created_at.0,
            job: job.map(Box::new),
        })
    }
}
