use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::Notify;
use wabakit_domain::ids::AccountId;

/// Notifies the sender of this process which queues changed. A queue that is not announced is found by polling.
#[derive(Default)]
pub(super) struct Wakes {
    notify: Notify,
    accounts: Mutex<BTreeSet<AccountId>>,
    /// Tells whether a queue was paused or resumed, so that cached leases are stale.
    is_stale: AtomicBool,
}

impl Wakes {
    /// Notifies that these numbers' queues changed.
    pub(super) fn wake(&self, accounts: impl IntoIterator<Item = AccountId>) {
        self.locked(|waiting| waiting.extend(accounts));
        self.notify.notify_one();
    }

    /// Notifies that this number's queue was paused or resumed, so that its lease is read again at once.
    pub(super) fn changed(&self, account: AccountId) {
        self.is_stale.store(true, Ordering::Release);
        self.wake([account]);
    }

    /// Tells whether a queue was paused or resumed since the last call.
    pub(super) fn take_stale(&self) -> bool {
        self.is_stale.swap(false, Ordering::AcqRel)
    }

    /// Waits until a queue changes, and returns all that changed since the last call. Only one task waits at a time.
    pub(super) async fn woken(&self) -> BTreeSet<AccountId> {
        loop {
            let woken = self.locked(std::mem::take);
            if !woken.is_empty() {
                return woken;
            }
            self.notify.notified().await;
        }
    }

    fn locked<T>(&self, work: impl FnOnce(&mut BTreeSet<AccountId>) -> T) -> T {
        work(&mut self.accounts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
