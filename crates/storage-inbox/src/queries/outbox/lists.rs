//! Messages of ours, for people and for the sender.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    contact::{Contact, ContactKey},
    conversation::{Conversation, Peer},
    ids::{AccountId, ContactId, ConversationId, MessageId, OrgId},
    message::{Message, MessageStatus},
};
use wabakit_ports::store::{
    Addressee, KnownAddressee, OutboxFilter, Overdue, Page, PageRequest, StoreError,
};

use super::super::{Conn, Db, bulk, ids};
use crate::{
    among::AmongValues as _,
    error::Fault,
    rows::{ContactRow, ConversationRow, KeyRow, StoredMessage},
    schema::{contacts, conversations, messages, outbox},
    types::{PTime, PUuid, T, U},
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
            .filter(contacts::id.among(people.clone()))
            .select(ContactRow::as_select())
            .into_boxed::<Db>()
            .load(conn)
            .await?;
        for row in rows {
            let contact = Contact::try_from(row)?;
            known.insert(contact.id, contact);
        }
        let rows = conversations::table
            .filter(conversations::contact_id.among(people))
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

/// The status of a message as it is shown: marking it as dispatching writes its place alone.
const SHOWN: &str = "CASE WHEN outbox.queue = 1 THEN 'sending' ELSE messages.status END";

pub(super) async fn sent(
    conn: &mut Conn,
    org: OrgId,
    filter: &OutboxFilter,
    page: PageRequest<MessageId>,
) -> Result<Page<Message, MessageId>, Fault> {
    let (account, status) = (filter.account.map(|id| U(id.0)), filter.status);
    // A join by the plain id could be done by merging, which reads the places of all others as well.
    let by_id = outbox::id.eq(sql::<PUuid>("coalesce(messages.id, messages.id)"));
    let mut query = messages::table
        .left_join(outbox::table.on(by_id))
        .filter(messages::org_id.eq(U(org.0)))
        .order(messages::id.desc())
        .limit(page.limit.get() + 1)
        .select(StoredMessage::as_select())
        .into_boxed::<Db>();
    if let Some(before) = page.after {
        query = query.filter(messages::id.lt(U(before.0)));
    }
    // Finds messages by their places in the queues of the organisation's numbers. The numbers come first because it is
    // said: SQLite would else read the places of all others.
    let placed = |condition: &str| {
        sql::<Bool>(
            "messages.id IN (SELECT o.id FROM whatsapp_accounts a CROSS JOIN outbox o \
             WHERE o.account_id = a.id AND a.org_id = ",
        )
        .bind::<PUuid, _>(U(org.0))
        .sql(" AND a.id = coalesce(")
        .bind::<Nullable<PUuid>, _>(account)
        .sql(", a.id) AND ")
        .sql(condition)
    };
    // No index of places has the order of the ids: PostgreSQL would read by that, and what all others sent as well.
    let by_place = sql::<PUuid>("coalesce(messages.id, messages.id) DESC");
    let mut wanted = status.map(|status| word(&status)).transpose()?;
    if let Some(reference) = &filter.client_reference {
        query = query.filter(messages::client_reference.eq(text(reference)?));
    }
    if let Some(before) = filter.stuck_before {
        let underway = placed("o.queue IS NULL AND o.dispatched_at < ");
        let stuck = underway.bind::<PTime, _>(T(before)).sql(")");
        query = query.filter(stuck).order(by_place);
    } else if filter.client_reference.is_some() {
        query = query.filter(messages::body.is_not_null());
        // The reference's index reads fewer rows than that of the account.
        if let Some(account) = account {
            let compared =
                sql::<PUuid>("coalesce(messages.account_id, messages.account_id)").eq(account);
            query = query.filter(compared);
        }
    } else if status == Some(MessageStatus::Sending) {
        query = query.filter(placed("o.queue IN (1, 2))")).order(by_place);
    } else {
        query = query.filter(messages::body.is_not_null());
        if let Some(account) = account {
            query = query.filter(messages::account_id.eq(account));
        }
        if let Some(wanted) = wanted.take() {
            query = query.filter(messages::status.eq(wanted));
        }
        if status == Some(MessageStatus::Queued) {
            query = query.filter(sql::<Bool>("(outbox.queue = 1) IS NOT TRUE"));
        }
    }
    // Compared, and found by no index: the one of the place or the reference reads fewer rows.
    if let Some(wanted) = wanted {
        query = query.filter(sql::<Text>(SHOWN).eq(wanted));
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
    let rows: Vec<U> = outbox::table
        .filter(outbox::account_id.eq(U(account.0)))
        .filter(outbox::queue.eq(1))
        .filter(outbox::epoch.lt(epoch))
        .limit(limit.max(0))
        .select(outbox::id)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|id| MessageId(id.0)).collect())
}

pub(super) async fn overdue(conn: &mut Conn, now: Time, limit: i64) -> QueryResult<Vec<Overdue>> {
    let columns = (messages::org_id, outbox::account_id, outbox::id);
    let limit = limit.max(0);
    // Word for word what the indexes say.
    let unproven: Vec<(U, U, U)> = outbox::table
        .inner_join(messages::table)
        .filter(sql::<Bool>("queue = 2"))
        .filter(outbox::due_at.le(T(now)))
        .order((outbox::due_at.asc(), outbox::id.asc()))
        .limit(limit)
        .select(columns)
        .load(conn)
        .await?;
    let left = limit - i64::try_from(unproven.len()).unwrap_or(limit);
    let expired: Vec<(U, U, U)> = outbox::table
        .inner_join(messages::table)
        .filter(sql::<Bool>("queue = 0"))
        .filter(outbox::expires_at.le(T(now)))
        .order((outbox::expires_at.asc(), outbox::id.asc()))
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
    let since = T(since);
    let rows: Vec<(U, Option<T>, Option<T>)> = messages::table
        .left_join(outbox::table)
        .filter(messages::conversation_id.among(ids(threads, |id| id.0)))
        .filter(
            outbox::dispatched_at
                .ge(since)
                .or(messages::dispatched_at.ge(since)),
        )
        .select((
            messages::conversation_id,
            outbox::dispatched_at.nullable(),
            messages::dispatched_at,
        ))
        .load(conn)
        .await?;
    let rows = rows.into_iter();
    let last = rows.filter_map(|(id, placed, kept)| Some((id, placed.or(kept)?)));
    Ok(last.map(|(id, at)| (ConversationId(id.0), at.0)).collect())
}
