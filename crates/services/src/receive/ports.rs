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

/// Everything that receiving stands on. Cheap to clone.
#[derive(Clone)]
pub struct ReceivePorts {
    /// What all services stand on.
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
    /// Turns, and clearing away.
    pub upkeep: Arc<dyn UpkeepStore>,
    /// Files, as bytes.
    pub blobs: Arc<dyn BlobStore>,
    /// Files at Meta.
    pub files: Arc<dyn MediaGateway>,
    /// Word that an event log has grown: the base's.
    pub bus: Arc<dyn EventBus>,
}

impl ReceivePorts {
    /// Wires one store that implements everything of receiving.
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
