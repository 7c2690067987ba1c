//! Caches principals for two seconds. A change on this replica clears the cache at once; another replica sees it
//! within two seconds.

use std::time::Duration;

use moka::future::Cache;
use wabakit_domain::{identity::SignedInPerson, ids::AuthSessionId};

const REMEMBERED: Duration = Duration::from_secs(2);
const AT_MOST: u64 = 10_000;

#[derive(Clone)]
pub(crate) struct PrincipalCache(Cache<AuthSessionId, SignedInPerson>);

impl PrincipalCache {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(REMEMBERED)
                .build(),
        )
    }
    pub(crate) async fn get(&self, session: AuthSessionId) -> Option<SignedInPerson> {
        self.0.get(&session).await
    }
    pub(crate) async fn put(&self, principal: SignedInPerson) {
        self.0.insert(principal.session.id, principal).await;
    }
    pub(crate) async fn forget(&self, session: AuthSessionId) {
        self.0.invalidate(&session).await;
    }
    /// Clears the cache, because roles or memberships changed. Finding the affected sign-ins would cost more than it
    /// saves.
    pub(crate) fn forget_all(&self) {
        self.0.invalidate_all();
    }
}
