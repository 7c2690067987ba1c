//! What a plan says, written.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    ids::{AccountId, OrgId},
    inbox::{AccountPatch, Plan},
    message::StatusEntry,
};
use wabakit_ports::store::StoreError;

use super::{super::templates, Conn, bulk, ids, load::Known, merge};
use crate::{
    among::AmongValues as _,
    bulk::Changed,
    error::{Fault, Violation as _},
    rows::{
        ContactRow, ConversationRow, DigestRow, InboundRow, KeyRow, MediaRow, MessageChange,
        MessageRow, PlaceRow, SentChange, SentRow, StatusRow, WaitingRow,
    },
    schema::{
        message_statuses as statuses, outbox, waiting_updates as waiting,
        whatsapp_accounts as accounts,
    },
    types::{J, T, U},
    values::{json, opt_text},
};

/// All but the events. What somebody else made or changed since it was read is a conflict.
pub(super) async fn write(
    conn: &mut Conn,
    plan: &Plan,
    known: &Known,
    now: Time,
) -> Result<(), Fault> {
    let contacts = plan.contacts.iter().map(|contact| {
        let version = known.contacts.get(&contact.id.0).copied();
        Ok((
            version.is_none(),
            ContactRow::new(contact, version.unwrap_or(0) + 1)?,
        ))
    });
    put(conn, contacts.collect::<Result<_, StoreError>>()?).await?;
    for merged in &plan.merges {
        merge::merge(conn, merged, known).await?;
    }
    keys(conn, plan, known).await?;
    let conversations = plan.conversations.iter().map(|conversation| {
        let version = known.conversations.get(&conversation.id.0).copied();
        let row = ConversationRow::new(conversation, version.unwrap_or(0) + 1)?;
        Ok((version.is_none(), row))
    });
    put(conn, conversations.collect::<Result<_, StoreError>>()?).await?;
    messages(conn, plan, known, now).await?;
    settle(conn, plan).await?;
    let digests = plan.digests.iter();
    let digests = digests.map(|(org, digest)| DigestRow::new(*org, *digest, now));
    bulk::insert(conn, digests.collect())
        .await
        .or_duplicate(StoreError::Conflict)?;
    for (org, account, patch) in &plan.accounts {
        change_account(conn, *org, *account, patch, now).await?;
    }
    let inbound = plan.inbound.iter().map(|(account, came)| InboundRow {
        account_id: U(account.0),
        total: *came,
    });
    bulk::add(conn, inbound.collect()).await?;
    templates::write_told(conn, plan, now).await?;
    Ok(())
}

/// Inserts what is new and changes what is not.
async fn put<R: Changed>(conn: &mut Conn, rows: Vec<(bool, R)>) -> Result<(), Fault> {
    let (new, old): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(is_new, _)| *is_new);
    let bare = |rows: Vec<(bool, R)>| rows.into_iter().map(|(_, row)| row).collect::<Vec<R>>();
    let expected = old.len();
    if bulk::update(conn, bare(old)).await? != expected {
        return Err(StoreError::Conflict.into());
    }
    match bulk::insert(conn, bare(new))
        .await
        .or_duplicate(StoreError::Conflict)
    {
        Err(Fault::Database(error)) => Err(error).or_unrelated(StoreError::Conflict),
        outcome => outcome.map(drop),
    }
}

/// A key that is new is inserted: somebody else may just have made it. One that is there changes hands.
async fn keys(conn: &mut Conn, plan: &Plan, known: &Known) -> Result<(), Fault> {
    // The last word on a key holds.
    let keys: BTreeMap<_, _> = plan
        .keys
        .iter()
        .map(|(org, key, contact)| ((*org, key), *contact))
        .collect();
    let (mut new, mut old) = (Vec::new(), Vec::new());
    for ((org, key), contact) in keys {
        let named = (org, key.clone());
        let scope = plan.scopes.get(&named).map(String::as_str);
        let row = KeyRow::new(org, key, contact, scope)?;
        match known.keys.contains(&named) {
            true => old.push(row),
            false => new.push(row),
        }
    }
    bulk::replace(conn, old, "org_id, kind, value").await?;
    bulk::insert(conn, new)
        .await
        .or_duplicate(StoreError::Conflict)?;
    Ok(())
}

async fn messages(conn: &mut Conn, plan: &Plan, known: &Known, now: Time) -> Result<(), Fault> {
    new_messages(conn, plan).await?;
    changed_messages(conn, plan).await?;
    places(conn, plan, known).await?;
    if !plan.restarted.is_empty() {
        let before = statuses::message_id.among(ids(&plan.restarted, |id| id.0));
        diesel::delete(statuses::table.filter(before))
            .execute(conn)
            .await?;
    }
    let entries: Result<Vec<StatusRow>, StoreError> = plan
        .statuses
        .iter()
        .map(|entry: &StatusEntry| StatusRow::try_from(entry))
        .collect();
    bulk::insert(conn, entries?)
        .await
        .or_duplicate(StoreError::Conflict)?;
    let media: Result<Vec<MediaRow>, StoreError> = plan
        .media
        .iter()
        .map(|new| MediaRow::new(new, now))
        .collect();
    bulk::insert(conn, media?).await?;
    Ok(())
}

/// What is sent from here has a wider row: what others wrote costs nothing by it.
async fn new_messages(conn: &mut Conn, plan: &Plan) -> Result<(), Fault> {
    let (mut theirs, mut sent) = (Vec::new(), Vec::new());
    for message in &plan.new_messages {
        match &message.job {
            None => theirs.push(MessageRow::try_from(message)?),
            Some(job) => {
                let body = plan.bodies.get(&message.id);
                let body = body.ok_or(StoreError::Forbidden("a message without a body"))?;
                sent.push(SentRow::new(message, job, body)?);
            }
        }
    }
    bulk::insert(conn, theirs)
        .await
        .or_duplicate(StoreError::Conflict)?;
    bulk::insert(conn, sent)
        .await
        .or_duplicate(StoreError::Conflict)?;
    Ok(())
}

/// Writes the places in the queue. A message that is settled loses its place: what is kept of its job stands in its own
/// row, which was just written.
async fn places(conn: &mut Conn, plan: &Plan, known: &Known) -> Result<(), Fault> {
    let (mut new, mut changed, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for message in plan.new_messages.iter().chain(&plan.changed_messages) {
        let Some(job) = &message.job else {
            continue;
        };
        match (known.places.get(&message.id.0), PlaceRow::of(message, job)?) {
            (None, Some(place)) => new.push(place),
            (Some(before), Some(place)) if *before != place => changed.push(place),
            (Some(before), None) => gone.push(before.id),
            _ => {}
        }
    }
    bulk::insert(conn, new)
        .await
        .or_duplicate(StoreError::Conflict)?;
    bulk::update(conn, changed).await?;
    if !gone.is_empty() {
        diesel::delete(outbox::table.filter(outbox::id.among(gone)))
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Writes changed messages with their jobs; `due_at` of a job is the next attempt.
async fn changed_messages(conn: &mut Conn, plan: &Plan) -> Result<(), Fault> {
    let (mut theirs, mut sent) = (Vec::new(), Vec::new());
    for message in &plan.changed_messages {
        match &message.job {
            None => theirs.push(MessageChange::try_from(message)?),
            Some(job) => sent.push(SentChange::new(message, job)?),
        }
    }
    let changed = bulk::update(conn, theirs).await? + bulk::update(conn, sent).await?;
    match changed == plan.changed_messages.len() {
        true => Ok(()),
        false => Err(StoreError::Conflict.into()),
    }
}

/// What waits, and what waits no more.
async fn settle(conn: &mut Conn, plan: &Plan) -> Result<(), Fault> {
    let mut settled: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (account, wamid) in &plan.settled {
        settled
            .entry(account.0)
            .or_default()
            .push(wamid.to_string());
    }
    for (account, wamids) in settled {
        let of_account = waiting::table
            .filter(waiting::account_id.eq(U(account)))
            .filter(waiting::wamid.among(wamids));
        diesel::delete(of_account).execute(conn).await?;
    }
    let new: Result<Vec<WaitingRow>, StoreError> =
        plan.waiting.iter().map(WaitingRow::try_from).collect();
    bulk::insert(conn, new?)
        .await
        .or_duplicate(StoreError::Conflict)?;
    Ok(())
}

/// What is told of an account: `None` leaves a column as it is.
#[derive(AsChangeset)]
#[diesel(table_name = accounts)]
struct PatchRow {
    verified_name: Option<String>,
    name_status: Option<String>,
    throughput_level: Option<String>,
    messaging_limit: Option<String>,
    status: Option<String>,
    quality_rating: Option<String>,
    standing: Option<J>,
    updated_at: T,
}

async fn change_account(
    conn: &mut Conn,
    org: OrgId,
    account: AccountId,
    patch: &AccountPatch,
    now: Time,
) -> Result<(), Fault> {
    let row = PatchRow {
        verified_name: opt_text(patch.verified_name.as_deref())?,
        name_status: opt_text(patch.name_status.as_deref())?,
        throughput_level: opt_text(patch.throughput_level.as_deref())?,
        messaging_limit: opt_text(patch.messaging_limit.as_deref())?,
        status: opt_text(patch.status.as_deref())?,
        quality_rating: opt_text(patch.quality_rating.as_deref())?,
        standing: patch.standing.as_ref().map(json).transpose()?,
        updated_at: T(now),
    };
    let own = accounts::table
        .find(U(account.0))
        .filter(accounts::org_id.eq(U(org.0)));
    diesel::update(own)
        .set((row, accounts::version.eq(accounts::version + 1)))
        .execute(conn)
        .await?;
    Ok(())
}
