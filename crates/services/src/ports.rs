use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::Duration;
use ring::digest;
use wabakit_domain::{
    Time,
    event::{EventData, NewEvent},
    identity::TokenHash,
    ids::{IdBlock, OrgId},
};
use wabakit_ports::{
    bus::EventBus,
    meta::MetaGateway,
    store::{
        AccountStore, AuditStore, ConnectStore, IdentityStore, MetaAppStore, SecondFactorStore,
        Store,
    },
    system::{Clock, IdSource, Random},
    vault::Vault,
};
use wabakit_work::{Backoff, Supervisor};

use crate::ServiceError;

/// The shortest wait before a retry.
const AT_LEAST: std::time::Duration = std::time::Duration::from_millis(50);

/// The ports of all services. Cheap to clone.
#[derive(Clone)]
pub struct Ports {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
    /// Makes randomness.
    pub random: Arc<dyn Random>,
    /// Organisations, people and sign-ins.
    pub identity: Arc<dyn IdentityStore>,
    /// Accounts and grants.
    pub accounts: Arc<dyn AccountStore>,
    /// Connect sessions and teardowns.
    pub connect: Arc<dyn ConnectStore>,
    /// Meta apps.
    pub meta_apps: Arc<dyn MetaAppStore>,
    /// The audit log.
    pub audit: Arc<dyn AuditStore>,
    /// The second factors of people.
    pub second_factors: Arc<dyn SecondFactorStore>,
    /// Seals and opens secrets.
    pub vault: Arc<dyn Vault>,
    /// Calls Meta.
    pub meta: Arc<dyn MetaGateway>,
    /// Announces that an event log has grown. All listeners subscribe here.
    pub bus: Arc<dyn EventBus>,
    /// The most bytes of files that an org may store; no bound without it.
    pub media_quota: Option<i64>,
    /// Counts this process's changes of Meta apps, so that caches of their secrets are dropped.
    pub app_changes: Arc<AtomicU64>,
    /// Keeps this process's workers running.
    pub supervisor: Supervisor,
}

impl Ports {
    /// Makes the ports from one store that implements all of them.
    pub fn new(
        store: Arc<dyn Store>,
        vault: Arc<dyn Vault>,
        meta: Arc<dyn MetaGateway>,
        (clock, ids, random): (Arc<dyn Clock>, Arc<dyn IdSource>, Arc<dyn Random>),
        bus: Arc<dyn EventBus>,
    ) -> Self {
        Self {
            clock,
            ids,
            random,
            identity: store.clone(),
            accounts: store.clone(),
            connect: store.clone(),
            meta_apps: store.clone(),
            audit: store.clone(),
            second_factors: store,
            vault,
            meta,
            bus,
            media_quota: None,
            app_changes: Arc::default(),
            supervisor: Supervisor::default(),
        }
    }

    /// Announces that a Meta app was saved or removed.
    pub(crate) fn app_changed(&self) {
        self.app_changes.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    /// Returns a number from 0 to 1. Without randomness it is 1, the longest wait.
    pub(crate) fn random_unit(&self) -> f64 {
        let mut bytes = [0; 4];
        match self.random.fill(&mut bytes) {
            Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
            Err(_) => 1.0,
        }
    }

    /// Returns when to retry after so many failures, with jitter and never before `now`.
    pub(crate) fn retry_at(&self, backoff: Backoff, now: Time, failures: i32) -> Time {
        let failures = u32::try_from(failures).unwrap_or(1);
        let wait = backoff.wait(failures, self.random_unit()).max(AT_LEAST);
        now + Duration::from_std(wait).unwrap_or(Duration::MAX)
    }

    pub(crate) fn id<T: From<uuid::Uuid>>(&self) -> T {
        T::from(self.ids.next())
    }

    pub(crate) fn id_block(&self) -> IdBlock {
        IdBlock::at(self.ids.next())
    }

    /// Makes an event with the current time.
    pub(crate) fn event(&self, org: OrgId, data: EventData) -> NewEvent {
        NewEvent {
            id: self.id(),
            org,
            at: self.now(),
            data,
        }
    }

    /// Makes a token of 32 random bytes in base64url, and the hash to store.
    pub(crate) fn token(&self) -> Result<(String, TokenHash), ServiceError> {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let mut bytes = [0; 32];
        self.random
            .fill(&mut bytes)
            .map_err(ServiceError::internal)?;
        let token = URL_SAFE_NO_PAD.encode(bytes);
        let hash = hash_token(&token);
        Ok((token, hash))
    }
}

/// Hashes a token for storage. Tokens carry 256 bits of randomness, so a plain hash is enough.
pub(crate) fn hash_token(token: &str) -> TokenHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    TokenHash(hash)
}
