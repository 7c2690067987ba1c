use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use ring::digest;
use wabakit_domain::{Time, identity::TokenHash};
use wabakit_ports::{
    meta::MetaGateway,
    store::{AccountStore, AuditStore, ConnectStore, IdentityStore, MetaAppStore, Store},
    system::{Clock, IdSource, Random},
    vault::Vault,
};

use crate::ServiceError;

/// Everything that services stand on. Cheap to clone.
#[derive(Clone)]
pub struct Ports {
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
    /// Makes randomness.
    pub random: Arc<dyn Random>,
    /// Orgs, people, sign-ins.
    pub identity: Arc<dyn IdentityStore>,
    /// Accounts and grants.
    pub accounts: Arc<dyn AccountStore>,
    /// Connect sessions and teardowns.
    pub connect: Arc<dyn ConnectStore>,
    /// Meta apps.
    pub meta_apps: Arc<dyn MetaAppStore>,
    /// The audit log.
    pub audit: Arc<dyn AuditStore>,
    /// Seals and opens.
    pub vault: Arc<dyn Vault>,
    /// Meta.
    pub meta: Arc<dyn MetaGateway>,
    /// Counts this process' changes of Meta apps: who remembers their secrets sees that they are other ones.
    pub app_changes: Arc<AtomicU64>,
}

impl Ports {
    /// Wires one store that implements everything.
    pub fn new(
        store: Arc<dyn Store>,
        vault: Arc<dyn Vault>,
        meta: Arc<dyn MetaGateway>,
        (clock, ids, random): (Arc<dyn Clock>, Arc<dyn IdSource>, Arc<dyn Random>),
    ) -> Self {
        Self {
            clock,
            ids,
            random,
            identity: store.clone(),
            accounts: store.clone(),
            connect: store.clone(),
            meta_apps: store.clone(),
            audit: store,
            vault,
            meta,
            app_changes: Arc::default(),
        }
    }

    /// A Meta app was saved or removed.
    pub(crate) fn app_changed(&self) {
        self.app_changes.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(crate) fn id<T: From<uuid::Uuid>>(&self) -> T {
        T::from(self.ids.next())
    }

    /// 32 random bytes in base64url: a token to hand out, and the hash to keep.
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

/// The hash under which a handed-out token is kept. Tokens carry 256 bits of randomness, so a plain hash is enough.
pub(crate) fn hash_token(token: &str) -> TokenHash {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token.as_bytes()).as_ref());
    TokenHash(hash)
}
