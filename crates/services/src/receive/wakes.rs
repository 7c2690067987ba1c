use std::sync::atomic::{AtomicU16, Ordering};

use tokio::sync::Notify;
use wabakit_domain::delivery::PARTITIONS;

/// Tells workers of this process that there is work. A worker that is not told finds its work by looking.
pub(super) struct Wakes {
    /// Something was journaled.
    pub(super) split: Notify,
    /// A file is to be fetched.
    pub(super) media: Notify,
    /// A parked item is due.
    pub(super) retry: Notify,
    /// One an applier.
    apply: Vec<Notify>,
    /// Bit n: partition n got changes.
    partitions: AtomicU16,
}

impl Wakes {
    pub(super) fn new(appliers: usize) -> Self {
        Self {
            split: Notify::new(),
            media: Notify::new(),
            retry: Notify::new(),
            apply: (0..appliers).map(|_| Notify::new()).collect(),
            partitions: AtomicU16::new(0),
        }
    }

    /// These partitions got changes.
    pub(super) fn queued(&self, partitions: u16) {
        self.partitions.fetch_or(partitions, Ordering::AcqRel);
        self.apply.iter().for_each(Notify::notify_one);
    }

    /// The partitions that got changes since they were last asked for with this applier.
    pub(super) fn take_queued(&self) -> u16 {
        self.partitions.swap(0, Ordering::AcqRel)
    }

    /// Waits until some partition got changes.
    pub(super) async fn applier(&self, which: usize) {
        match self.apply.get(which) {
            Some(notify) => notify.notified().await,
            None => std::future::pending().await,
        }
    }
}

/// The bit of a partition.
pub(super) const fn bit(partition: u8) -> u16 {
    1 << (partition % PARTITIONS)
}
