//! The in-memory store, for tests.
//!
//! One mutex holds all rows of connecting. A write works on a copy that takes their place only when all of it
//! succeeded: that is the whole transaction machinery. What is received is too much to copy; it has a mutex of
//! its own, and its writes check everything before they change anything.

mod accounts;
mod audit;
mod connect;
mod data_keys;
mod identity;
mod meta_apps;
mod receive;
mod sign_ins;

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use wabakit_domain::{
    Time,
    account::Account,
    audit::AuditEvent,
    connect::ConnectSession,
    event::{AccountEvent, EventData},
    grant::Grant,
    identity::{AuthSession, OneTimeLink, Org, PasswordHash, RefreshToken, Role, User},
    ids::{
        AccountId, AuthSessionId, ConnectSessionId, DataKeyId, GrantId, IdBlock, LinkId, MetaAppId,
        OrgId, PhoneNumberId, RefreshTokenId, TeardownId, UserId,
    },
    meta_app::MetaApp,
    teardown::Teardown,
};

use crate::store::{DataKeyRow, Facts, LogHeads, StoreError, StoreHealth};

/// A store that lives as long as the process: for tests of what stands on the store.
#[derive(Default)]
pub struct MemoryStore {
    rows: Mutex<State>,
    /// Locked before `rows` where both are.
    received: Mutex<receive::Received>,
}

/// Every row there is. Links are removed when they are used.
#[derive(Clone, Default)]
struct State {
    orgs: BTreeMap<OrgId, Org>,
    users: BTreeMap<UserId, (User, PasswordHash)>,
    memberships: BTreeMap<(OrgId, UserId), Membership>,
    auth_sessions: BTreeMap<AuthSessionId, AuthSession>,
    refresh_tokens: BTreeMap<RefreshTokenId, RefreshToken>,
    links: BTreeMap<LinkId, OneTimeLink>,
    meta_apps: BTreeMap<MetaAppId, MetaApp>,
    grants: BTreeMap<GrantId, Grant>,
    accounts: BTreeMap<AccountId, Account>,
    sessions: BTreeMap<ConnectSessionId, ConnectSession>,
    registrations: Vec<(PhoneNumberId, Time)>,
    teardowns: BTreeMap<TeardownId, Teardown>,
    data_keys: BTreeMap<DataKeyId, DataKeyRow>,
    vault_settings: BTreeMap<String, Vec<u8>>,
    audit: BTreeMap<OrgId, Vec<AuditEvent>>,
}

#[derive(Clone, Copy)]
struct Membership {
    role: Role,
    joined_at: Time,
}

impl MemoryStore {
    /// Nothing is left half-written behind a panic, so a poisoned lock holds good rows.
    fn rows(&self) -> MutexGuard<'_, State> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write<T>(
        &self,
        change: impl FnOnce(&mut State) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut rows = self.rows();
        let mut changed = rows.clone();
        let answer = change(&mut changed)?;
        *rows = changed;
        Ok(answer)
    }
}

/// The events of accounts that a write changed.
fn account_events(
    facts: &mut Facts,
    ids: &mut IdBlock,
    accounts: &[Account],
    (at, event): (Time, fn(Box<AccountEvent>) -> EventData),
) -> Result<(), StoreError> {
    for account in accounts {
        let data = event(Box::new(AccountEvent::from(account)));
        facts.tell(ids, account.org, at, data)?;
    }
    Ok(())
}

impl MemoryStore {
    /// A write that returns facts.
    fn record<T>(
        &self,
        change: impl FnOnce(&mut State) -> Result<(T, Facts), StoreError>,
    ) -> Result<(T, LogHeads), StoreError> {
        let mut received = self.received();
        let (answer, events) = self.write(|rows| {
            let (answer, facts) = change(rows)?;
            rows.append(facts.audit);
            Ok((answer, facts.events))
        })?;
        Ok((answer, received.append(events)))
    }
}

#[async_trait]
impl StoreHealth for MemoryStore {
    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// The first `limit` of them; a limit below zero takes none.
fn at_most<T>(limit: i64) -> impl Fn(Vec<T>) -> Vec<T> {
    move |mut rows| {
        rows.truncate(usize::try_from(limit).unwrap_or(0));
        rows
    }
}
