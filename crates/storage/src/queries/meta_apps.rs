//! Meta apps.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use wabakit_domain::{
    audit::NewAuditEvent,
    ids::{AppId, MetaAppId, OrgId},
    meta_app::MetaApp,
};
use wabakit_ports::store::{Facts, MetaAppStore, StoreError};

use super::{Conn, Store, connect::is_open};
use crate::{
    error::{Fault, Violation as _},
    rows::MetaAppRow,
    schema::{connect_sessions, grants, meta_apps},
    types::U,
    values::text,
};

const IN_USE: StoreError =
    StoreError::Forbidden("a connection or an unfinished connect session stands on this Meta app");

/// Returns the owners whose apps an organisation may use: its own and the platform.
fn usable_by(org: OrgId) -> [U; 2] {
    [U(org.0), U(OrgId::PLATFORM.0)]
}

async fn upsert(
    conn: &mut Conn,
    app: &MetaApp,
    events: &[NewAuditEvent],
) -> Result<(MetaApp, Facts), Fault> {
    let row = MetaAppRow::try_from(app)?;
    let stored = diesel::insert_into(meta_apps::table)
        .values(row.clone())
        .on_conflict((meta_apps::org_id, meta_apps::app_id))
        .do_update()
        .set((
            meta_apps::name.eq(row.name),
            meta_apps::app_secret.eq(row.app_secret),
            meta_apps::verify_token.eq(row.verify_token),
            meta_apps::config_id.eq(row.config_id),
            meta_apps::updated_at.eq(row.updated_at),
            meta_apps::former_secret.eq(row.former_secret),
            meta_apps::former_until.eq(row.former_until),
            meta_apps::graph_version.eq(row.graph_version),
        ))
        .returning(MetaAppRow::as_returning())
        .get_result(conn)
        .await
        .or_duplicate(StoreError::Duplicate("a Meta app with this id"))?;
    Ok((stored.into(), Facts::audit(events)))
}

async fn delete(
    conn: &mut Conn,
    org: OrgId,
    id: MetaAppId,
    events: &[NewAuditEvent],
) -> Result<(bool, Facts), Fault> {
    let own = meta_apps::table
        .find(U(id.0))
        .filter(meta_apps::org_id.eq(U(org.0)));
    let known: i64 = own.count().get_result(conn).await?;
    if known == 0 {
        return Ok((false, Facts::default()));
    }
    let sessions: i64 = connect_sessions::table
        .filter(connect_sessions::meta_app_id.eq(U(id.0)))
        .filter(is_open())
        .count()
        .get_result(conn)
        .await?;
    let grants: i64 = grants::table
        .filter(grants::meta_app_id.eq(U(id.0)))
        .count()
        .get_result(conn)
        .await?;
    if sessions + grants > 0 {
        return Err(IN_USE.into());
    }
    // The foreign key of a grant that was stored in between refuses this.
    diesel::delete(own)
        .execute(conn)
        .await
        .or_unrelated(IN_USE)?;
    Ok((true, Facts::audit(events)))
}

#[async_trait]
impl MetaAppStore for Store {
    async fn meta_apps(&self, org: OrgId) -> Result<Vec<MetaApp>, StoreError> {
        self.0
            .read(org, |conn, org| {
                Box::pin(async move {
                    let rows = meta_apps::table
                        .filter(meta_apps::org_id.eq_any(usable_by(*org)))
                        .order((meta_apps::created_at.asc(), meta_apps::id.asc()))
                        .limit(200)
                        .select(MetaAppRow::as_select())
                        .into_boxed::<super::Db>()
                        .load(conn)
                        .await?;
                    Ok(rows.into_iter().map(Into::into).collect())
                })
            })
            .await
    }

    async fn meta_app(&self, org: OrgId, id: MetaAppId) -> Result<Option<MetaApp>, StoreError> {
        self.0
            .read((org, id), |conn, &(org, id)| {
                Box::pin(async move {
                    let row = meta_apps::table
                        .find(U(id.0))
                        .filter(meta_apps::org_id.eq_any(usable_by(org)))
                        .select(MetaAppRow::as_select())
                        .into_boxed::<super::Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(Into::into))
                })
            })
            .await
    }

    async fn meta_app_of_route(&self, id: MetaAppId) -> Result<Option<MetaApp>, StoreError> {
        self.0
            .read(id, |conn, id| {
                Box::pin(async move {
                    let row = meta_apps::table
                        .find(U(id.0))
                        .select(MetaAppRow::as_select())
                        .into_boxed::<super::Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(Into::into))
                })
            })
            .await
    }

    async fn meta_app_by_app_id(
        &self,
        org: OrgId,
        app_id: &AppId,
    ) -> Result<Option<MetaApp>, StoreError> {
        self.0
            .read((org, text(app_id.as_str())?), |conn, (org, app_id)| {
                Box::pin(async move {
                    // The platform's id is nil and sorts first; the organisation's own app must win.
                    let row = meta_apps::table
                        .filter(meta_apps::org_id.eq_any(usable_by(*org)))
                        .filter(meta_apps::app_id.eq(app_id))
                        .order(meta_apps::org_id.desc())
                        .select(MetaAppRow::as_select())
                        .into_boxed::<super::Db>()
                        .first(conn)
                        .await
                        .optional()?;
                    Ok(row.map(Into::into))
                })
            })
            .await
    }

    async fn upsert_meta_app(
        &self,
        app: MetaApp,
        audit: Vec<NewAuditEvent>,
    ) -> Result<MetaApp, StoreError> {
        let upsert = self.0.record((app, audit), |conn, (app, audit)| {
            Box::pin(upsert(conn, app, audit))
        });
        Ok(upsert.await?.0)
    }

    async fn delete_meta_app(
        &self,
        org: OrgId,
        id: MetaAppId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError> {
        let delete = self.0.record((org, id, audit), |conn, (org, id, audit)| {
            Box::pin(delete(conn, *org, *id, audit))
        });
        Ok(delete.await?.0)
    }
}
