use async_trait::async_trait;
use wabakit_domain::{
    Time,
    account::Account,
    event::EventData,
    grant::{Grant, GrantState},
    ids::{AccountId, GrantId, MetaAppId, OrgId, PhoneNumberId, TeardownId, WabaId},
    teardown::{Teardown, TeardownAct, TeardownState},
};

use super::{MemoryStore, State, account_events};
use crate::store::{
    AccountStore, DisconnectWrite, Disconnected, Facts, LogHeads, NumberHolder, Page, PageRequest,
    StoreError, VerifiedWrite,
};

impl State {
    /// The grant that an account stands on, as a foreign key would have it.
    fn grant_of(&self, account: &Account) -> Result<Grant, StoreError> {
        let grant = self.grants.get(&account.grant).cloned();
        grant.ok_or(StoreError::Missing("the account's grant"))
    }

    fn active(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values().filter(|a| a.is_active)
    }

    fn active_on_waba(&self, app: MetaAppId, waba: &WabaId) -> usize {
        self.active()
            .filter(|a| a.waba_id == *waba)
            .filter(|a| self.grants.get(&a.grant).is_some_and(|g| g.meta_app == app))
            .count()
    }

    /// Saves a grant that was read before.
    pub(super) fn save_grant(&mut self, org: OrgId, mut grant: Grant) -> Result<Grant, StoreError> {
        let stored = self.grants.get(&grant.id).filter(|g| g.org == org);
        let stored = stored.ok_or(StoreError::Missing("the grant"))?;
        if stored.version != grant.version {
            return Err(StoreError::Conflict);
        }
        grant.version += 1;
        self.grants.insert(grant.id, grant.clone());
        Ok(grant)
    }

    /// Marks an account inactive; `None` when it is no active account of the org.
    pub(super) fn deactivate(&mut self, org: OrgId, id: AccountId, at: Time) -> Option<Account> {
        let account = self.accounts.get_mut(&id)?;
        if account.org != org || !account.is_active {
            return None;
        }
        account.is_active = false;
        account.is_default = false;
        account.disconnected_at = Some(at);
        account.updated_at = at;
        account.version += 1;
        Some(account.clone())
    }

    /// Makes the org's oldest active account its default, where none is. Answers it.
    pub(super) fn promote_default(&mut self, org: OrgId, at: Time) -> Option<Account> {
        if self.active().any(|a| a.org == org && a.is_default) {
            return None;
        }
        let own = self.accounts.values_mut();
        let oldest = own
            .filter(|a| a.org == org && a.is_active)
            .min_by_key(|a| (a.created_at, a.id));
        let account = oldest?;
        account.is_default = true;
        account.updated_at = at;
        account.version += 1;
        Some(account.clone())
    }

    /// Disconnects one account and stores what must be undone at Meta for it.
    fn disconnect(
        &mut self,
        org: OrgId,
        id: AccountId,
        (unsubscribe, release): (TeardownId, TeardownId),
        at: Time,
        due: Time,
    ) -> Result<Option<Disconnected>, StoreError> {
        let Some(account) = self.deactivate(org, id, at) else {
            return Ok(None);
        };
        let grant = self.grant_of(&account)?;
        let is_ours = grant.is_ours_to_revoke();
        let mut sessions = self.sessions.values().filter(|s| s.org == org);
        let mut needed = Vec::new();
        if self.active_on_waba(grant.meta_app, &account.waba_id) == 0
            && (is_ours || sessions.any(|s| s.has_subscribed(&account.waba_id)))
        {
            let act = TeardownAct::Unsubscribe(account.waba_id.clone());
            needed.push((unsubscribe, act));
        }
        if !self.active().any(|a| a.grant == account.grant) {
            needed.push((release, TeardownAct::ReleaseGrant { revoke: is_ours }));
            if let Some(grant) = self.grants.get_mut(&account.grant) {
                grant.state = GrantState::Revoked;
                grant.updated_at = at;
                grant.version += 1;
            }
        }
        let teardowns = needed.iter().map(|(id, _)| *id).collect();
        for (id, act) in needed {
            let teardown = Teardown {
                id,
                org,
                grant: account.grant,
                act,
                state: TeardownState::Pending,
                attempts: 0,
                next_attempt_at: due,
                last_error: None,
                created_at: at,
                updated_at: at,
            };
            self.teardowns.insert(id, teardown);
        }
        Ok(Some(Disconnected { account, teardowns }))
    }
}

#[async_trait]
impl AccountStore for MemoryStore {
    async fn list_accounts(
        &self,
        org: OrgId,
        active_only: bool,
        page: PageRequest<AccountId>,
    ) -> Result<Page<(Account, Grant), AccountId>, StoreError> {
        let rows = self.rows();
        let found = rows
            .accounts
            .values()
            .filter(|a| a.org == org && (a.is_active || !active_only))
            .filter(|a| page.after.is_none_or(|after| a.id > after))
            .take(page.limit.rows() + 1)
            .map(|a| Ok((a.clone(), rows.grant_of(a)?)))
            .collect::<Result<_, StoreError>>()?;
        Ok(Page::cut(found, page.limit, |(a, _)| a.id))
    }

    async fn account(
        &self,
        org: OrgId,
        id: AccountId,
    ) -> Result<Option<(Account, Grant)>, StoreError> {
        let rows = self.rows();
        let account = rows.accounts.get(&id).filter(|a| a.org == org);
        account
            .map(|a| Ok((a.clone(), rows.grant_of(a)?)))
            .transpose()
    }

    async fn accounts_of_numbers(
        &self,
        org: OrgId,
        numbers: &[PhoneNumberId],
    ) -> Result<Vec<Account>, StoreError> {
        let rows = self.rows();
        let own = rows.accounts.values().filter(|a| a.org == org);
        Ok(own
            .filter(|a| numbers.contains(&a.phone_number_id))
            .cloned()
            .collect())
    }

    async fn active_holders_elsewhere(
        &self,
        org: OrgId,
        numbers: &[PhoneNumberId],
    ) -> Result<Vec<NumberHolder>, StoreError> {
        let rows = self.rows();
        rows.active()
            .filter(|a| a.org != org && numbers.contains(&a.phone_number_id))
            .map(|a| {
                Ok(NumberHolder {
                    account: a.clone(),
                    grant: rows.grant_of(a)?,
                })
            })
            .collect()
    }

    async fn active_on_waba(&self, app: MetaAppId, waba: &WabaId) -> Result<i64, StoreError> {
        let count = self.rows().active_on_waba(app, waba);
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }

    async fn grant(&self, org: OrgId, id: GrantId) -> Result<Option<Grant>, StoreError> {
        let rows = self.rows();
        Ok(rows.grants.get(&id).filter(|g| g.org == org).cloned())
    }

    async fn accounts_on_grants(
        &self,
        org: OrgId,
        grants: &[GrantId],
    ) -> Result<Vec<Account>, StoreError> {
        let rows = self.rows();
        let own = rows.active().filter(|a| a.org == org);
        Ok(own.filter(|a| grants.contains(&a.grant)).cloned().collect())
    }

    async fn save_account(
        &self,
        org: OrgId,
        write: VerifiedWrite,
    ) -> Result<(Account, LogHeads), StoreError> {
        let VerifiedWrite {
            mut account,
            grant,
            mut facts,
            mut ids,
        } = write;
        self.record(|rows| {
            let stored = rows.accounts.get(&account.id).filter(|a| a.org == org);
            let stored = stored.ok_or(StoreError::Missing("the account"))?;
            if stored.version != account.version {
                return Err(StoreError::Conflict);
            }
            let mut changed = Vec::new();
            if account.is_default {
                for other in rows.accounts.values_mut() {
                    if other.org == org && other.is_default && other.id != account.id {
                        other.is_default = false;
                        other.updated_at = account.updated_at;
                        other.version += 1;
                        changed.push(other.clone());
                    }
                }
            }
            if let Some(grant) = grant {
                rows.save_grant(org, grant)?;
            }
            account.version += 1;
            rows.accounts.insert(account.id, account.clone());
            changed.push(account.clone());
            let event = (account.updated_at, EventData::AccountChanged as fn(_) -> _);
            account_events(&mut facts, &mut ids, &changed, event)?;
            Ok((account, facts))
        })
    }

    async fn save_grant(
        &self,
        org: OrgId,
        grant: Grant,
        facts: Facts,
    ) -> Result<(Grant, LogHeads), StoreError> {
        self.record(|rows| Ok((rows.save_grant(org, grant)?, facts)))
    }

    async fn disconnect(
        &self,
        org: OrgId,
        write: DisconnectWrite,
    ) -> Result<(Vec<Disconnected>, LogHeads), StoreError> {
        self.record(|rows| {
            let mut disconnected: Vec<Disconnected> = Vec::new();
            let (mut facts, mut ids) = (Facts::default(), write.ids);
            for ((id, unsubscribe, release), event) in write.accounts.into_iter().zip(write.audit) {
                let ids = (unsubscribe, release);
                let done = rows.disconnect(org, id, ids, write.at, write.teardown_due)?;
                if let Some(done) = done {
                    disconnected.push(done);
                    facts.audit.push(event);
                }
            }
            let gone: Vec<Account> = disconnected.iter().map(|d| d.account.clone()).collect();
            let event = (write.at, EventData::AccountDisconnected as fn(_) -> _);
            account_events(&mut facts, &mut ids, &gone, event)?;
            let default = rows.promote_default(org, write.at);
            let event = (write.at, EventData::AccountChanged as fn(_) -> _);
            account_events(&mut facts, &mut ids, default.as_slice(), event)?;
            Ok((disconnected, facts))
        })
    }
}
