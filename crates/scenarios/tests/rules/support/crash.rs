//! A store whose process dies right after one of its writes, or in which two calls meet.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use async_trait::async_trait;
use tokio::sync::Barrier;
use wabakit_domain::{
    Time,
    connect::ConnectSession,
    ids::{ConnectSessionId, GrantId, MetaAppId, MetaUserId, OrgId, PhoneNumberId, TeardownId},
    teardown::Teardown,
};
use wabakit_ports::store::{
    ConnectOutcome, ConnectStore, ConnectWrite, Facts, LogHeads, Store, StoreError, TeardownOutcome,
};

pub(crate) struct CrashingStore {
    inner: Arc<dyn Store>,
    /// The number of writes that are still stored.
    left: AtomicI64,
    dead: Arc<AtomicBool>,
    meeting: Option<Meeting>,
    /// Writes that were refused because the row had changed.
    conflicts: AtomicI64,
}

/// The point at which two calls wait for each other, once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Meet {
    /// Both have read the session, and neither has written it.
    Reading,
    /// Both have checked that a number is free, and are about to activate it.
    Activating,
}

struct Meeting {
    at: Meet,
    barrier: Barrier,
    left: AtomicI64,
}

impl CrashingStore {
    /// Makes a store that dies once `writes` writes are stored.
    pub(crate) fn after(inner: Arc<dyn Store>, writes: i64, dead: Arc<AtomicBool>) -> Self {
        Self {
            inner,
            left: AtomicI64::new(writes),
            dead,
            meeting: None,
            conflicts: AtomicI64::new(0),
        }
    }

    /// Makes a store that lives, and whose first two calls meet at this point.
    pub(crate) fn meeting(inner: Arc<dyn Store>, at: Meet) -> Arc<Self> {
        let meeting = Meeting {
            at,
            barrier: Barrier::new(2),
            left: AtomicI64::new(2),
        };
        Arc::new(Self {
            meeting: Some(meeting),
            ..Self::immortal(inner, Arc::default())
        })
    }

    pub(crate) fn conflicts(&self) -> i64 {
        self.conflicts.load(Ordering::SeqCst)
    }

    async fn meet(&self, at: Meet) {
        if let Some(meeting) = self.meeting.as_ref().filter(|meeting| meeting.at == at)
            && meeting.left.fetch_sub(1, Ordering::SeqCst) > 0
        {
            meeting.barrier.wait().await;
        }
    }

    /// Makes a store that lives until Meta's script kills the process.
    pub(crate) fn immortal(inner: Arc<dyn Store>, dead: Arc<AtomicBool>) -> Self {
        Self::after(inner, i64::MAX, dead)
    }

    fn alive(&self) -> Result<(), StoreError> {
        if self.dead.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("the process is dead"));
        }
        Ok(())
    }

    fn written<T>(&self, answer: T) -> T {
        if self.left.fetch_sub(1, Ordering::SeqCst) <= 1 {
            self.dead.store(true, Ordering::SeqCst);
        }
        answer
    }
}

#[async_trait]
impl ConnectStore for CrashingStore {
    async fn create_session(
        &self,
        session: ConnectSession,
        facts: Facts,
    ) -> Result<LogHeads, StoreError> {
        self.alive()?;
        Ok(self.written(self.inner.create_session(session, facts).await?))
    }

    async fn session(
        &self,
        org: OrgId,
        id: ConnectSessionId,
    ) -> Result<Option<ConnectSession>, StoreError> {
        self.alive()?;
        let session = self.inner.session(org, id).await;
        self.meet(Meet::Reading).await;
        session
    }

    async fn open_sessions(&self, org: OrgId) -> Result<Vec<ConnectSession>, StoreError> {
        self.alive()?;
        self.inner.open_sessions(org).await
    }

    async fn write(&self, org: OrgId, write: ConnectWrite) -> Result<ConnectOutcome, StoreError> {
        self.alive()?;
        if !write.activate.is_empty() {
            self.meet(Meet::Activating).await;
        }
        let outcome = ConnectStore::write(&*self.inner, org, write).await;
        if let Err(StoreError::Conflict) = outcome {
            self.conflicts.fetch_add(1, Ordering::SeqCst);
        }
        Ok(self.written(outcome?))
    }

    async fn claim_interrupted(
        &self,
        now: Time,
        owner: &str,
        until: Time,
        limit: i64,
    ) -> Result<Vec<ConnectSession>, StoreError> {
        self.alive()?;
        self.inner.claim_interrupted(now, owner, until, limit).await
    }

    async fn expired_sessions(
        &self,
        now: Time,
        limit: i64,
    ) -> Result<Vec<ConnectSession>, StoreError> {
        self.alive()?;
        self.inner.expired_sessions(now, limit).await
    }

    async fn spend_registration(
        &self,
        number: &PhoneNumberId,
        now: Time,
        since: Time,
        limit: i64,
    ) -> Result<Option<i64>, StoreError> {
        self.alive()?;
        Ok(self.written(
            self.inner
                .spend_registration(number, now, since, limit)
                .await?,
        ))
    }

    async fn claim_teardowns(
        &self,
        now: Time,
        until: Time,
        limit: i64,
    ) -> Result<Vec<Teardown>, StoreError> {
        self.alive()?;
        self.inner.claim_teardowns(now, until, limit).await
    }

    async fn take_teardowns(
        &self,
        org: OrgId,
        ids: &[TeardownId],
        until: Time,
    ) -> Result<Vec<Teardown>, StoreError> {
        self.alive()?;
        self.inner.take_teardowns(org, ids, until).await
    }

    async fn finish_teardown(
        &self,
        org: OrgId,
        id: TeardownId,
        outcome: TeardownOutcome,
    ) -> Result<(), StoreError> {
        self.alive()?;
        self.inner.finish_teardown(org, id, outcome).await
    }

    async fn unfinished_teardowns(&self, org: OrgId, grant: GrantId) -> Result<i64, StoreError> {
        self.alive()?;
        self.inner.unfinished_teardowns(org, grant).await
    }

    async fn living_grants_of(&self, app: MetaAppId, user: &MetaUserId) -> Result<i64, StoreError> {
        self.alive()?;
        self.inner.living_grants_of(app, user).await
    }

    async fn release_all_runners(&self) -> Result<(), StoreError> {
        self.alive()?;
        self.inner.release_all_runners().await
    }
}
