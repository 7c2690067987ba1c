use async_trait::async_trait;
use wabakit_domain::{
    audit::NewAuditEvent,
    ids::{AppId, MetaAppId, OrgId},
    meta_app::MetaApp,
};

use super::{MemoryStore, at_most};
use crate::store::{MetaAppStore, StoreError};

fn may_use(org: OrgId, app: &MetaApp) -> bool {
    app.org == org || app.is_platform()
}

#[async_trait]
impl MetaAppStore for MemoryStore {
    async fn meta_apps(&self, org: OrgId) -> Result<Vec<MetaApp>, StoreError> {
        let rows = self.rows();
        let apps = rows.meta_apps.values();
        let mut found: Vec<_> = apps.filter(|a| may_use(org, a)).cloned().collect();
        found.sort_by_key(|app| (app.created_at, app.id));
        Ok(at_most(200)(found))
    }

    async fn meta_app(&self, org: OrgId, id: MetaAppId) -> Result<Option<MetaApp>, StoreError> {
        let rows = self.rows();
        let app = rows.meta_apps.get(&id);
        Ok(app.filter(|a| may_use(org, a)).cloned())
    }

    async fn meta_app_of_route(&self, id: MetaAppId) -> Result<Option<MetaApp>, StoreError> {
        Ok(self.rows().meta_apps.get(&id).cloned())
    }

    async fn meta_app_by_app_id(
        &self,
        org: OrgId,
        app_id: &AppId,
    ) -> Result<Option<MetaApp>, StoreError> {
        let rows = self.rows();
        let apps = rows.meta_apps.values();
        Ok(apps
            .filter(|a| may_use(org, a) && a.app_id == *app_id)
            .min_by_key(|a| a.org != org)
            .cloned())
    }

    async fn upsert_meta_app(
        &self,
        mut app: MetaApp,
        audit: Vec<NewAuditEvent>,
    ) -> Result<MetaApp, StoreError> {
        self.write(|rows| {
            let stored = rows
                .meta_apps
                .values()
                .find(|a| a.org == app.org && a.app_id == app.app_id);
            if let Some(stored) = stored {
                app.id = stored.id;
                app.created_at = stored.created_at;
            }
            rows.meta_apps.insert(app.id, app.clone());
            rows.append(audit);
            Ok(app)
        })
    }

    async fn delete_meta_app(
        &self,
        org: OrgId,
        id: MetaAppId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError> {
        self.write(|rows| {
            if rows.meta_apps.get(&id).is_none_or(|app| app.org != org) {
                return Ok(false);
            }
            let mut sessions = rows.sessions.values();
            if rows.grants.values().any(|grant| grant.meta_app == id)
                || sessions.any(|s| s.meta_app == id && !s.status.is_over())
            {
                return Err(StoreError::Forbidden("the Meta app is in use"));
            }
            rows.meta_apps.remove(&id);
            rows.append(audit);
            Ok(true)
        })
    }
}
