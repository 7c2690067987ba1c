//! What a batch touches, as it is before it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    contact::{Contact, ContactKey},
    conversation::Conversation,
    ids::{AccountId, ContactId, OrgId},
    inbox::{KnownAccount, Needs, Snapshot, Waiting, own_key},
    message::Message,
    template_record::TemplateRecord,
};
use wabakit_ports::store::StoreError;

use super::{Conn, Db, bulk, ids};
use crate::{
    among::AmongValues as _,
    error::Fault,
    rows::{
        ContactRow, ConversationRow, DigestRow, JobRow, KeyRow, MessageRow, PlaceRow, StatusRow,
        StoredMessage, TemplateRow, WaitingRow,
    },
    schema::{
        all_of_messages as messages, applied_digests as digests, contact_keys as keys, contacts,
        conversations, message_statuses as statuses, outbox, templates, waiting_updates as waiting,
        whatsapp_accounts as accounts,
    },
    types::{J, T, U},
    values::{row, text},
};

/// Which rows are there, and in which version they were read. Places in the queue are locked, as their messages are.
#[derive(Default)]
pub(super) struct Known {
    pub(super) contacts: HashMap<Uuid, i64>,
    pub(super) conversations: HashMap<Uuid, i64>,
    pub(super) keys: HashSet<(OrgId, ContactKey)>,
    pub(super) places: HashMap<Uuid, PlaceRow>,
}

pub(super) async fn load(conn: &mut Conn, needs: &Needs) -> Result<(Snapshot, Known), Fault> {
    let mut snapshot = Snapshot::default();
    let mut known = Known::default();
    let threads = messages(conn, needs, &mut snapshot, &mut known).await?;
    let people = people(conn, needs, &mut snapshot, &mut known).await?;
    portfolios(conn, needs, &mut snapshot).await?;
    conversations(conn, needs, (people, threads), &mut snapshot, &mut known).await?;
    digests(conn, needs, &mut snapshot).await?;
    accounts(conn, needs, &mut snapshot).await?;
    templates(conn, needs, &mut snapshot).await?;
    Ok((snapshot, known))
}

/// The accounts that facts may change. They are held, in order: a number's lane and its WABA's run at once.
async fn accounts(conn: &mut Conn, needs: &Needs, snapshot: &mut Snapshot) -> Result<(), Fault> {
    type Row = (
        U,
        U,
        Option<String>,
        Option<String>,
        Option<T>,
        T,
        Option<J>,
    );
    if needs.accounts.is_empty() {
        return Ok(());
    }
    let wanted: Vec<U> = needs.accounts.iter().map(|(_, id)| U(id.0)).collect();
    let found = accounts::table
        .filter(accounts::id.among(wanted))
        .order(accounts::id.asc())
        .select((
            accounts::org_id,
            accounts::id,
            accounts::status,
            accounts::quality_rating,
            accounts::last_verified_at,
            accounts::connected_at,
            accounts::standing,
        ));
    let rows: Vec<Row> = locked!(found).load(conn).await?;
    for (org, id, status, quality_rating, last_verified_at, connected_at, standing) in rows {
        let key = (OrgId(org.0), AccountId(id.0));
        if !needs.accounts.contains(&key) {
            continue;
        }
        let cell = row("whatsapp_accounts", id.0);
        let known = KnownAccount {
            status,
            quality_rating,
            last_verified_at: last_verified_at.map(|at| at.0),
            connected_at: connected_at.0,
            standing: standing
                .as_ref()
                .map(|told| cell("standing").json(told))
                .transpose()?
                .unwrap_or_default(),
        };
        snapshot.accounts.insert(key, known);
    }
    Ok(())
}

/// The templates that facts name, each on the WABA of the fact's account. They are locked before the syncs.
async fn templates(conn: &mut Conn, needs: &Needs, snapshot: &mut Snapshot) -> Result<(), Fault> {
    if needs.templates.is_empty() {
        return Ok(());
    }
    let asked: BTreeSet<AccountId> = needs.templates.iter().map(|(id, _)| *id).collect();
    let asked = ids(&Vec::from_iter(asked), |id| id.0);
    let wabas: Vec<(U, String)> = accounts::table
        .filter(accounts::id.eq_any(asked))
        .select((accounts::id, accounts::waba_id))
        .load(conn)
        .await?;
    let names: Vec<&String> = wabas.iter().map(|(_, waba)| waba).collect();
    let mut meta_ids = Vec::new();
    for (_, id) in &needs.templates {
        meta_ids.push(text(id.as_str())?);
    }
    let found = templates::table
        .filter(templates::waba_id.eq_any(names))
        .filter(templates::meta_id.eq_any(meta_ids))
        .order(templates::id.asc())
        .select(TemplateRow::as_select());
    let rows: Vec<TemplateRow> = locked!(found).load(conn).await?;
    for row in rows {
        let record = TemplateRecord::try_from(row)?;
        let of_waba = wabas.iter();
        let of_waba = of_waba.filter(|(_, waba)| *waba == record.waba.as_str());
        for (account, _) in of_waba {
            let key = (AccountId(account.0), record.meta_id.clone());
            if needs.templates.contains(&key) {
                snapshot.template_keys.insert(key, record.id);
            }
        }
        snapshot.templates.insert(record.id, record);
    }
    Ok(())
}

/// The portfolios of the accounts.
async fn portfolios(conn: &mut Conn, needs: &Needs, snapshot: &mut Snapshot) -> Result<(), Fault> {
    if needs.numbers.is_empty() {
        return Ok(());
    }
    let asked = ids(&Vec::from_iter(needs.numbers.clone()), |id| id.0);
    let rows: Vec<(U, String, Option<String>)> = accounts::table
        .filter(accounts::id.among(asked))
        .select((accounts::id, accounts::waba_id, accounts::business_id))
        .load(conn)
        .await?;
    let rows = rows.into_iter().map(|(id, waba, business)| {
        let portfolio = business.unwrap_or_else(|| format!("waba:{waba}"));
        (AccountId(id.0), portfolio)
    });
    snapshot.portfolios.extend(rows);
    Ok(())
}

/// The contacts that have one of the wanted keys, and those of the messages, with all their keys. Answers their ids.
async fn people(
    conn: &mut Conn,
    needs: &Needs,
    snapshot: &mut Snapshot,
    known: &mut Known,
) -> Result<Vec<U>, Fault> {
    let written = snapshot.messages.values();
    let written: HashSet<U> = written
        .filter(|message| message.group_id.is_none())
        .filter_map(|message| message.contact.map(|id| U(id.0)))
        .collect();
    if needs.contacts.is_empty() {
        return Ok(Vec::new());
    }
    let nobody = ContactId(Uuid::nil());
    let wanted: Result<Vec<KeyRow>, StoreError> = needs
        .contacts
        .iter()
        .map(|(org, key)| KeyRow::new(*org, key, nobody, None))
        .collect();
    let found = bulk::keys(conn, wanted?).await?;
    let mut people: Vec<U> = found.iter().map(|key| key.contact_id).collect();
    people.extend(written);
    people.sort_unstable_by_key(|id| id.0);
    people.dedup();
    if people.is_empty() {
        return Ok(people);
    }
    let rows: Vec<ContactRow> = contacts::table
        .filter(contacts::id.among(people.clone()))
        .select(ContactRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    if rows.len() != people.len() {
        // A merge or an erasure ran in between.
        return Err(StoreError::Conflict.into());
    }
    for row in rows {
        known.contacts.insert(row.id.0, row.version);
        let contact = Contact::try_from(row)?;
        snapshot.contacts.insert(contact.id, contact);
    }
    let all: Vec<KeyRow> = keys::table
        .filter(keys::contact_id.among(people.clone()))
        .select(KeyRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    for row in all {
        let scope = row.scope.clone();
        let (org, key, contact) = row.read()?;
        known.keys.insert((org, key.clone()));
        let scope = scope.map(|scope| ((org, key.clone()), scope));
        snapshot.scopes.extend(scope);
        snapshot.keys.insert((org, key), contact);
    }
    Ok(people)
}

/// The messages with their statuses, and what waits for them. Answers the conversations that they are in.
///
/// Who sends a message and who tells what became of it write the same rows, each without the other: so they are locked
/// first, and what belongs to them is read after that. Messages are locked before places, each in the order of their
/// ids. A place comes and goes only while its message is locked; marking and deferring lock the place alone.
async fn messages(
    conn: &mut Conn,
    needs: &Needs,
    snapshot: &mut Snapshot,
    known: &mut Known,
) -> Result<Vec<U>, Fault> {
    if needs.messages.is_empty() && needs.own.is_empty() && needs.tokens.is_empty() {
        return Ok(Vec::new());
    }
    let wamids: Result<BTreeSet<String>, StoreError> = needs
        .messages
        .iter()
        .map(|(_, wamid)| text(wamid.as_str()))
        .collect();
    let mut wamids = wamids?;
    // By an id alone: with the accounts, PostgreSQL would try every pair.
    let of_meta = messages::wamid.among(Vec::from_iter(wamids.clone()));
    let numbers: BTreeSet<AccountId> = needs.own.iter().map(|(account, _)| *account).collect();
    let numbers = ids(&Vec::from_iter(numbers), |id| id.0);
    let own: Vec<U> = needs.own.iter().map(|(_, id)| U(id.0)).collect();
    let ours = messages::id
        .among(own)
        .and(messages::account_id.among(numbers));
    let tokens: BTreeSet<&String> = needs.tokens.iter().map(|(_, token)| token).collect();
    let tokens: Vec<String> = tokens.into_iter().cloned().collect();
    let spelled = messages::wamid_token.among(tokens.clone());
    let found = messages::table
        .filter(of_meta.or(ours).or(spelled))
        .order(messages::id.asc())
        .select((MessageRow::as_select(), JobRow::as_select()));
    let rows: Vec<(MessageRow, JobRow)> = locked!(found).load(conn).await?;
    known.places = places(conn, &rows).await?;
    let (mut found, mut threads) = (Vec::new(), Vec::new());
    for (message, job) in rows {
        let place = known.places.get(&message.id.0).cloned();
        let message = Message::try_from(StoredMessage {
            message,
            job,
            place,
        })?;
        let (account, id) = (message.account, message.id);
        let wamid = message.wamid.clone().unwrap_or_else(|| own_key(id));
        let key = (account, wamid);
        let token = key.1.token().map(|token| (account, token));
        let is_spelled = token.is_some_and(|token| needs.tokens.contains(&token));
        if needs.own.contains(&(account, id)) || needs.messages.contains(&key) || is_spelled {
            if let Some(wamid) = &message.wamid {
                wamids.insert(wamid.to_string());
            }
            found.push(U(id.0));
            threads.push(U(message.conversation.0));
            snapshot.messages.insert(key, message);
        }
    }
    waiting(conn, needs, (wamids, tokens), snapshot).await?;
    if found.is_empty() {
        return Ok(threads);
    }
    let timelines: Vec<StatusRow> = statuses::table
        .filter(statuses::message_id.among(found))
        .select(StatusRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    for row in timelines {
        snapshot.statuses.insert(row.seen()?);
    }
    Ok(threads)
}

/// Loads and locks the places of these messages in the queue.
async fn places(
    conn: &mut Conn,
    rows: &[(MessageRow, JobRow)],
) -> Result<HashMap<Uuid, PlaceRow>, Fault> {
    let ours = rows.iter().filter(|(_, job)| job.priority.is_some());
    let ours: Vec<U> = ours.map(|(message, _)| message.id).collect();
    if ours.is_empty() {
        return Ok(HashMap::new());
    }
    let places = outbox::table
        .filter(outbox::id.among(ours))
        .order(outbox::id.asc())
        .select(PlaceRow::as_select());
    let places: Vec<PlaceRow> = locked!(places).load(conn).await?;
    Ok(places.into_iter().map(|row| (row.id.0, row)).collect())
}

/// What came before these messages.
async fn waiting(
    conn: &mut Conn,
    needs: &Needs,
    (wamids, tokens): (BTreeSet<String>, Vec<String>),
    snapshot: &mut Snapshot,
) -> Result<(), Fault> {
    if wamids.is_empty() && tokens.is_empty() {
        return Ok(());
    }
    let waiters: Vec<WaitingRow> = waiting::table
        .filter(
            waiting::wamid
                .among(Vec::from_iter(wamids))
                .or(waiting::wamid_token.among(tokens)),
        )
        .order(waiting::received_at.asc())
        .select(WaitingRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    for row in waiters {
        let waiter = Waiting::try_from(row)?;
        let key = (waiter.account, waiter.wamid.clone());
        let token = key.1.token().map(|token| (key.0, token));
        if needs.messages.contains(&key)
            || snapshot.messages.contains_key(&key)
            || token.is_some_and(|token| needs.tokens.contains(&token))
        {
            snapshot.waiting.entry(key).or_default().push(waiter);
        }
    }
    Ok(())
}

/// The conversations of the people, of the messages, and of the groups.
async fn conversations(
    conn: &mut Conn,
    needs: &Needs,
    (people, mut threads): (Vec<U>, Vec<U>),
    snapshot: &mut Snapshot,
    known: &mut Known,
) -> Result<(), Fault> {
    // Each is loaded once, however it is found.
    let mut rows: BTreeMap<Uuid, ConversationRow> = BTreeMap::new();
    let mut take = |found: Vec<ConversationRow>| {
        rows.extend(found.into_iter().map(|row| (row.id.0, row)));
        rows.keys().copied().collect::<HashSet<Uuid>>()
    };
    let mut loaded = HashSet::new();
    if !people.is_empty() {
        let theirs = conversations::table
            .filter(conversations::contact_id.among(people))
            .select(ConversationRow::as_select());
        loaded = take(theirs.load(conn).await?);
    }
    threads.sort_unstable_by_key(|id| id.0);
    threads.dedup();
    threads.retain(|id| !loaded.contains(&id.0));
    if !threads.is_empty() {
        let of_messages = conversations::table
            .filter(conversations::id.among(threads))
            .select(ConversationRow::as_select());
        take(of_messages.load(conn).await?);
    }
    if !needs.groups.is_empty() {
        let mut names = Vec::new();
        for (_, group) in &needs.groups {
            names.push(text(group.as_str())?);
        }
        let accounts: HashSet<U> = needs
            .groups
            .iter()
            .map(|(account, _)| U(account.0))
            .collect();
        let of_groups = conversations::table
            .filter(conversations::account_id.among(accounts.into_iter().collect::<Vec<_>>()))
            .filter(conversations::group_id.among(names))
            .select(ConversationRow::as_select());
        take(of_groups.load(conn).await?);
    }
    for row in rows.into_values() {
        known.conversations.insert(row.id.0, row.version);
        let conversation = Conversation::try_from(row)?;
        let key = (conversation.account, conversation.peer.clone());
        snapshot.conversations.insert(key, conversation);
    }
    Ok(())
}

async fn digests(conn: &mut Conn, needs: &Needs, snapshot: &mut Snapshot) -> Result<(), Fault> {
    if needs.digests.is_empty() {
        return Ok(());
    }
    let wanted: Vec<Vec<u8>> = needs
        .digests
        .iter()
        .map(|(_, digest)| digest.to_vec())
        .collect();
    let rows: Vec<DigestRow> = digests::table
        .filter(digests::digest.among(wanted))
        .select(DigestRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    for row in rows {
        if let Ok(digest) = row.digest.try_into() {
            snapshot.digests.insert((OrgId(row.org_id.0), digest));
        }
    }
    Ok(())
}
