//! Changes: the queue, and their overviews.

use async_trait::async_trait;
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    Time,
    audit::NewAuditEvent,
    delivery::{Change, Lane, ParkedItem, ParkedState, Route},
    ids::{AccountId, ChangeId, OrgId, ParkedItemId, PhoneNumberId, WabaId},
};
use wabakit_ports::store::{
    Applied, ApplyBatch, ChangeFilter, ChangeOverview, ChangeStore, Facts, Page, PageRequest,
    QueueLimit, QueuedChange, Replay, Scope, StoreError, TrafficMinute,
};

use super::{Conn, Db, Store, apply, org_of, parked, queue, replay, traffic};
use crate::{
    among::AmongValues as _,
    error::Fault,
    rows::{ChangeRow, ParkedRow, without_bytes},
    schema::{
        change_queue, changes, grants, meta_apps, parked_items, whatsapp_accounts as accounts,
    },
    types::{T, U},
    values::text,
};

async fn routes(
    conn: &mut Conn,
    numbers: &[String],
    wabas: &[String],
) -> Result<Vec<Route>, Fault> {
    type Row = (U, U, String, String, String, String);
    let asked = accounts::phone_number_id
        .among(numbers.to_vec())
        .or(accounts::waba_id.among(wabas.to_vec()));
    let rows: Vec<Row> = accounts::table
        .inner_join(grants::table.inner_join(meta_apps::table))
        .filter(accounts::is_active)
        .filter(asked)
        .select((
            accounts::org_id,
            accounts::id,
            accounts::phone_number_id,
            accounts::display_phone_number,
            accounts::waba_id,
            meta_apps::app_id,
        ))
        .load(conn)
        .await?;
    let routes = rows
        .into_iter()
        .map(|(org, account, number, shown, waba, app)| Route {
            org: OrgId(org.0),
            account: AccountId(account.0),
            phone_number_id: number.into(),
            display_phone_number: shown,
            waba_id: waba.into(),
            app_id: Some(app),
        });
    Ok(routes.collect())
}

async fn page(
    conn: &mut Conn,
    scope: Scope,
    filter: &ChangeFilter,
    page: PageRequest<ChangeId>,
) -> Result<Page<ChangeOverview, ChangeId>, Fault> {
    let mut query = changes::table
        .order(changes::id.desc())
        .limit(page.limit.get() + 1)
        .select(ChangeRow::as_select())
        .into_boxed::<Db>();
    if let Some(before) = page.after {
        query = query.filter(changes::id.lt(U(before.0)));
    }
    if let Some(org) = org_of(scope) {
        query = query.filter(changes::org_id.eq(org));
    }
    if let Some(field) = &filter.field {
        query = query.filter(changes::field.eq(text(field)?));
    }
    if let Some(from) = filter.from {
        query = query.filter(changes::received_at.ge(T(from)));
    }
    if let Some(to) = filter.to {
        query = query.filter(changes::received_at.lt(T(to)));
    }
    let rows: Vec<ChangeRow> = query.load(conn).await?;
    let mut found = overviews(conn, rows).await?;
    for one in &mut found {
        one.change.raw = Vec::new();
    }
    Ok(Page::cut(found, page.limit, |one| one.change.id))
}

/// Adds to each change whether it is queued, and its parked items.
async fn overviews(conn: &mut Conn, rows: Vec<ChangeRow>) -> Result<Vec<ChangeOverview>, Fault> {
    let ids: Vec<U> = rows.iter().map(|row| row.id).collect();
    let queued: Vec<U> = change_queue::table
        .filter(change_queue::change_id.among(ids.clone()))
        .select(change_queue::change_id)
        .load(conn)
        .await?;
    let parked: Vec<ParkedRow> = parked_items::table
        .filter(parked_items::change_id.among(ids))
        .order(parked_items::id.asc())
        .select(ParkedRow::as_select())
        .into_boxed::<Db>()
        .load(conn)
        .await?;
    let parked: Result<Vec<ParkedItem>, _> = parked.into_iter().map(without_bytes).collect();
    let parked = parked?;
    let overviews = rows.into_iter().map(|row| {
        let is_queued = queued.contains(&row.id);
        let change = Change::from(row);
        let of_this = parked.iter().filter(|item| item.change == change.id);
        ChangeOverview {
            size: i64::try_from(change.raw.len()).unwrap_or(i64::MAX),
            is_queued,
            parked: of_this.cloned().collect(),
            change,
        }
    });
    Ok(overviews.collect())
}

async fn one(conn: &mut Conn, scope: Scope, id: ChangeId) -> Result<Option<ChangeOverview>, Fault> {
    let row: Option<ChangeRow> = changes::table
        .find(U(id.0))
        .select(ChangeRow::as_select())
        .into_boxed::<Db>()
        .first(conn)
        .await
        .optional()?;
    let own = row.filter(|row| org_of(scope).is_none_or(|org| row.org_id == Some(org)));
    Ok(overviews(conn, own.into_iter().collect()).await?.pop())
}

/// Deletes old changes that are applied and have no parked items.
pub(super) async fn prune(conn: &mut Conn, before: Time, limit: i64) -> QueryResult<usize> {
    let is_queued = change_queue::table.filter(change_queue::change_id.eq(changes::id));
    let is_parked = parked_items::table.filter(parked_items::change_id.eq(changes::id));
    let old: Vec<U> = changes::table
        .filter(changes::received_at.lt(T(before)))
        .filter(not(exists(is_queued)))
        .filter(not(exists(is_parked)))
        .order(changes::received_at.asc())
        .limit(limit)
        .select(changes::id)
        .load(conn)
        .await?;
    diesel::delete(changes::table.filter(changes::id.eq_any(old)))
        .execute(conn)
        .await
}

#[async_trait]
impl ChangeStore for Store {
    async fn routes(
        &self,
        numbers: &[PhoneNumberId],
        wabas: &[WabaId],
    ) -> Result<Vec<Route>, StoreError> {
        let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        let wabas: Vec<String> = wabas.iter().map(ToString::to_string).collect();
        self.0
            .read((numbers, wabas), |conn, (numbers, wabas)| {
                Box::pin(routes(conn, numbers, wabas))
            })
            .await
    }

    async fn queued(
        &self,
        partition: u8,
        after: Option<Lane>,
        limit: QueueLimit,
    ) -> Result<Vec<QueuedChange>, StoreError> {
        self.0
            .read(
                (partition, after, limit),
                |conn, (partition, after, limit)| {
                    Box::pin(queue::queued(conn, *partition, after.as_ref(), *limit))
                },
            )
            .await
    }

    async fn apply(&self, batch: ApplyBatch) -> Result<Applied, StoreError> {
        let (media, heads) = self
            .0
            .record(batch, |conn, batch| Box::pin(apply::apply(conn, batch)))
            .await?;
        Ok(Applied { heads, media })
    }

    async fn due_retries(
        &self,
        now: Time,
        limit: i64,
    ) -> Result<Vec<(ParkedItem, Change)>, StoreError> {
        self.0
            .read((now, limit), |conn, (now, limit)| {
                Box::pin(parked::due(conn, *now, *limit))
            })
            .await
    }

    async fn replay(
        &self,
        scope: Scope,
        which: Replay,
        after: Option<ChangeId>,
        now: Time,
        audit: Vec<NewAuditEvent>,
    ) -> Result<(i64, Option<ChangeId>), StoreError> {
        let replay = self.0.record(
            (scope, which, (after, now), audit),
            |conn, (scope, which, (after, now), audit)| {
                Box::pin(async move {
                    let replayed = replay::replay(conn, *scope, which, *after, *now).await?;
                    let facts = match replayed.0 {
                        0 => Facts::default(),
                        _ => Facts::audit(audit),
                    };
                    Ok((replayed, facts))
                })
            },
        );
        Ok(replay.await?.0)
    }

    async fn discard(
        &self,
        scope: Scope,
        item: ParkedItemId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError> {
        let discard = self
            .0
            .record((scope, item, audit), |conn, (scope, item, audit)| {
                Box::pin(parked::discard(conn, *scope, *item, audit))
            });
        Ok(discard.await?.0)
    }

    async fn changes(
        &self,
        scope: Scope,
        filter: ChangeFilter,
        asked: PageRequest<ChangeId>,
    ) -> Result<Page<ChangeOverview, ChangeId>, StoreError> {
        self.0
            .read((scope, filter, asked), |conn, (scope, filter, asked)| {
                Box::pin(page(conn, *scope, filter, *asked))
            })
            .await
    }

    async fn change(
        &self,
        scope: Scope,
        id: ChangeId,
    ) -> Result<Option<ChangeOverview>, StoreError> {
        self.0
            .read((scope, id), |conn, (scope, id)| {
                Box::pin(one(conn, *scope, *id))
            })
            .await
    }

    async fn parked(
        &self,
        scope: Scope,
        state: Option<ParkedState>,
        page: PageRequest<ParkedItemId>,
    ) -> Result<Page<ParkedItem, ParkedItemId>, StoreError> {
        self.0
            .read((scope, state, page), |conn, (scope, state, page)| {
                Box::pin(parked::page(conn, *scope, *state, *page))
            })
            .await
    }

    async fn parked_item(
        &self,
        scope: Scope,
        id: ParkedItemId,
    ) -> Result<Option<ParkedItem>, StoreError> {
        self.0
            .read((scope, id), |conn, (scope, id)| {
                Box::pin(parked::one(conn, *scope, *id))
            })
            .await
    }

    async fn queued_count(&self, most: i64) -> Result<i64, StoreError> {
        self.0
            .read(most, |conn, most| Box::pin(queue::count(conn, *most)))
            .await
    }

    async fn record_traffic(&self, minutes: Vec<TrafficMinute>) -> Result<(), StoreError> {
        self.0
            .write(minutes, |conn, minutes| {
                Box::pin(traffic::record(conn, minutes))
            })
            .await
    }

    async fn traffic(&self, org: OrgId, since: Time) -> Result<Vec<TrafficMinute>, StoreError> {
        self.0
            .read((org, since), |conn, (org, since)| {
                Box::pin(traffic::minutes(conn, *org, *since))
            })
            .await
    }
}
