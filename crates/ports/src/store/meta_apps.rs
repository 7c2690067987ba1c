use async_trait::async_trait;
use wabakit_domain::{
    audit::NewAuditEvent,
    ids::{AppId, MetaAppId, OrgId},
    meta_app::MetaApp,
};

use super::StoreError;

/// Meta apps.
///
/// # Errors
/// [`StoreError::Unavailable`] by every method, when the database does not answer. A method names its others.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MetaAppStore: Send + Sync {
    /// Lists the apps that the organisation may use: its own and the platform's, oldest first, at most 200.
    async fn meta_apps(&self, org: OrgId) -> Result<Vec<MetaApp>, StoreError>;

    /// Returns an app that the organisation may use.
    async fn meta_app(&self, org: OrgId, id: MetaAppId) -> Result<Option<MetaApp>, StoreError>;

    /// Returns an app of any owner, for a webhook's route, which names it. Crosses tenants.
    async fn meta_app_of_route(&self, id: MetaAppId) -> Result<Option<MetaApp>, StoreError>;

    /// Finds an app that the organisation may use by Meta's id. Its own takes precedence over the platform's.
    async fn meta_app_by_app_id(
        &self,
        org: OrgId,
        app_id: &AppId,
    ) -> Result<Option<MetaApp>, StoreError>;

    /// Upserts an app by organisation and Meta's id: replaces secret, verify token, name and configuration id.
    /// Returns the stored row, which keeps its id.
    async fn upsert_meta_app(
        &self,
        app: MetaApp,
        audit: Vec<NewAuditEvent>,
    ) -> Result<MetaApp, StoreError>;

    /// Deletes an organisation's own app. Returns whether it existed.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] while a grant or an open connect session uses it.
    async fn delete_meta_app(
        &self,
        org: OrgId,
        id: MetaAppId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError>;
}
