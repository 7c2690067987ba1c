//! The journal: batches of deliveries, and splitting them.

use async_trait::async_trait;
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    delivery::Delivery,
    ids::{DeliveryId, JournalBatchId, MetaAppId},
};
use wabakit_ports::store::{
    DeliveryOverview, JournalBatch, JournalStore, Page, PageRequest, Rejections, SplitWrite,
    StoreError,
};

use super::{Conn, Db, Store, bulk, ids, traffic};
use crate::{
    among::AmongValues as _,
    error::{Fault, Violation as _},
    rows::{BatchRow, ChangeRow, DeliveryRow, QueueRow},
    schema::{deliveries, journal_batches as batches},
    types::U,
    values::text,
};

/// The most batches of one read, however small they are.
const BATCHES: i64 = 512;

async fn append(conn: &mut Conn, batch: &JournalBatch) -> Result<(), Fault> {
    const THERE: StoreError = StoreError::Duplicate("the batch");
    let rows = batch
        .deliveries
        .iter()
        .cloned()
        .map(DeliveryRow::from)
        .collect();
    bulk::insert(conn, rows).await.or_duplicate(THERE)?;
    bulk::insert(conn, vec![BatchRow::from(batch)])
        .await
        .or_duplicate(THERE)?;
    Ok(())
}

async fn unsplit(conn: &mut Conn, max_bytes: usize) -> Result<Vec<JournalBatch>, Fault> {
    let waiting: Vec<BatchRow> = batches::table
        .order(batches::id.asc())
        .limit(BATCHES)
        .select(BatchRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let (mut found, mut bytes) = (Vec::new(), 0);
    for batch in waiting {
        if bytes >= max_bytes && !found.is_empty() {
            break;
        }
        bytes = bytes.saturating_add(usize::try_from(batch.bytes).unwrap_or_default());
        found.push(whole(conn, batch).await?);
    }
    Ok(found)
}

/// Loads a batch with its deliveries, by one range in each statement: for many ranges at once, PostgreSQL reads the
/// whole table.
async fn whole(conn: &mut Conn, batch: BatchRow) -> QueryResult<JournalBatch> {
    let rows: Vec<DeliveryRow> = deliveries::table
        .filter(deliveries::id.gt(batch.id))
        .filter(deliveries::id.le(batch.last_id))
        .order(deliveries::id.asc())
        .select(DeliveryRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    Ok(JournalBatch {
        id: JournalBatchId(batch.id.0),
        deliveries: rows.into_iter().map(Delivery::from).collect(),
    })
}

async fn split(conn: &mut Conn, write: &SplitWrite) -> Result<(), Fault> {
    let split = batches::table.filter(batches::id.among(ids(&write.batches, |id| id.0)));
    if diesel::delete(split).execute(conn).await? != write.batches.len() {
        return Err(StoreError::Conflict.into());
    }
    let of_others = write
        .changes
        .iter()
        .map(|change| change.delivery)
        .chain(write.unreadable.iter().map(|(id, _)| *id))
        .any(|id| !write.batches.contains(&JournalBatchId(BatchRow::of(id.0))));
    if of_others {
        return Err(StoreError::Missing("the delivery").into());
    }
    let queue = write
        .changes
        .iter()
        .map(|change| QueueRow::new(change.id, &change.lane, change.raw.len(), false))
        .collect();
    let changes: Vec<ChangeRow> = write
        .changes
        .iter()
        .cloned()
        .map(ChangeRow::try_from)
        .collect::<Result<_, _>>()?;
    bulk::insert(conn, changes)
        .await
        .or_duplicate(StoreError::Duplicate("the change"))?;
    bulk::insert(conn, queue).await?;
    for (id, problem) in &write.unreadable {
        diesel::update(deliveries::table.find(U(id.0)))
            .set(deliveries::problem.eq(text(&problem.replace('\0', " "))?))
            .execute(conn)
            .await?;
    }
    Ok(())
}

type OverviewRow = (U, Option<U>, crate::types::T, i64, Option<String>);

async fn overviews(
    conn: &mut Conn,
    unreadable_only: bool,
    page: PageRequest<DeliveryId>,
) -> Result<Page<DeliveryOverview, DeliveryId>, Fault> {
    let mut query = deliveries::table
        .order(deliveries::id.desc())
        .limit(page.limit.get() + 1)
        .select((
            deliveries::id,
            deliveries::meta_app_id,
            deliveries::received_at,
            // On a blob and on bytea, `length` counts bytes.
            sql::<BigInt>("CAST(length(body) AS bigint)"),
            deliveries::problem,
        ))
        .into_boxed::<Db>();
    if let Some(before) = page.after {
        query = query.filter(deliveries::id.lt(U(before.0)));
    }
    if unreadable_only {
        query = query.filter(deliveries::problem.is_not_null());
    }
    let rows: Vec<OverviewRow> = query.load(conn).await?;
    let found = rows
        .into_iter()
        .map(|(id, app, received_at, size, problem)| DeliveryOverview {
            id: DeliveryId(id.0),
            app: app.map(|app| MetaAppId(app.0)),
            received_at: received_at.0,
            size,
            problem,
        })
        .collect();
    Ok(Page::cut(found, page.limit, |one| one.id))
}

/// Deletes old deliveries whose batch has been split.
pub(super) async fn prune(conn: &mut Conn, before: Time, limit: i64) -> QueryResult<usize> {
    let is_unsplit = batches::table
        .filter(batches::id.lt(deliveries::id))
        .filter(batches::last_id.ge(deliveries::id));
    let old: Vec<U> = deliveries::table
        .filter(deliveries::received_at.lt(crate::types::T(before)))
        .filter(not(exists(is_unsplit)))
        .order(deliveries::received_at.asc())
        .limit(limit)
        .select(deliveries::id)
        .load(conn)
        .await?;
    diesel::delete(deliveries::table.filter(deliveries::id.eq_any(old)))
        .execute(conn)
        .await
}

#[async_trait]
impl JournalStore for Store {
    async fn append(&self, batch: JournalBatch) -> Result<(), StoreError> {
        self.0
            .write(batch, |conn, batch| Box::pin(append(conn, batch)))
            .await
    }

    async fn unsplit(&self, max_bytes: usize) -> Result<Vec<JournalBatch>, StoreError> {
        self.0
            .read(max_bytes, |conn, max_bytes| {
                Box::pin(unsplit(conn, *max_bytes))
            })
            .await
    }

    async fn split(&self, write: SplitWrite) -> Result<(), StoreError> {
        self.0
            .write(write, |conn, write| Box::pin(split(conn, write)))
            .await
    }

    async fn unsplit_count(&self, most: i64) -> Result<i64, StoreError> {
        self.0
            .read((), |conn, ()| {
                Box::pin(async move {
                    let counts: Vec<i64> = batches::table
                        .select(batches::deliveries)
                        .limit(100_000)
                        .load(conn)
                        .await?;
                    Ok(counts.into_iter().sum::<i64>())
                })
            })
            .await
            .map(|count: i64| count.min(most.max(0)))
    }

    async fn deliveries(
        &self,
        unreadable_only: bool,
        page: PageRequest<DeliveryId>,
    ) -> Result<Page<DeliveryOverview, DeliveryId>, StoreError> {
        self.0
            .read((unreadable_only, page), |conn, (unreadable_only, page)| {
                Box::pin(overviews(conn, *unreadable_only, *page))
            })
            .await
    }

    async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        self.0
            .read(id, |conn, id| {
                Box::pin(async move {
                    let row = deliveries::table
                        .find(U(id.0))
                        .select(DeliveryRow::as_select())
                        .into_boxed::<Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(Into::into))
                })
            })
            .await
    }

    async fn record_rejections(&self, rejections: Vec<Rejections>) -> Result<(), StoreError> {
        self.0
            .write(rejections, |conn, told| {
                Box::pin(traffic::reject(conn, told))
            })
            .await
    }

    async fn rejections(&self, since: Time, limit: i64) -> Result<Vec<Rejections>, StoreError> {
        self.0
            .read((since, limit), |conn, (since, limit)| {
                Box::pin(traffic::rejections(conn, *since, *limit))
            })
            .await
    }
}
