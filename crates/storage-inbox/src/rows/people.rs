use wabakit_domain::{
    contact::{Contact, ContactKey, ContactTimes, PassedOn},
    conversation::{Conversation, Peer, SendTurn},
    ids::{AccountId, ContactId, ConversationId, GroupId, MessageId, OrgId, ScopedUserId, UserId},
    inbox::Merge,
    search,
};
use wabakit_ports::store::StoreError;

use super::messages::{opt_document, read_document};
use crate::{
    bulk::{Changed, row},
    schema::{contacts, conversations},
    types::{T, U},
    values::{document, opt_text, row as cells, text, word},
};

row! {
    #[derive(diesel::AsChangeset)]
    #[diesel(treat_none_as_null = true)]
    struct ContactRow in contacts {
        id: U,
        org_id: U,
        phone: Option<String>,
        user_id: Option<String>,
        parent_user_id: Option<String>,
        name: Option<String>,
        profile_name: Option<String>,
        username: Option<String>,
        opted_out: bool,
        search: String,
        created_at: T,
        updated_at: T,
        version: i64,
        book_name: Option<String>,
        told_at: Option<T>,
        phone_at: Option<T>,
        book_at: Option<T>,
        preference_at: Option<T>,
        former_phone: Option<String>,
        passed_on_at: Option<T>,
        passed_on_to: Option<U>,
        apart: Option<String>,
    }
}

row! {
    struct KeyRow in contact_keys {
        org_id: U,
        kind: String,
        value: String,
        contact_id: U,
        scope: Option<String>,
    }
}

row! {
    struct MergeRow in contact_merges {
        id: U,
        org_id: U,
        into_id: U,
        merged_id: U,
        contact: String,
        merged_at: T,
        undone_at: Option<T>,
    }
}

row! {
    #[derive(diesel::AsChangeset)]
    #[diesel(treat_none_as_null = true)]
    struct ConversationRow in conversations {
        id: U,
        org_id: U,
        account_id: U,
        contact_id: Option<U>,
        group_id: Option<String>,
        state: String,
        assignee_id: Option<U>,
        unread: i32,
        last_message_at: T,
        last_message_id: Option<U>,
        last_inbound_at: Option<T>,
        free_entry_at: Option<T>,
        free_entry_until: Option<T>,
        created_at: T,
        updated_at: T,
        version: i64,
        window_refused_at: Option<T>,
        turn_at: T,
        turn: i64,
        user_id: Option<String>,
        is_phone_stale: bool,
        group_facts: Option<String>,
    }
}

macro_rules! versioned {
    ($row:ident in $table:ident) => {
        impl Changed for $row {
            const GUARD: &'static str = "t.version = u.version - 1";

            fn update(&self, conn: &mut diesel::SqliteConnection) -> diesel::QueryResult<usize> {
                use diesel::{ExpressionMethods as _, QueryDsl as _};
                let before = $table::table
                    .find(self.id)
                    .filter($table::version.eq(self.version - 1));
                diesel::RunQueryDsl::execute(diesel::update(before).set(self), conn)
            }
        }
    };
}
versioned!(ContactRow in contacts);
versioned!(ConversationRow in conversations);

/// Returns the search text of a contact: all names and numbers, folded, one on each line. A number that the person lost
/// still finds the old thread.
pub(crate) fn search_of(contact: &Contact) -> String {
    let names = [
        &contact.name,
        &contact.book_name,
        &contact.profile_name,
        &contact.username,
    ];
    let names = names.into_iter().flatten().map(|name| search::folded(name));
    let former = contact.passed_on.as_ref().map(|it| &it.phone);
    let numbers = contact.phone.iter().chain(former);
    let numbers = numbers.flat_map(|number| search::spellings(number));
    names.chain(numbers).collect::<Vec<_>>().join("\n")
}

impl ContactRow {
    pub(crate) fn new(contact: &Contact, version: i64) -> Result<Self, StoreError> {
        let passed_on = contact.passed_on.as_ref();
        Ok(Self {
            id: U(contact.id.0),
            org_id: U(contact.org.0),
            phone: opt_text(contact.phone.as_deref())?,
            user_id: opt_text(contact.user_id.as_ref().map(ScopedUserId::as_str))?,
            parent_user_id: opt_text(contact.parent_user_id.as_ref().map(ScopedUserId::as_str))?,
            name: opt_text(contact.name.as_deref())?,
            profile_name: opt_text(contact.profile_name.as_deref())?,
            username: opt_text(contact.username.as_deref())?,
            opted_out: contact.opted_out,
            search: search_of(contact),
            created_at: T(contact.created_at),
            updated_at: T(contact.updated_at),
            version,
            book_name: opt_text(contact.book_name.as_deref())?,
            told_at: contact.times.told.map(T),
            phone_at: contact.times.phone.map(T),
            book_at: contact.times.book.map(T),
            preference_at: contact.times.preference.map(T),
            former_phone: opt_text(passed_on.map(|it| it.phone.as_str()))?,
            passed_on_at: passed_on.map(|it| T(it.at)),
            passed_on_to: passed_on.map(|it| U(it.to.0)),
            apart: opt_document((!contact.apart.is_empty()).then_some(&contact.apart))?,
        })
    }
}

impl TryFrom<ContactRow> for Contact {
    type Error = StoreError;

    fn try_from(row: ContactRow) -> Result<Self, StoreError> {
        let cell = cells("contacts", row.id.0);
        let passed_on = match (row.former_phone, row.passed_on_at, row.passed_on_to) {
            (Some(phone), Some(at), Some(to)) => Some(PassedOn {
                phone,
                at: at.0,
                to: ContactId(to.0),
            }),
            _ => None,
        };
        Ok(Self {
            id: ContactId(row.id.0),
            org: OrgId(row.org_id.0),
            phone: row.phone,
            user_id: row.user_id.map(Into::into),
            parent_user_id: row.parent_user_id.map(Into::into),
            name: row.name,
            profile_name: row.profile_name,
            username: row.username,
            opted_out: row.opted_out,
            book_name: row.book_name,
            times: ContactTimes {
                told: row.told_at.map(|at| at.0),
                phone: row.phone_at.map(|at| at.0),
                book: row.book_at.map(|at| at.0),
                preference: row.preference_at.map(|at| at.0),
            },
            passed_on,
            apart: read_document(cell("apart"), row.apart.as_deref())?.unwrap_or_default(),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}

impl MergeRow {
    /// Makes the record of a merge. `None` if the removed contact was never stored.
    pub(crate) fn of(merge: &Merge) -> Result<Option<Self>, StoreError> {
        let record = merge.undo.as_deref().map(|undo| {
            Ok(Self {
                id: U(undo.id),
                org_id: U(merge.org.0),
                into_id: U(merge.into.0),
                merged_id: U(merge.from.0),
                contact: document(undo)?,
                merged_at: T(undo.at),
                undone_at: None,
            })
        });
        record.transpose()
    }
}

impl KeyRow {
    pub(crate) fn new(
        org: OrgId,
        key: &ContactKey,
        contact: ContactId,
        scope: Option<&str>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            org_id: U(org.0),
            kind: key.kind().to_owned(),
            value: text(key.value())?,
            contact_id: U(contact.0),
            scope: opt_text(scope)?,
        })
    }

    pub(crate) fn read(self) -> Result<(OrgId, ContactKey, ContactId), StoreError> {
        let cell = cells("contact_keys", self.contact_id.0)("kind");
        let key = cell.parsed(ContactKey::read(&self.kind, self.value))?;
        Ok((OrgId(self.org_id.0), key, ContactId(self.contact_id.0)))
    }
}

impl ConversationRow {
    pub(crate) fn new(conversation: &Conversation, version: i64) -> Result<Self, StoreError> {
        let (contact_id, group_id) = match &conversation.peer {
            Peer::Contact(contact) => (Some(U(contact.0)), None),
            Peer::Group(group) => (None, Some(text(group.as_str())?)),
        };
        Ok(Self {
            id: U(conversation.id.0),
            org_id: U(conversation.org.0),
            account_id: U(conversation.account.0),
            contact_id,
            group_id,
            state: word(&conversation.state)?,
            assignee_id: conversation.assignee.map(|user| U(user.0)),
            unread: conversation.unread,
            last_message_at: T(conversation.last_message_at),
            last_message_id: conversation.last_message.map(|id| U(id.0)),
            last_inbound_at: conversation.last_inbound_at.map(T),
            free_entry_at: conversation.free_entry_at.map(T),
            free_entry_until: conversation.free_entry_until.map(T),
            created_at: T(conversation.created_at),
            updated_at: T(conversation.updated_at),
            version,
            window_refused_at: conversation.window_refused_at.map(T),
            turn_at: T(conversation.turn.at),
            turn: conversation.turn.number,
            user_id: opt_text(conversation.user_id.as_ref().map(ScopedUserId::as_str))?,
            is_phone_stale: conversation.is_phone_stale,
            group_facts: opt_document(conversation.group.as_deref())?,
        })
    }
}

impl TryFrom<ConversationRow> for Conversation {
    type Error = StoreError;

    fn try_from(row: ConversationRow) -> Result<Self, StoreError> {
        let cell = cells("conversations", row.id.0);
        let peer = match (row.contact_id, row.group_id) {
            (Some(contact), None) => Some(Peer::Contact(ContactId(contact.0))),
            (None, Some(group)) => Some(Peer::Group(GroupId::from(group))),
            _ => None,
        };
        Ok(Self {
            id: ConversationId(row.id.0),
            org: OrgId(row.org_id.0),
            account: AccountId(row.account_id.0),
            peer: cell("contact_id").parsed(peer)?,
            state: cell("state").word(&row.state)?,
            assignee: row.assignee_id.map(|id| UserId(id.0)),
            unread: row.unread,
            last_message_at: row.last_message_at.0,
            last_message: row.last_message_id.map(|id| MessageId(id.0)),
            last_inbound_at: row.last_inbound_at.map(|at| at.0),
            free_entry_at: row.free_entry_at.map(|at| at.0),
            free_entry_until: row.free_entry_until.map(|at| at.0),
            window_refused_at: row.window_refused_at.map(|at| at.0),
            user_id: row.user_id.map(Into::into),
            is_phone_stale: row.is_phone_stale,
            group: read_document(cell("group_facts"), row.group_facts.as_deref())?.map(Box::new),
            turn: SendTurn {
                at: row.turn_at.0,
                number: row.turn,
            },
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
        })
    }
}
