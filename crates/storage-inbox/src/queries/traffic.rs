//! Counts by the minute: traffic and rejections.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;
use wabakit_domain::{Time, ids::OrgId};
use wabakit_ports::store::{Rejections, StoreError, TrafficMinute};

use super::Conn;
use super::Db;
use crate::{
    error::Fault,
    rows::{RejectionsRow, TrafficRow},
    schema::{rejections, traffic_minutes as traffic},
    types::{T, U},
};

/// Adds to the counts of rejections, in the order of their keys, so that two writes cannot wait for each other. A
/// minute has a handful of counts.
pub(super) async fn reject(conn: &mut Conn, told: &[Rejections]) -> Result<(), Fault> {
    let rows: Result<Vec<RejectionsRow>, StoreError> =
        told.iter().map(RejectionsRow::try_from).collect();
    let mut rows = rows?;
    rows.sort_by(|a, b| key_of(a).cmp(&key_of(b)));
    for told in rows {
        diesel::insert_into(rejections::table)
            .values(&told)
            .on_conflict((
                rejections::minute,
                rejections::meta_app_id,
                rejections::reason,
            ))
            .do_update()
            .set(rejections::count.eq(rejections::count + told.count))
            .execute(conn)
            .await?;
        let older = rejections::table
            .find((told.minute, told.meta_app_id, told.reason))
            .filter(rejections::last_at.le(told.last_at));
        diesel::update(older)
            .set((
                rejections::last_address.eq(told.last_address),
                rejections::last_at.eq(told.last_at),
            ))
            .execute(conn)
            .await?;
    }
    Ok(())
}

fn key_of(row: &RejectionsRow) -> (Time, Uuid, &str) {
    (row.minute.0, row.meta_app_id.0, &row.reason)
}

pub(super) async fn rejections(
    conn: &mut Conn,
    since: Time,
    limit: i64,
) -> Result<Vec<Rejections>, Fault> {
    let rows: Vec<RejectionsRow> = rejections::table
        .filter(rejections::minute.ge(T(since)))
        .order((
            rejections::minute.desc(),
            rejections::meta_app_id.desc(),
            rejections::reason.desc(),
        ))
        .limit(limit.max(0))
        .select(RejectionsRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Adds to the counts of traffic, in the order of their keys.
pub(super) async fn record(conn: &mut Conn, minutes: &[TrafficMinute]) -> Result<(), Fault> {
    let rows: Result<Vec<TrafficRow>, StoreError> =
        minutes.iter().map(TrafficRow::try_from).collect();
    let mut rows = rows?;
    rows.sort_by(|a, b| {
        (a.org_id.0, a.minute.0, &a.waba_id).cmp(&(b.org_id.0, b.minute.0, &b.waba_id))
    });
    for told in rows {
        diesel::insert_into(traffic::table)
            .values(&told)
            .on_conflict((traffic::org_id, traffic::minute, traffic::waba_id))
            .do_update()
            .set((
                traffic::changes.eq(traffic::changes + told.changes),
                traffic::items.eq(traffic::items + told.items),
                traffic::parked.eq(traffic::parked + told.parked),
                traffic::latency_sum_ms.eq(traffic::latency_sum_ms + told.latency_sum_ms),
            ))
            .execute(conn)
            .await?;
        // The engines have no common function for the greater of two values.
        let minute = traffic::table.find((told.org_id, told.minute, told.waba_id));
        let slower = traffic::latency_max_ms.lt(told.latency_max_ms);
        diesel::update(minute.clone().filter(slower))
            .set(traffic::latency_max_ms.eq(told.latency_max_ms))
            .execute(conn)
            .await?;
        diesel::update(minute.filter(traffic::last_at.lt(told.last_at)))
            .set(traffic::last_at.eq(told.last_at))
            .execute(conn)
            .await?;
    }
    Ok(())
}

pub(super) async fn minutes(
    conn: &mut Conn,
    org: OrgId,
    since: Time,
) -> Result<Vec<TrafficMinute>, Fault> {
    let rows: Vec<TrafficRow> = traffic::table
        .filter(traffic::org_id.eq(U(org.0)))
        .filter(traffic::minute.ge(T(since)))
        .order((traffic::minute.asc(), traffic::waba_id.asc()))
        .select(TrafficRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// Deletes old counts. There are few, so all go at once.
pub(super) async fn prune(conn: &mut Conn, before: Time) -> QueryResult<usize> {
    let gone = diesel::delete(traffic::table.filter(traffic::minute.lt(T(before))))
        .execute(conn)
        .await?;
    let also = diesel::delete(rejections::table.filter(rejections::minute.lt(T(before))))
        .execute(conn)
        .await?;
    Ok(gone + also)
}
