use std::sync::atomic::{AtomicU16, Ordering};

use tokio::sync::Notify;
use wabakit_domain::delivery::PARTITIONS;

/// Notifies the workers of this process. A worker that is not notified finds its work by polling.
pub(super) struct Wakes {
    /// A delivery was journaled.
    pub(super) split: Notify,
    /// A file must be fetched.
    pub(super) media: Notify,
    /// A parked item is due.
    pub(super) retry: Notify,
    /// One notification for each applier, with the partitions that got changes: bit n stands for partition n.
    apply: Vec<(Notify, AtomicU16)>,
}

impl Wakes {
    pub(super) fn new(appliers: usize) -> Self {
        Self {
            split: Notify::new(),
            media: Notify::new(),
            retry: Notify::new(),
            apply: (0..appliers).map(|_| Default::default()).collect(),
        }
    }

    /// Notifies that these partitions got changes.
    pub(super) fn queued(&self, partitions: u16) {
        for (notify, theirs) in &self.apply {
            theirs.fetch_or(partitions, Ordering::AcqRel);
            notify.notify_one();
        }
    }

    /// Takes the partitions that got changes since this applier last asked.
    pub(super) fn take_queued(&self, applier: usize) -> u16 {
        let mine = self.apply.get(applier);
        mine.map_or(0, |(_, partitions)| partitions.swap(0, Ordering::AcqRel))
    }

    /// Waits until a partition gets changes.
    pub(super) async fn queued_for(&self, applier: usize) {
        match self.apply.get(applier) {
            Some((notify, _)) => notify.notified().await,
            None => std::future::pending().await,
        }
    }
}

/// Returns the bit of a partition.
pub(super) const fn bit(partition: u8) -> u16 {
    1 << (partition % PARTITIONS)
}
