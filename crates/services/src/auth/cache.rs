//! Caches principals for two seconds. A change on this replica clears the cache at once; another replica sees it
//! within two seconds.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use moka::future::Cache;
use wabakit_domain::{identity::SignedInPerson, ids::AuthSessionId};

const REMEMBERED: Duration = Duration::from_secs(2);
const AT_MOST: u64 = 10_000;

/// The number of changes of rights here. A read that began before a change must not be cached after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Generation(u64);

#[derive(Clone)]
pub(crate) struct PrincipalCache {
    known: Cache<AuthSessionId, SignedInPerson>,
    changes: Arc<AtomicU64>,
}

impl PrincipalCache {
    pub(crate) fn new() -> Self {
        Self {
            known: Cache::builder()
                .max_capacity(AT_MOST)
                .time_to_live(REMEMBERED)
                .build(),
            changes: Arc::default(),
        }
    }
    pub(crate) async fn get(&self, session: AuthSessionId) -> Option<SignedInPerson> {
        self.known.get(&session).await
    }
    /// Returns the generation to read in, for [`Self::put`].
    pub(crate) fn generation(&self) -> Generation {
        Generation(self.changes.load(Ordering::SeqCst))
    }
    /// Caches what was read in this generation, unless rights changed since.
    pub(crate) async fn put(&self, read_in: Generation, principal: SignedInPerson) {
        let session = principal.session.id;
        if read_in != self.generation() {
            return;
        }
        self.known.insert(session, principal).await;
        if read_in != self.generation() {
            self.known.invalidate(&session).await;
        }
    }
    pub(crate) async fn forget(&self, session: AuthSessionId) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.known.invalidate(&session).await;
    }
    /// Clears the cache, because roles or memberships changed. Finding the affected sign-ins would cost more than it
    /// saves.
    pub(crate) fn forget_all(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.known.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;
    use wabakit_domain::{
        identity::{AuthSession, Org, Role, TokenHash, User},
        ids::{OrgId, UserId},
    };

    use super::*;

    fn person() -> SignedInPerson {
        let at = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let (id, org) = (UserId(Uuid::from_u128(1)), OrgId(Uuid::from_u128(2)));
        SignedInPerson {
            session: AuthSession {
                id: AuthSessionId(Uuid::from_u128(3)),
                user: id,
                org,
                cookie: TokenHash([0; 32]),
                created_at: at,
                expires_at: at,
                last_seen_at: at,
                revoked_at: None,
                client: None,
                address: None,
            },
            user: User {
                id,
                email: "a@b".into(),
                name: "A".into(),
                is_operator: false,
                created_at: at,
                proven_at: None,
            },
            org: Org {
                id: org,
                name: "O".into(),
                created_at: at,
            },
            role: Role::Owner,
        }
    }

    #[tokio::test]
    async fn a_read_that_began_before_a_change_is_not_cached_after_it() {
        let (cache, person) = (PrincipalCache::new(), person());
        let session = person.session.id;
        let before = cache.generation();
        cache.put(before, person.clone()).await;
        assert_eq!(cache.get(session).await, Some(person.clone()));
        cache.forget_all();
        cache.put(before, person.clone()).await;
        assert_eq!(cache.get(session).await, None);
        let before = cache.generation();
        cache.forget(session).await;
        cache.put(before, person.clone()).await;
        assert_eq!(cache.get(session).await, None);
        cache.put(cache.generation(), person.clone()).await;
        assert_eq!(cache.get(session).await, Some(person));
    }
}
