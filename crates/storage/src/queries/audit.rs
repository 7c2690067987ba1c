//! The audit log: a hash chain for each organisation.

use std::future::ready;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    audit::{AuditEvent, NewAuditEvent},
    ids::OrgId,
};
use wabakit_ports::store::{AuditFilter, AuditStore, Facts, Page, PageRequest, StoreError};

use super::{Conn, Db, Store};
use crate::{
    audit::{AuditHeadRow, AuditRow},
    error::Fault,
    schema::{audit_events, audit_heads},
    types::U,
    values::text,
};

async fn log(
    conn: &mut Conn,
    org: OrgId,
    filter: &AuditFilter,
    page: PageRequest<i64>,
) -> Result<Page<AuditEvent, i64>, Fault> {
    let mut query = audit_events::table
        .filter(audit_events::org_id.eq(U(org.0)))
        .order(audit_events::sequence.desc())
        .limit(page.limit.get() + 1)
        .select(AuditRow::as_select())
        .into_boxed::<Db>();
    if let Some(before) = page.after {
        query = query.filter(audit_events::sequence.lt(before));
    }
    if let Some(action) = &filter.action {
        let action = text(action)?;
        // From "action." up to the character after the dot: a range of the index.
        let within = audit_events::action
            .ge(format!("{action}."))
            .and(audit_events::action.lt(format!("{action}/")));
        query = query.filter(audit_events::action.eq(action).or(within));
    }
    if let Some(user) = filter.user {
        query = query.filter(audit_events::actor_id.eq(U(user.0)));
    }
    let rows: Vec<AuditRow> = query.load(conn).await?;
    let entries = read_all(rows)?;
    Ok(Page::cut(entries, page.limit, |entry| entry.sequence))
}

fn read_all(rows: Vec<AuditRow>) -> Result<Vec<AuditEvent>, StoreError> {
    rows.into_iter().map(AuditEvent::try_from).collect()
}

#[async_trait]
impl AuditStore for Store {
    async fn record(&self, org: OrgId, events: Vec<NewAuditEvent>) -> Result<(), StoreError> {
        if events.iter().any(|event| event.org != org) {
            return Err(StoreError::Forbidden(
                "an act is recorded in the log of its own org alone",
            ));
        }
        let record = self.0.record(events, |_, events| {
            Box::pin(ready(Ok(((), Facts::audit(events)))))
        });
        record.await.map(drop)
    }

    async fn audit_log(
        &self,
        org: OrgId,
        filter: AuditFilter,
        page: PageRequest<i64>,
    ) -> Result<Page<AuditEvent, i64>, StoreError> {
        self.0
            .read((org, filter, page), |conn, (org, filter, page)| {
                Box::pin(log(conn, *org, filter, *page))
            })
            .await
    }

    async fn audit_chain(
        &self,
        org: OrgId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        self.0
            .read((org, after, limit), |conn, &(org, after, limit)| {
                Box::pin(async move {
                    let rows = audit_events::table
                        .filter(audit_events::org_id.eq(U(org.0)))
                        .filter(audit_events::sequence.gt(after))
                        .order(audit_events::sequence.asc())
                        .limit(limit)
                        .select(AuditRow::as_select())
                        .into_boxed::<super::Db>()
                        .load(conn)
                        .await?;
                    Ok(read_all(rows)?)
                })
            })
            .await
    }

    async fn audit_head(&self, org: OrgId) -> Result<(i64, [u8; 32]), StoreError> {
        self.0
            .read(org, |conn, org| {
                Box::pin(async move {
                    let head = audit_heads::table
                        .find(U(org.0))
                        .select(AuditHeadRow::as_select())
                        .into_boxed::<super::Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(head.unwrap_or_else(|| AuditHeadRow::empty(*org)).read()?)
                })
            })
            .await
    }
}
