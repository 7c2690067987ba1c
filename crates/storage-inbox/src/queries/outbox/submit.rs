//! New messages, and the names of the calls that brought them.

use std::collections::{HashMap, hash_map::Entry};

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    ids::{IdBlock, MessageId, OrgId},
    inbound::Fact,
    inbox::Item,
    message::Message,
};
use wabakit_ports::store::{Facts, IdempotencyKey, StoreError, Submission, Submitted};

use super::super::{Conn, Db, apply, bulk, dispatch};
use crate::{
    error::{Fault, Violation as _},
    rows::KeptRow,
    schema::idempotency_keys as keys,
    types::{T, U},
};

pub(super) async fn submit(
    conn: &mut Conn,
    submissions: &[Submission],
    ids: IdBlock,
    now: Time,
) -> Result<(Vec<Submitted>, Facts), Fault> {
    let (known, new) = sort(conn, submissions, now).await?;
    let queued = submissions.iter().zip(&known);
    let queued = queued.filter(|(_, known)| known.is_none());
    let items: Vec<Item> = queued.flat_map(|(one, _)| items(one, now)).collect();
    let plan = apply::write(conn, &items, ids, now).await?;
    bulk::insert(conn, new)
        .await
        .or_duplicate(StoreError::Conflict)?;
    let queued = submissions.iter().zip(&known);
    let queued = queued.filter(|(_, known)| known.is_none());
    let audit = queued.flat_map(|(one, _)| one.audit.iter().cloned());
    let audit = audit.collect();
    let written = plan.new_messages.into_iter();
    let mut written: HashMap<MessageId, Message> = written.map(|one| (one.id, one)).collect();
    let answers = submissions.iter().zip(known).map(|(one, known)| {
        known.unwrap_or_else(|| {
            let ids = one.messages.iter().map(|(_, compose)| compose.message);
            Submitted::Queued(ids.filter_map(|id| written.remove(&id)).collect())
        })
    });
    let facts = Facts {
        audit,
        events: plan.events,
    };
    Ok((answers.collect(), facts))
}

/// The answers of those that were made before, and the names of the others, in order.
async fn sort(
    conn: &mut Conn,
    submissions: &[Submission],
    now: Time,
) -> Result<(Vec<Option<Submitted>>, Vec<KeptRow>), Fault> {
    let mut asked = Vec::new();
    for one in submissions {
        if let Some(key) = &one.key {
            asked.push(KeptRow::new(one, key, now)?);
        }
    }
    let mut kept: HashMap<(OrgId, String), KeptRow> = HashMap::new();
    if !asked.is_empty() {
        for row in dispatch::kept(conn, asked).await? {
            kept.insert((OrgId(row.org_id.0), row.key.clone()), row);
        }
    }
    let (mut known, mut new) = (Vec::with_capacity(submissions.len()), Vec::new());
    for one in submissions {
        let Some(key) = &one.key else {
            known.push(None);
            continue;
        };
        known.push(match kept.entry((one.org, key.key.clone())) {
            Entry::Occupied(kept) => Some(kept.get().answer(key)),
            Entry::Vacant(none) => {
                new.push(none.insert(KeptRow::new(one, key, now)?).clone());
                None
            }
        });
    }
    // Two writes that insert the same ones wait for each other in one order.
    new.sort_by(|a, b| (a.org_id.0, &a.key).cmp(&(b.org_id.0, &b.key)));
    Ok((known, new))
}

fn items(one: &Submission, now: Time) -> impl Iterator<Item = Item> {
    one.messages.iter().map(move |(account, compose)| Item {
        org: one.org,
        accounts: vec![*account],
        received_at: now,
        told_at: None,
        extra: None,
        digest: None,
        fact: Fact::Compose(Box::new(compose.clone())),
    })
}

pub(super) async fn repeated(
    conn: &mut Conn,
    org: OrgId,
    key: &IdempotencyKey,
) -> QueryResult<Option<Submitted>> {
    let kept: Option<KeptRow> = keys::table
        .find((U(org.0), &key.key))
        .select(KeptRow::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()?;
    Ok(kept.map(|kept| kept.answer(key)))
}

/// Forgets calls' names.
pub(in super::super) async fn prune(
    conn: &mut Conn,
    before: Time,
    limit: i64,
) -> QueryResult<usize> {
    let old: Vec<(U, String)> = keys::table
        .filter(keys::created_at.lt(T(before)))
        .order(keys::created_at.asc())
        .limit(limit)
        .select((keys::org_id, keys::key))
        .load(conn)
        .await?;
    let mut gone = 0;
    for key in old {
        gone += diesel::delete(keys::table.find(key)).execute(conn).await?;
    }
    Ok(gone)
}
