//! The ordered event log of an organisation.

use std::collections::BTreeMap;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{Time, event::Event, ids::OrgId};
use wabakit_ports::store::{EventPage, EventStore, StoreError};

use super::Db;
use super::{Conn, Store, ids};
use crate::{
    error::Fault,
    events::{EventRow, HeadRow},
    schema::{event_heads as heads, org_events as events},
    types::{T, U},
};

async fn end_of(conn: &mut Conn, org: OrgId) -> QueryResult<i64> {
    let end = heads::table.find(U(org.0)).select(heads::sequence);
    Ok(end.first(conn).await.optional()?.unwrap_or(0))
}

async fn after(conn: &mut Conn, org: OrgId, after: i64, limit: i64) -> Result<EventPage, Fault> {
    // The end is read first, so that the events that are read after it reach at least as far.
    let end = end_of(conn, org).await?;
    let rows: Vec<EventRow> = events::table
        .filter(events::org_id.eq(U(org.0)))
        .filter(events::sequence.gt(after))
        .order(events::sequence.asc())
        .limit(limit.max(1))
        .select(EventRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let first = rows.as_slice().first().map_or(end + 1, |row| row.sequence);
    if after < end && first > after.saturating_add(1) {
        return Ok(EventPage::Gone { oldest: first });
    }
    let mut next = after;
    let read = rows.into_iter().map_while(|row| {
        next += 1;
        (row.sequence == next).then(|| Event::try_from(row))
    });
    let mut read: Vec<Event> = read.collect::<Result<_, StoreError>>()?;
    read.truncate(usize::try_from(limit).unwrap_or(0));
    let head = read
        .as_slice()
        .last()
        .map_or(end, |last| end.max(last.sequence));
    Ok(EventPage::Events { events: read, head })
}

/// Deletes old events, from the beginning of each log.
pub(super) async fn prune(conn: &mut Conn, before: Time, limit: i64) -> QueryResult<usize> {
    let old: Vec<(U, i64)> = events::table
        .filter(events::at.lt(T(before)))
        .order(events::at.asc())
        .limit(limit)
        .select((events::org_id, events::sequence))
        .load(conn)
        .await?;
    let mut last: BTreeMap<uuid::Uuid, i64> = BTreeMap::new();
    for (org, sequence) in old {
        let last = last.entry(org.0).or_insert(sequence);
        *last = sequence.max(*last);
    }
    let mut gone = 0;
    for (org, last) in last {
        let own = events::table
            .filter(events::org_id.eq(U(org)))
            .filter(events::sequence.le(last))
            .filter(events::at.lt(T(before)));
        gone += diesel::delete(own).execute(conn).await?;
    }
    Ok(gone)
}

#[async_trait]
impl EventStore for Store {
    async fn events_after(
        &self,
        org: OrgId,
        cursor: i64,
        limit: i64,
    ) -> Result<EventPage, StoreError> {
        self.0
            .read((org, cursor, limit), |conn, (org, cursor, limit)| {
                Box::pin(after(conn, *org, *cursor, *limit))
            })
            .await
    }

    async fn event_heads(&self, orgs: &[OrgId]) -> Result<Vec<(OrgId, i64)>, StoreError> {
        self.0
            .read(ids(orgs, |org| org.0), |conn, orgs| {
                Box::pin(async move {
                    let rows: Vec<HeadRow> = heads::table
                        .filter(heads::org_id.eq_any(orgs))
                        .select(HeadRow::as_select())
                        .into_boxed::<Db>()
                        .load(conn)
                        .await?;
                    let heads = rows
                        .into_iter()
                        .map(|row| (OrgId(row.org_id.0), row.sequence));
                    Ok(heads.collect())
                })
            })
            .await
    }
}
