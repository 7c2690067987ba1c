use async_trait::async_trait;
use wabakit_domain::{
    audit::NewAuditEvent,
    ids::{AppId, MetaAppId, OrgId},
    meta_app::MetaApp,
};

use super::StoreError;

/// Meta apps.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait MetaAppStore: Send + Sync {
    /// The apps that the org may use: its own and the platform's, oldest first, at most 200.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn meta_apps(&self, org: OrgId) -> Result<Vec<MetaApp>, StoreError>;

    /// One app that the org may use.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn meta_app(&self, org: OrgId, id: MetaAppId) -> Result<Option<MetaApp>, StoreError>;

    /// One app, whoever owns it: a webhook's route names it. Crosses tenants.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn meta_app_of_route(&self, id: MetaAppId) -> Result<Option<MetaApp>, StoreError>;

    /// The app that the org may use with this id of Meta's; its own comes before the platform's.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn meta_app_by_app_id(
        &self,
        org: OrgId,
        app_id: &AppId,
    ) -> Result<Option<MetaApp>, StoreError>;

    /// Inserts or, by (org, app id), replaces secret, verify token, name and configuration id. Answers the row
    /// as stored, whose id is the old one where it was there.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn upsert_meta_app(
        &self,
        app: MetaApp,
        audit: Vec<NewAuditEvent>,
    ) -> Result<MetaApp, StoreError>;

    /// Removes an org's own app. Answers whether it was there.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] while a grant or an open connect session stands on it.
    async fn delete_meta_app(
        &self,
        org: OrgId,
        id: MetaAppId,
        audit: Vec<NewAuditEvent>,
    ) -> Result<bool, StoreError>;
}
