//! Accounts: lists, renames, verifies, registers, adds and disconnects numbers.

mod health;
mod manual;
mod warnings;

pub use manual::ManualNumber;
pub use warnings::{ConnectionWarning, Severity, WarningAct};

use chrono::Duration;
use serde_json::json;
use wabakit_domain::{
    Time,
    account::Account,
    grant::Grant,
    ids::{AccountId, AppId},
    meta_app::MetaApp,
    principal::Scope,
    teardown::TeardownState,
};
use wabakit_ports::store::{
    DisconnectWrite, Disconnected, Limit, Page, PageRequest, VerifiedWrite,
};

use crate::{Caller, ConnectService, Ports, ServiceError, audit::Trail, orgs::checked_name};

/// An account with its grant and app.
#[derive(Clone, PartialEq, Debug)]
pub struct AccountView {
    /// The account.
    pub account: Account,
    /// Its grant.
    pub grant: Grant,
    /// Meta's id of the grant's app.
    pub app_id: Option<AppId>,
    /// The time when this was read. Expiries are compared with it.
    pub now: Time,
}

/// A person's change to an account.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct AccountChange {
    /// The organisation's own name for it. Empty removes the name.
    pub display_name: Option<String>,
    /// Tells whether to make it the default account.
    pub make_default: bool,
    /// The version of the account that the person saw.
    pub version: Option<i64>,
}

/// Tells whether the app was unsubscribed from the account's WABA.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unsubscribed {
    /// The app is unsubscribed, and Meta confirmed it when we read it back.
    Done,
    /// Not yet unsubscribed. The teardown worker retries it.
    Pending,
    /// Meta refuses for good. The audit log has its error.
    Failed,
    /// The app stays subscribed, because another active number uses the WABA.
    NotNeeded,
}

/// The time that a person's request waits for Meta before the worker may take over a teardown.
const INLINE: Duration = Duration::seconds(60);

/// The use cases of accounts.
#[derive(Clone)]
pub struct AccountService {
    ports: Ports,
    connect: ConnectService,
}

impl AccountService {
    /// Creates the service on these ports. Disconnecting and adding by hand go through the connect service.
    pub const fn new(ports: Ports, connect: ConnectService) -> Self {
        Self { ports, connect }
    }

    async fn apps(&self, caller: &Caller) -> Result<Vec<MetaApp>, ServiceError> {
        Ok(self.ports.meta_apps.meta_apps(caller.org).await?)
    }

    fn view(&self, (account, grant): (Account, Grant), apps: &[MetaApp]) -> AccountView {
        let app_id = apps
            .iter()
            .find(|app| app.id == grant.meta_app)
            .map(|app| app.app_id.clone());
        AccountView {
            account,
            grant,
            app_id,
            now: self.ports.now(),
        }
    }

    /// Lists the organisation's accounts.
    pub async fn list(
        &self,
        caller: &Caller,
        active_only: bool,
        page: PageRequest<AccountId>,
    ) -> Result<Page<AccountView, AccountId>, ServiceError> {
        caller.require_any(&[Scope::AccountsRead, Scope::ConnectWrite])?;
        let apps = self.apps(caller).await?;
        let page = self
            .ports
            .accounts
            .list_accounts(caller.org, active_only, page)
            .await?;
        let rows = page
            .rows
            .into_iter()
            .map(|row| self.view(row, &apps))
            .collect();
        Ok(Page {
            rows,
            next: page.next,
        })
    }

    /// Reads all accounts of the organisation, page by page, up to 1,000.
    pub(crate) async fn all(&self, caller: &Caller) -> Result<Vec<AccountView>, ServiceError> {
        const AT_MOST: usize = 1_000;
        let mut request = PageRequest {
            after: None,
            limit: Limit::MAX,
        };
        let mut all = Vec::new();
        loop {
            let page = self.list(caller, false, request).await?;
            all.extend(page.rows);
            request.after = page.next;
            if request.after.is_none() || all.len() >= AT_MOST {
                return Ok(all);
            }
        }
    }

    /// Returns the accounts for the status routes: the default account first, then the other active ones, then the
    /// rest.
    pub async fn status(&self, caller: &Caller) -> Result<Vec<AccountView>, ServiceError> {
        let mut all = self.all(caller).await?;
        all.sort_by_key(|v| (!v.account.is_active, !v.account.is_default, v.account.id));
        Ok(all)
    }

    /// Returns an account.
    ///
    /// # Errors
    /// When it does not exist.
    pub async fn get(&self, caller: &Caller, id: AccountId) -> Result<AccountView, ServiceError> {
        caller.require_any(&[Scope::AccountsRead, Scope::ConnectWrite])?;
        let row = self.find(caller, id).await?;
        Ok(self.view(row, &self.apps(caller).await?))
    }

    async fn find(&self, caller: &Caller, id: AccountId) -> Result<(Account, Grant), ServiceError> {
        self.ports
            .accounts
            .account(caller.org, id)
            .await?
            .ok_or(ServiceError::NotFound("this account"))
    }

    /// Saves a change, and publishes that the event log has grown.
    async fn save(&self, caller: &Caller, write: VerifiedWrite) -> Result<Account, ServiceError> {
        let (account, heads) = self.ports.accounts.save_account(caller.org, write).await?;
        self.ports.bus.publish(&heads);
        Ok(account)
    }

    /// Renames an account, or makes it the default.
    ///
    /// # Errors
    /// When it was changed meanwhile; when a disconnected one is made the default.
    pub async fn change(
        &self,
        caller: &Caller,
        id: AccountId,
        change: AccountChange,
    ) -> Result<AccountView, ServiceError> {
        caller.require(Scope::AccountsWrite)?;
        let (mut account, grant) = self.find(caller, id).await?;
        if change
            .version
            .is_some_and(|version| version != account.version)
        {
            return Err(wabakit_ports::store::StoreError::Conflict.into());
        }
        if change.make_default && !account.is_active {
            let why = "A disconnected number cannot be the default.";
            return Err(ServiceError::Conflict("not_connected", why.into()));
        }
        let mut data = json!({});
        if let Some(name) = change.display_name {
            let name = if name.trim().is_empty() {
                None
            } else {
                Some(checked_name(&name, "/displayName")?)
            };
            data = json!({"from": account.display_name, "to": name});
            account.display_name = name;
        }
        account.is_default |= change.make_default;
        account.updated_at = self.ports.now();
        let action = if change.make_default {
            "account.made_default"
        } else {
            "account.renamed"
        };
        let event = Trail::of(&self.ports, caller).event(action, ("account", id), &data);
        let write = VerifiedWrite::account(account, self.ports.id_block(), vec![event]);
        let account = self.save(caller, write).await?;
        Ok(self.view((account, grant), &self.apps(caller).await?))
    }

    /// Disconnects one account, or all accounts of the organisation. Rows and history stay. With the last active number
    /// of a WABA, the app is unsubscribed from that WABA, and the subscription is read back. Returns the result for
    /// each account that was active.
    ///
    /// # Errors
    /// When the account does not exist. What Meta does not undo at once is retried.
    pub async fn disconnect(
        &self,
        caller: &Caller,
        id: Option<AccountId>,
    ) -> Result<Vec<(Account, Unsubscribed)>, ServiceError> {
        caller.require(Scope::ConnectWrite)?;
        let wanted = match id {
            Some(id) => vec![self.find(caller, id).await?.0],
            None => self
                .all(caller)
                .await?
                .into_iter()
                .map(|v| v.account)
                .collect(),
        };
        let wanted: Vec<Account> = wanted.into_iter().filter(|a| a.is_active).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let trail = Trail::of(&self.ports, caller);
        let now = self.ports.now();
        let write = DisconnectWrite {
            accounts: wanted.iter().map(|a| (a.id, self.ports.id(), self.ports.id())).collect(),
            at: now,
            teardown_due: now + INLINE,
            audit: wanted
                .iter()
                .map(|a| {
                    let data = json!({"phoneNumberId": a.phone_number_id, "displayPhone": a.display_phone_number});
                    trail.event("account.disconnected", ("account", a.id), &data)
                })
                .collect(),
            ids: self.ports.id_block(),
        };
        let (gone, heads) = self
            .ports
            .accounts
            .disconnect(caller.org, write.clone())
            .await?;
        self.ports.bus.publish(&heads);
        for Disconnected { account, .. } in &gone {
            tracing::info!(
                org = %account.org, account = %account.id, phone_number_id = %account.phone_number_id,
                waba = %account.waba_id, "account disconnected"
            );
        }
        let ids = gone
            .iter()
            .flat_map(|d| d.teardowns.iter().copied())
            .collect();
        let reports = self.connect.tear_down_now(caller.org, ids).await;
        Ok(gone
            .into_iter()
            .map(|disconnected| {
                let unsubscribe = write
                    .accounts
                    .iter()
                    .find(|(id, ..)| *id == disconnected.account.id)
                    .map(|t| t.1);
                let needed = unsubscribe.filter(|id| disconnected.teardowns.contains(id));
                let state = reports
                    .iter()
                    .find(|r| Some(r.id) == needed)
                    .map(|r| r.state);
                let unsubscribed = match (needed, state) {
                    _ if self.connect.settings.shared_app => Unsubscribed::NotNeeded,
                    (None, _) => Unsubscribed::NotNeeded,
                    (_, Some(TeardownState::Done)) => Unsubscribed::Done,
                    (_, Some(TeardownState::Failed)) => Unsubscribed::Failed,
                    _ => Unsubscribed::Pending,
                };
                (disconnected.account, unsubscribed)
            })
            .collect())
    }
}
