use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use tokio::sync::Notify;
use wabakit_domain::ids::AccountId;

/// Tells the sender of this process which queues got something to do. One that is not told finds it by looking.
#[derive(Default)]
pub(super) struct Wakes {
    notify: Notify,
    accounts: Mutex<BTreeSet<AccountId>>,
}

impl Wakes {
    /// These numbers' queues changed.
    pub(super) fn wake(&self, accounts: impl IntoIterator<Item = AccountId>) {
        self.locked(|waiting| waiting.extend(accounts));
        self.notify.notify_one();
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
