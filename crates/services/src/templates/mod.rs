//! Templates: the library of each WABA, kept in step with Meta.

mod acts;
mod sync;

use std::sync::Arc;

use ring::digest;
use tokio::sync::Notify;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    ids::{OrgId, TemplateId, WabaId},
    principal::Scope,
    template_record::{TemplateHistory, TemplateRecord},
};
use wabakit_ports::{
    meta::{GrantAccess, TemplateGateway},
    store::{
        Page, PageRequest, StoreError, TemplateFilter, TemplateKey, TemplateStore, TemplateSync,
    },
};

use crate::{Caller, Ports, ServiceError};

pub use acts::TemplateValues;
pub use sync::TemplateSyncOverview;

/// The ports of templates. Cheap to clone.
#[derive(Clone)]
pub struct TemplatePorts {
    /// The ports of all services.
    pub base: Ports,
    /// Templates as rows.
    pub templates: Arc<dyn TemplateStore>,
    /// Templates at Meta.
    pub gateway: Arc<dyn TemplateGateway>,
}

/// The settings of syncs.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct TemplateSettings {
    /// How long after a sync the next one is due, give or take a tenth.
    pub every: chrono::Duration,
    /// The templates of a page. Meta may give fewer.
    pub page: u32,
}

impl Default for TemplateSettings {
    fn default() -> Self {
        Self {
            every: chrono::Duration::hours(6),
            page: 200,
        }
    }
}

/// A template with what belongs to it.
#[derive(Clone, PartialEq, Debug)]
pub struct TemplateView {
    /// The template.
    pub record: TemplateRecord,
    /// When the last whole sync of its WABA began.
    pub synced_at: Option<Time>,
}

/// The use cases of templates. Cheap to clone.
#[derive(Clone)]
pub struct TemplateService {
    ports: TemplatePorts,
    settings: TemplateSettings,
    /// This process, as the owner of leases.
    owner: Uuid,
    /// Wakes the worker of syncs.
    wake: Arc<Notify>,
}

impl TemplateService {
    /// Creates the service on these ports.
    pub fn new(ports: TemplatePorts, settings: TemplateSettings) -> Self {
        Self {
            owner: ports.base.ids.next(),
            ports,
            settings,
            wake: Arc::default(),
        }
    }

    /// Lists the templates of the organisation's WABAs, by name and language.
    pub async fn list(
        &self,
        caller: &Caller,
        filter: TemplateFilter,
        page: PageRequest<TemplateKey>,
    ) -> Result<Page<TemplateView, TemplateKey>, ServiceError> {
        caller.require(Scope::TemplatesRead)?;
        let syncs = self.ports.templates.template_syncs(caller.org).await?;
        let templates = self.ports.templates.templates(caller.org, filter, page);
        let page = templates.await?;
        let rows = page.rows.into_iter();
        Ok(Page {
            rows: rows.map(|record| view(record, &syncs)).collect(),
            next: page.next,
        })
    }

    /// Returns a template with its history, newest first.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn get(
        &self,
        caller: &Caller,
        id: TemplateId,
    ) -> Result<(TemplateView, Vec<TemplateHistory>), ServiceError> {
        caller.require(Scope::TemplatesRead)?;
        let (record, history) = self.find(caller, id).await?;
        let syncs = self.ports.templates.template_syncs(caller.org).await?;
        Ok((view(record, &syncs), history))
    }

    async fn find(
        &self,
        caller: &Caller,
        id: TemplateId,
    ) -> Result<(TemplateRecord, Vec<TemplateHistory>), ServiceError> {
        let found = self.ports.templates.template(caller.org, id).await?;
        found.ok_or(ServiceError::NotFound("this template"))
    }

    /// Returns a tag of what a read about templates answers. It changes with every write to templates of the
    /// organisation's WABAs, by any replica, and with every sync. `question` is the request, with its query.
    pub async fn tag(&self, caller: &Caller, question: &str) -> Result<String, ServiceError> {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        caller.require(Scope::TemplatesRead)?;
        let syncs = self.ports.templates.template_syncs(caller.org).await?;
        let mut facts = format!(
            "{}\n{}\n{question}\n",
            env!("CARGO_PKG_VERSION"),
            caller.org
        );
        for sync in syncs {
            let synced = sync.synced_at.map(|at| at.timestamp_micros());
            let synced = synced.unwrap_or_default();
            facts.push_str(&format!("{} {} {synced}\n", sync.waba, sync.revision));
        }
        let hash = digest::digest(&digest::SHA256, facts.as_bytes());
        Ok(URL_SAFE_NO_PAD.encode(hash.as_ref().get(..18).unwrap_or_default()))
    }

    /// Finds the access with which Meta is called, for an account whose grant is usable.
    async fn access_of(
        &self,
        org: OrgId,
        account: wabakit_domain::ids::AccountId,
    ) -> Result<Option<GrantAccess>, StoreError> {
        let base = &self.ports.base;
        let Some((account, grant)) = base.accounts.account(org, account).await? else {
            return Ok(None);
        };
        if !account.is_active || grant.token.is_none() {
            return Ok(None);
        }
        let app = base.meta_apps.meta_app(org, grant.meta_app).await?;
        Ok(app.map(|app| GrantAccess { app, grant }))
    }

    /// Finds the accesses that may read a WABA's templates, the newest connection first.
    async fn accesses(&self, waba: &WabaId) -> Result<Vec<GrantAccess>, StoreError> {
        let mut found = Vec::new();
        for (org, account) in self.ports.templates.accounts_for_templates(waba).await? {
            found.extend(self.access_of(org, account).await?);
        }
        Ok(found)
    }
}

fn view(record: TemplateRecord, syncs: &[TemplateSync]) -> TemplateView {
    let sync = syncs.iter().find(|sync| sync.waba == record.waba);
    TemplateView {
        synced_at: sync.and_then(|sync| sync.synced_at),
        record,
    }
}
