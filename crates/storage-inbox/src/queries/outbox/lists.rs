//! Messages of ours, for people and for the sender.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    contact::{Contact, ContactKey},
    conversation::{Conversation, Peer},
    ids::{AccountId, ContactId, ConversationId, MessageId, OrgId},
    message::Message,
};
use wabakit_ports::store::{
    Addressee, KnownAddressee, OutboxFilter, Overdue, Page, PageRequest, StoreError,
};

use super::super::{Conn, Db, bulk, ids};
use crate::{
    error::Fault,
    rows::{ContactRow, ConversationRow, KeyRow, StoredMessage},
    schema::{contacts, conversations, messages, whatsapp_accounts as accounts},
    types::{PUuid, T, U},
    values::{text, word},
};

type Asked = (OrgId, AccountId, Addressee);

pub(super) async fn addressees(
    conn: &mut Conn,
    asked: &[Asked],
) -> Result<Vec<KnownAddressee>, Fault> {
    let keys = contact_keys(conn, asked).await?;
    let people: BTreeSet<Uuid> = keys.values().map(|id| id.0).collect();
    let people: Vec<U> = people.into_iter().map(U).collect();
    let mut known: HashMap<ContactId, Contact> = HashMap::new();
    let mut threads: HashMap<(AccountId, Peer), Conversation> = HashMap::new();
    if !people.is_empty() {
        let rows: Vec<ContactRow> = contacts::table
            .filter(contacts::id.eq_any(people.clone()))
            .select(ContactRow::as_select())
            .load(conn)
            .await?;
        for row in rows {
            let contact = Contact::try_from(row)?;
            known.insert(contact.id, contact);
        }
        let rows = conversations::table
            .filter(conversations::contact_id.eq_any(people))
            .select(ConversationRow::as_select());
        take(rows.load(conn).await?, &mut threads)?;
    }
    let groups = asked.iter().filter_map(|(_, _, of)| match of {
        Addressee::Group(group) => Some(text(group.as_str()).map(Some)),
        Addressee::Person(_) => None,
    });
    let groups: Vec<Option<String>> = groups.collect::<Result<_, _>>()?;
    if !groups.is_empty() {
        let accounts: BTreeSet<Uuid> = asked.iter().map(|(_, account, _)| account.0).collect();
        let rows = conversations::table
            .filter(conversations::account_id.eq_any(accounts.into_iter().map(U)))
            .filter(conversations::group_id.eq_any(groups))
            .select(ConversationRow::as_select());
        take(rows.load(conn).await?, &mut threads)?;
    }
    let answers = asked.iter().map(|(org, account, of)| {
        let (contact, peer) = match of {
            Addressee::Person(key) => {
                let id = keys.get(&(*org, key.clone())).copied();
                let contact = id.and_then(|id| known.get(&id).cloned());
                (contact, id.map(Peer::Contact))
            }
            Addressee::Group(group) => (None, Some(Peer::Group(group.clone()))),
        };
        let conversation = peer.and_then(|peer| threads.get(&(*account, peer)));
        let conversation = conversation.filter(|conversation| conversation.org == *org);
        KnownAddressee {
            contact,
            conversation: conversation.cloned(),
        }
    });
    Ok(answers.collect())
}

async fn contact_keys(
    conn: &mut Conn,
    asked: &[Asked],
) -> Result<BTreeMap<(OrgId, ContactKey), ContactId>, Fault> {
    let nobody = ContactId(Uuid::nil());
    let wanted: BTreeSet<(OrgId, &ContactKey)> = asked
        .iter()
        .filter_map(|(org, _, of)| match of {
            Addressee::Person(key) => Some((*org, key)),
            Addressee::Group(_) => None,
        })
        .collect();
    if wanted.is_empty() {
        return Ok(BTreeMap::new());
    }
    let wanted = wanted.into_iter();
    let wanted = wanted.map(|(org, key)| KeyRow::new(org, key, nobody, None));
    let found = bulk::keys(conn, wanted.collect::<Result<_, _>>()?).await?;
    let found = found.into_iter().map(|row| {
        let (org, key, contact) = row.read()?;
        Ok(((org, key), contact))
    });
    Ok(found.collect::<Result<_, StoreError>>()?)
}

fn take(
    rows: Vec<ConversationRow>,
    threads: &mut HashMap<(AccountId, Peer), Conversation>,
) -> Result<(), StoreError> {
    for row in rows {
        let conversation = Conversation::try_from(row)?;
        let key = (conversation.account, conversation.peer.clone());
        threads.insert(key, conversation);
    }
    Ok(())
}

pub(super) async fn sent(
    conn: &mut Conn,
    org: OrgId,
    filter: &OutboxFilter,
    page: PageRequest<MessageId>,
) -> Result<Page<Message, MessageId>, Fault> {
    let mut query = messages::table
        .filter(messages::org_id.eq(U(org.0)))
        .order(messages::id.desc())
        .limit(page.limit.get() + 1)
        .select(StoredMessage::as_select())
        .into_boxed::<Db>();
    if let Some(before) = filter.stuck_before {
        // Their index goes by number.
        if filter.account.is_none() {
            let own: Vec<U> = accounts::table
                .filter(accounts::org_id.eq(U(org.0)))
                .select(accounts::id)
                .load(conn)
                .await?;
            query = query.filter(messages::account_id.eq_any(own));
        }
        // No index has this order: PostgreSQL would take the ids' own, and read what all others sent as well.
        query = query
            .filter(messages::underway_since.lt(T(before)))
            .order(sql::<PUuid>("coalesce(id, id) DESC"));
    } else {
        query = query.filter(messages::body.is_not_null());
    }
    if let Some(before) = page.after {
        query = query.filter(messages::id.lt(U(before.0)));
    }
    let (account, status) = (filter.account.map(|id| U(id.0)), filter.status);
    let status = status.map(|status| word(&status)).transpose()?;
    if let Some(reference) = &filter.client_reference {
        query = query.filter(messages::client_reference.eq(text(reference)?));
        // The reference's index reads fewer rows than those of account and status.
        if let Some(account) = account {
            let compared = sql::<PUuid>("coalesce(account_id, account_id)").eq(account);
            query = query.filter(compared);
        }
        if let Some(status) = status {
            query = query.filter(sql::<Text>("coalesce(status, status)").eq(status));
        }
    } else {
        if let Some(account) = account {
            query = query.filter(messages::account_id.eq(account));
        }
        if let Some(status) = status {
            query = query.filter(messages::status.eq(status));
        }
    }
    let rows: Vec<StoredMessage> = query.load(conn).await?;
    let found: Result<Vec<Message>, StoreError> = rows.into_iter().map(Message::try_from).collect();
    Ok(Page::cut(found?, page.limit, |one| one.id))
}

pub(super) async fn body(
    conn: &mut Conn,
    org: OrgId,
    id: MessageId,
) -> QueryResult<Option<String>> {
    let body: Option<Option<String>> = messages::table
        .find(U(id.0))
        .filter(messages::org_id.eq(U(org.0)))
        .select(messages::body)
        .first(conn)
        .await
        .optional()?;
    Ok(body.flatten())
}

pub(super) async fn orphans(
    conn: &mut Conn,
    account: AccountId,
    epoch: i64,
    limit: i64,
) -> QueryResult<Vec<MessageId>> {
    let rows: Vec<U> = messages::table
        .filter(messages::account_id.eq(U(account.0)))
        .filter(messages::queue.eq(1))
        .filter(messages::epoch.lt(epoch))
        .limit(limit.max(0))
        .select(messages::id)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|id| MessageId(id.0)).collect())
}

pub(super) async fn overdue(conn: &mut Conn, now: Time, limit: i64) -> QueryResult<Vec<Overdue>> {
    let columns = (messages::org_id, messages::account_id, messages::id);
    let limit = limit.max(0);
    // Word for word what the indexes say.
    let unproven: Vec<(U, U, U)> = messages::table
        .filter(sql::<Bool>("queue = 2"))
        .filter(messages::due_at.le(T(now)))
        .order((messages::due_at.asc(), messages::id.asc()))
        .limit(limit)
        .select(columns)
        .load(conn)
        .await?;
    let left = limit - i64::try_from(unproven.len()).unwrap_or(limit);
    let expired: Vec<(U, U, U)> = messages::table
        .filter(sql::<Bool>("queue = 0"))
        .filter(messages::expires_at.le(T(now)))
        .order((messages::expires_at.asc(), messages::id.asc()))
        .limit(left)
        .select(columns)
        .load(conn)
        .await?;
    let read = |is_proving| {
        move |(org, account, message): (U, U, U)| Overdue {
            org: OrgId(org.0),
            account: AccountId(account.0),
            message: MessageId(message.0),
            is_proving,
        }
    };
    let unproven = unproven.into_iter().map(read(true));
    Ok(unproven
        .chain(expired.into_iter().map(read(false)))
        .collect())
}

pub(super) async fn recent(
    conn: &mut Conn,
    threads: &[ConversationId],
    since: Time,
) -> QueryResult<Vec<(ConversationId, Time)>> {
    let rows: Vec<(U, T)> = messages::table
        .filter(messages::conversation_id.eq_any(ids(threads, |id| id.0)))
        .filter(messages::dispatched_at.ge(T(since)))
        .select((
            messages::conversation_id,
            messages::dispatched_at.assume_not_null(),
        ))
        .load(conn)
        .await?;
    let rows = rows.into_iter();
    Ok(rows.map(|(id, at)| (ConversationId(id.0), at.0)).collect())
}
