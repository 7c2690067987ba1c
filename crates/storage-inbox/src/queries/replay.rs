//! Replays of parked items and of changes.

use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    delivery::{Lane, ParkedState},
    ids::ChangeId,
};
use wabakit_ports::store::{Replay, Scope};

use super::{Conn, Db, bulk, org_of, parked::HOMELESS};
use crate::{
    among::AmongValues as _,
    error::Fault,
    rows::{ChangeRow, QueueRow},
    schema::{change_queue as queue, changes, parked_items as parked},
    types::{T, U},
};

/// The most changes of a range that one call queues.
const STEP: i64 = 1_000;

pub(super) async fn replay(
    conn: &mut Conn,
    scope: Scope,
    which: &Replay,
    after: Option<ChangeId>,
    now: Time,
) -> Result<(i64, Option<ChangeId>), Fault> {
    if let Replay::Range(from, to) = which {
        return range(conn, scope, (*from, *to), after).await;
    }
    let mut wanted = parked::table.select(parked::id).into_boxed::<Db>();
    if let Some(org) = org_of(scope) {
        wanted = wanted.filter(parked::org_id.eq(org));
    }
    wanted = match which {
        Replay::Item(id) => wanted.filter(parked::id.eq(U(id.0))),
        Replay::Homeless(lanes) => wanted
            .filter(sql::<Bool>(HOMELESS))
            .filter(parked::lane.among(lanes.iter().map(Lane::key).collect::<Vec<_>>())),
        Replay::Parked | Replay::Range(..) => {
            wanted.filter(parked::state.ne(ParkedState::Retrying.as_str()))
        }
    };
    let wanted: Vec<U> = wanted.load(conn).await?;
    let mut again = 0;
    for wanted in wanted.chunks(10_000) {
        again += diesel::update(parked::table.filter(parked::id.eq_any(wanted.to_vec())))
            .set((
                parked::state.eq(ParkedState::Retrying.as_str()),
                parked::next_at.eq(T(now)),
            ))
            .execute(conn)
            .await?;
    }
    Ok((i64::try_from(again).unwrap_or(i64::MAX), None))
}

async fn range(
    conn: &mut Conn,
    scope: Scope,
    (from, to): (Time, Time),
    after: Option<ChangeId>,
) -> Result<(i64, Option<ChangeId>), Fault> {
    let is_queued = queue::table.filter(queue::change_id.eq(changes::id));
    let mut query = changes::table
        .filter(changes::received_at.ge(T(from)))
        .filter(changes::received_at.lt(T(to)))
        .filter(not(exists(is_queued)))
        .order(changes::id.asc())
        .limit(STEP)
        .select(ChangeRow::as_select())
        .into_boxed::<Db>();
    if let Some(org) = org_of(scope) {
        query = query.filter(changes::org_id.eq(org));
    }
    if let Some(after) = after {
        query = query.filter(changes::id.gt(U(after.0)));
    }
    let rows: Vec<ChangeRow> = query.load(conn).await?;
    let queue: Vec<QueueRow> = rows
        .iter()
        .map(|row| {
            QueueRow::new(
                ChangeId(row.id.0),
                &Lane::read(&row.lane),
                row.raw.len(),
                true,
            )
        })
        .collect();
    let queued = i64::try_from(queue.len()).unwrap_or(i64::MAX);
    bulk::replace(conn, queue, "change_id").await?;
    Ok((queued, rows.last().map(|row| ChangeId(row.id.0))))
}
