use async_trait::async_trait;
use wabakit_domain::{
    Time,
    account::Account,
    connect::{ConnectSession, ConnectStatus, RunnerLease},
    event::EventData,
    grant::{Grant, GrantOrigin, GrantState},
    ids::{
        ConnectSessionId, GrantId, IdBlock, MetaAppId, MetaUserId, OrgId, PhoneNumberId, TeardownId,
    },
    teardown::{Teardown, TeardownAct, TeardownState},
};

use super::{MemoryStore, State, account_events, at_most};
use crate::store::{
    ConnectOutcome, ConnectStore, ConnectWrite, Facts, LogHeads, StoreError, TakenOver,
    TeardownOutcome,
};

impl State {
    fn save_session(
        &mut self,
        org: OrgId,
        mut session: ConnectSession,
    ) -> Result<ConnectSession, StoreError> {
        let stored = self.sessions.get(&session.id).filter(|s| s.org == org);
        let stored = stored.ok_or(StoreError::Missing("the connect session"))?;
        if stored.version != session.version {
            return Err(StoreError::Conflict);
        }
        session.version += 1;
        self.sessions.insert(session.id, session.clone());
        Ok(session)
    }

    fn put_grant(&mut self, org: OrgId, mut grant: Grant) -> Result<Grant, StoreError> {
        if grant.version > 0 {
            return self.save_grant(org, grant);
        }
        if self.grants.contains_key(&grant.id) {
            return Err(StoreError::Conflict);
        }
        grant.version = 1;
        self.grants.insert(grant.id, grant.clone());
        Ok(grant)
    }

    fn take_over(
        &mut self,
        taken: TakenOver,
        facts: &mut Facts,
        ids: &mut IdBlock,
    ) -> Result<(), StoreError> {
        let at = taken.audit.at;
        let lost = self.deactivate(taken.from, taken.account, at);
        let lost = lost.ok_or(StoreError::Conflict)?;
        let event = (at, EventData::AccountDisconnected as fn(_) -> _);
        account_events(facts, ids, &[lost], event)?;
        let default = self.promote_default(taken.from, at);
        let event = (at, EventData::AccountChanged as fn(_) -> _);
        account_events(facts, ids, default.as_slice(), event)?;
        facts.audit.push(taken.audit);
        Ok(())
    }

    fn activate(&mut self, org: OrgId, mut account: Account) -> Result<Account, StoreError> {
        let mut same_number = Vec::new();
        for row in self.accounts.values() {
            if row.phone_number_id == account.phone_number_id {
                same_number.push(row);
            }
        }
        if same_number.iter().any(|a| a.org != org && a.is_active) {
            return Err(StoreError::Duplicate("the phone number"));
        }
        account.is_default = false;
        account.version = 1;
        if let Some(stored) = same_number.into_iter().find(|a| a.org == org) {
            account.id = stored.id;
            account.created_at = stored.created_at;
            account.display_name.clone_from(&stored.display_name);
            account.is_default = stored.is_default;
            account.version = stored.version + 1;
        }
        let mut own = self.accounts.values();
        account.is_default |= !own.any(|a| a.org == org && a.is_default);
        self.accounts.insert(account.id, account.clone());
        Ok(account)
    }

    fn is_pending(&self, org: OrgId, id: TeardownId) -> bool {
        self.teardowns
            .get(&id)
            .is_some_and(|t| t.org == org && t.state == TeardownState::Pending)
    }
}

#[async_trait]
impl ConnectStore for MemoryStore {
    async fn create_session(
        &self,
        session: ConnectSession,
        facts: Facts,
    ) -> Result<LogHeads, StoreError> {
        let stored = self.record(|rows| {
            if rows.sessions.insert(session.id, session).is_some() {
                return Err(StoreError::Duplicate("the connect session"));
            }
            Ok(((), facts))
        });
        Ok(stored?.1)
    }

    async fn session(
        &self,
        org: OrgId,
        id: ConnectSessionId,
    ) -> Result<Option<ConnectSession>, StoreError> {
        let rows = self.rows();
        Ok(rows.sessions.get(&id).filter(|s| s.org == org).cloned())
    }

    async fn open_sessions(&self, org: OrgId) -> Result<Vec<ConnectSession>, StoreError> {
        let rows = self.rows();
        let own = rows.sessions.values().filter(|s| s.org == org);
        let mut open: Vec<_> = own.filter(|s| !s.status.is_over()).cloned().collect();
        open.sort_by_key(|s| std::cmp::Reverse((s.created_at, s.id)));
        Ok(at_most(20)(open))
    }

    async fn write(&self, org: OrgId, write: ConnectWrite) -> Result<ConnectOutcome, StoreError> {
        let now = write.session.updated_at;
        let (mut facts, mut ids) = (Facts::from(write.audit), write.ids);
        let (outcome, heads) = self.record(|rows| {
            let session = rows.save_session(org, write.session)?;
            let grant = write.grant.map(|g| rows.put_grant(org, g)).transpose()?;
            for taken in write.take_over {
                rows.take_over(taken, &mut facts, &mut ids)?;
            }
            let mut accounts = Vec::new();
            for account in write.activate {
                accounts.push(rows.activate(org, account)?);
            }
            let event = (now, EventData::AccountConnected as fn(_) -> _);
            account_events(&mut facts, &mut ids, &accounts, event)?;
            facts.events.extend(write.events);
            for teardown in write.teardowns {
                rows.teardowns.insert(teardown.id, teardown);
            }
            Ok(((session, grant, accounts), facts))
        })?;
        let (session, grant, accounts) = outcome;
        self.received().release(&accounts, now);
        Ok(ConnectOutcome {
            session,
            grant,
            accounts,
            heads,
        })
    }

    async fn claim_interrupted(
        &self,
        now: Time,
        owner: &str,
        until: Time,
        limit: i64,
    ) -> Result<Vec<ConnectSession>, StoreError> {
        let mut rows = self.rows();
        let free = rows
            .sessions
            .values_mut()
            .filter(|s| s.status == ConnectStatus::Running && !s.is_held(now));
        let claimed = at_most(limit)(free.collect());
        Ok(claimed
            .into_iter()
            .map(|session| {
                session.runner = Some(RunnerLease {
                    owner: owner.to_owned(),
                    until,
                });
                // So that whoever held it before can save no more.
                session.version += 1;
                session.clone()
            })
            .collect())
    }

    async fn expired_sessions(
        &self,
        now: Time,
        limit: i64,
    ) -> Result<Vec<ConnectSession>, StoreError> {
        let rows = self.rows();
        let open = rows.sessions.values().filter(|s| !s.status.is_over());
        let mut expired: Vec<_> = open
            .filter(|s| s.expires_at <= now && !s.is_held(now))
            .cloned()
            .collect();
        expired.sort_by_key(|s| (s.expires_at, s.id));
        Ok(at_most(limit)(expired))
    }

    async fn spend_registration(
        &self,
        number: &PhoneNumberId,
        now: Time,
        since: Time,
        limit: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut rows = self.rows();
        let spent = rows.registrations.iter();
        let spent = spent.filter(|(of, at)| of == number && *at >= since);
        let left = limit - i64::try_from(spent.count()).unwrap_or(i64::MAX);
        if left <= 0 {
            return Ok(None);
        }
        rows.registrations.push((number.clone(), now));
        Ok(Some(left - 1))
    }

    async fn claim_teardowns(
        &self,
        now: Time,
        until: Time,
        limit: i64,
    ) -> Result<Vec<Teardown>, StoreError> {
        let mut rows = self.rows();
        let mut due: Vec<_> = rows
            .teardowns
            .values_mut()
            .filter(|t| t.state == TeardownState::Pending && t.next_attempt_at <= now)
            .collect();
        due.sort_by_key(|t| (t.next_attempt_at, t.created_at, t.id));
        Ok(at_most(limit)(due)
            .into_iter()
            .map(|teardown| {
                teardown.next_attempt_at = until;
                teardown.clone()
            })
            .collect())
    }

    async fn take_teardowns(
        &self,
        org: OrgId,
        ids: &[TeardownId],
        until: Time,
    ) -> Result<Vec<Teardown>, StoreError> {
        let mut rows = self.rows();
        let mut taken = Vec::new();
        for id in ids {
            if rows.is_pending(org, *id)
                && let Some(teardown) = rows.teardowns.get_mut(id)
            {
                teardown.next_attempt_at = until;
                taken.push(teardown.clone());
            }
        }
        Ok(taken)
    }

    async fn finish_teardown(
        &self,
        org: OrgId,
        id: TeardownId,
        outcome: TeardownOutcome,
    ) -> Result<(), StoreError> {
        MemoryStore::write(self, |rows| {
            let teardown = rows.teardowns.get_mut(&id).filter(|t| t.org == org);
            let teardown = teardown.ok_or(StoreError::Missing("the teardown"))?;
            teardown.state = outcome.state;
            teardown.attempts += 1;
            teardown.next_attempt_at = outcome.next_attempt_at;
            teardown.last_error = outcome.last_error;
            if outcome.destroy_token
                && let Some(grant) = rows.grants.get_mut(&teardown.grant)
            {
                // A new version, so that no copy with the token in it can be saved any more.
                grant.token = None;
                grant.version += 1;
            }
            rows.append(outcome.audit);
            Ok(())
        })
    }

    async fn unfinished_teardowns(&self, org: OrgId, grant: GrantId) -> Result<i64, StoreError> {
        let rows = self.rows();
        let pending = rows.teardowns.values().filter(|t| {
            t.org == org
                && t.grant == grant
                && t.state == TeardownState::Pending
                && !matches!(t.act, TeardownAct::ReleaseGrant { .. })
        });
        Ok(i64::try_from(pending.count()).unwrap_or(i64::MAX))
    }

    async fn living_grants_of(&self, app: MetaAppId, user: &MetaUserId) -> Result<i64, StoreError> {
        let rows = self.rows();
        let living = rows.grants.values().filter(|g| {
            g.meta_app == app
                && g.meta_user.as_ref() == Some(user)
                && (matches!(g.state, GrantState::Active | GrantState::Pending)
                    || g.origin == GrantOrigin::Pasted)
        });
        Ok(i64::try_from(living.count()).unwrap_or(i64::MAX))
    }

    async fn release_all_runners(&self) -> Result<(), StoreError> {
        for session in self.rows().sessions.values_mut() {
            if session.runner.take().is_some() {
                session.version += 1;
            }
        }
        Ok(())
    }
}
