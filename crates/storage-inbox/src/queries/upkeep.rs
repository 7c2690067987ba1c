//! Turns, and pruning.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::Time;
use wabakit_ports::store::{Retention, StoreError, UpkeepStore};

use super::{Conn, Store, changes, events, hold, journal, outbox, parked, traffic};
use crate::{
    error::Fault,
    schema::{applied_digests as digests, turns, waiting_updates as waiting},
    types::{T, U},
    values::text,
};

async fn take(
    conn: &mut Conn,
    names: &[String],
    owner: Uuid,
    now: Time,
    until: Time,
) -> Result<Option<String>, Fault> {
    hold(conn, "turns").await?;
    let taken: Vec<(String, U, T)> = turns::table
        .filter(turns::name.eq_any(names))
        .load(conn)
        .await?;
    let last = |name: &&String| taken.iter().find(|(known, ..)| known == *name);
    let is_held = |name: &&String| last(name).is_some_and(|(.., until)| until.0 > now);
    let own = names
        .iter()
        .find(|name| is_held(name) && last(name).is_some_and(|(_, of, _)| of.0 == owner));
    let free = || {
        let free = names.iter().filter(|name| !is_held(name));
        free.min_by_key(|name| last(name).map(|(.., until)| until.0))
    };
    let Some(name) = own.or_else(free) else {
        return Ok(None);
    };
    let turn = (turns::owner.eq(U(owner)), turns::until.eq(T(until)));
    diesel::insert_into(turns::table)
        .values((turns::name.eq(text(name)?), turn))
        .on_conflict(turns::name)
        .do_update()
        .set(turn)
        .execute(conn)
        .await?;
    Ok(Some(name.clone()))
}

async fn end(conn: &mut Conn, name: &str, owner: Uuid, now: Time) -> Result<(), Fault> {
    let held = turns::table
        .find(name)
        .filter(turns::owner.eq(U(owner)))
        .filter(turns::until.gt(T(now)));
    diesel::update(held)
        .set(turns::until.eq(T(now)))
        .execute(conn)
        .await?;
    Ok(())
}

async fn lapse(conn: &mut Conn, before: Time, limit: i64) -> QueryResult<usize> {
    let old: Vec<(String, U, String)> = waiting::table
        .filter(waiting::received_at.lt(T(before)))
        .limit(limit)
        .select((waiting::wamid, waiting::account_id, waiting::key))
        .load(conn)
        .await?;
    let mut gone = 0;
    for key in old {
        gone += diesel::delete(waiting::table.find(key))
            .execute(conn)
            .await?;
    }
    Ok(gone)
}

async fn forget_digests(conn: &mut Conn, before: Time, limit: i64) -> QueryResult<usize> {
    let old: Vec<Vec<u8>> = digests::table
        .filter(digests::applied_at.lt(T(before)))
        .order(digests::applied_at.asc())
        .limit(limit)
        .select(digests::digest)
        .load(conn)
        .await?;
    let old = digests::table
        .filter(digests::digest.eq_any(old))
        .filter(digests::applied_at.lt(T(before)));
    diesel::delete(old).execute(conn).await
}

/// Kinds of rows that are pruned. Each is pruned in a write of its own, so that none blocks receiving for long.
#[derive(Clone, Copy)]
enum Kind {
    Deliveries,
    Homeless,
    /// After the parked items, which keep their change.
    Changes,
    Events,
    Waiting,
    Digests,
    Counts,
    Calls,
}

const KINDS: [Kind; 8] = [
    Kind::Deliveries,
    Kind::Homeless,
    Kind::Changes,
    Kind::Events,
    Kind::Waiting,
    Kind::Digests,
    Kind::Counts,
    Kind::Calls,
];

async fn prune(conn: &mut Conn, kind: Kind, keep: Retention, limit: i64) -> Result<usize, Fault> {
    let gone = match kind {
        Kind::Deliveries => journal::prune(conn, keep.deliveries, limit).await,
        Kind::Homeless => parked::prune(conn, keep.waiting, limit).await,
        Kind::Changes => changes::prune(conn, keep.changes, limit).await,
        Kind::Events => events::prune(conn, keep.events, limit).await,
        Kind::Waiting => lapse(conn, keep.waiting, limit).await,
        Kind::Digests => forget_digests(conn, keep.digests, limit).await,
        Kind::Counts => traffic::prune(conn, keep.counts).await,
        Kind::Calls => outbox::prune_keys(conn, keep.idempotency_keys, limit).await,
    };
    Ok(gone?)
}

#[async_trait]
impl UpkeepStore for Store {
    async fn take_turn(
        &self,
        turns: &[String],
        owner: Uuid,
        now: Time,
        until: Time,
    ) -> Result<Option<String>, StoreError> {
        self.0
            .write(
                (turns.to_vec(), owner, now, until),
                |conn, (turns, owner, now, until)| {
                    Box::pin(take(conn, turns, *owner, *now, *until))
                },
            )
            .await
    }

    async fn end_turn(&self, turn: &str, owner: Uuid, now: Time) -> Result<(), StoreError> {
        self.0
            .write((turn.to_owned(), owner, now), |conn, (turn, owner, now)| {
                Box::pin(end(conn, turn, *owner, *now))
            })
            .await
    }

    async fn prune(&self, retention: Retention, limit: i64) -> Result<i64, StoreError> {
        let mut gone = 0;
        for kind in KINDS {
            gone += self
                .0
                .write(
                    (kind, retention, limit.max(0)),
                    |conn, (kind, keep, limit)| Box::pin(prune(conn, *kind, *keep, *limit)),
                )
                .await?;
        }
        Ok(i64::try_from(gone).unwrap_or(i64::MAX))
    }
}
