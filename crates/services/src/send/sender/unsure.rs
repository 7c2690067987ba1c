//! Markings that the database did not confirm.

use std::sync::{Mutex, PoisonError};

use wabakit_domain::ids::AccountId;

use super::outcomes::StepReport;

/// Put-backs that are written again when the lease of their queue is given up.
#[derive(Default)]
pub(super) struct Unsure(Mutex<Vec<StepReport>>);

impl Unsure {
    pub(super) fn put(&self, told: Vec<StepReport>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(told);
    }

    /// Takes the put-backs of these queues.
    pub(super) fn take(&self, accounts: &[AccountId]) -> Vec<StepReport> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (taken, left) = std::mem::take(&mut *all)
            .into_iter()
            .partition(|told| accounts.contains(&told.account));
        *all = left;
        taken
    }
}
