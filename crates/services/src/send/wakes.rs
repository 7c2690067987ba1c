use std::{
    collections::BTreeSet,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::Notify;
use wabakit_domain::ids::AccountId;

/// Tells the sender of this process which queues got something to do. One that is not told finds it by looking.
#[derive(Default)]
pub(super) struct Wakes {
    notify: Notify,
    accounts: Mutex<BTreeSet<AccountId>>,
    /// What is known of some queue is no longer so: it was paused, or let go on.
    is_stale: AtomicBool,
}

impl Wakes {
    /// These numbers' queues changed.
    pub(super) fn wake(&self, accounts: impl IntoIterator<Item = AccountId>) {
        self.locked(|waiting| waiting.extend(accounts));
        self.notify.notify_one();
    }

    /// This number's queue was paused, or is let go on: what its lease says is to be read again at once.
    pub(super) fn changed(&self, account: AccountId) {
        self.is_stale.store(true, Ordering::Release);
        self.wake([account]);
    }

    /// Whether a queue was paused or let go on since this was last asked.
    pub(super) fn take_stale(&self) -> bool {
        self.is_stale.swap(false, Ordering::AcqRel)
    }

    /// Waits until some queue changes, and answers which did since this was last asked. One waits at a time.
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
