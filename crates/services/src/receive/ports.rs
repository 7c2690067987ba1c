use std::sync::Arc;

use wabakit_domain::ids::IdBlock;
use wabakit_ports::{
    blob::BlobStore,
    bus::EventBus,
    meta::MediaGateway,
    store::{
        ChangeStore, EventStore, InboxStore, JournalStore, MediaStore, ReceiveStore, UpkeepStore,
    },
};

use crate::Ports;

/// The ports of receiving. Cheap to clone.
#[derive(Clone)]
pub struct ReceivePorts {
    /// The ports of all services.
    pub base: Ports,
    /// Deliveries.
    pub journal: Arc<dyn JournalStore>,
    /// Changes: queued, applied, parked.
    pub changes: Arc<dyn ChangeStore>,
    /// Conversations, contacts, messages.
    pub inbox: Arc<dyn InboxStore>,
    /// The event log.
    pub events: Arc<dyn EventStore>,
    /// Files, as rows.
    pub media: Arc<dyn MediaStore>,
    /// Turns, and pruning.
    pub upkeep: Arc<dyn UpkeepStore>,
    /// Files, as bytes.
    pub blobs: Arc<dyn BlobStore>,
    /// Files at Meta.
    pub files: Arc<dyn MediaGateway>,
    /// Announces that an event log has grown. It is the bus of `base`.
    pub bus: Arc<dyn EventBus>,
}

impl ReceivePorts {
    /// Makes the ports from one store that implements all of them.
    pub fn new(
        base: Ports,
        store: Arc<dyn ReceiveStore>,
        blobs: Arc<dyn BlobStore>,
        files: Arc<dyn MediaGateway>,
    ) -> Self {
        Self {
            bus: base.bus.clone(),
            base,
            journal: store.clone(),
            changes: store.clone(),
            inbox: store.clone(),
            events: store.clone(),
            media: store.clone(),
            upkeep: store,
            blobs,
            files,
        }
    }

    pub(super) fn ids(&self) -> IdBlock {
        self.base.id_block()
    }
}
