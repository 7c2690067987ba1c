//! Durable subscribers of the orgs' event logs.
//!
//! [`EventFeed`] joins the store's cursors and work rows to a [`EventConsumer`]: it reads what is new, stores the work
//! that the consumer makes of it, has due work done, tries failed work again, and parks poison. The loop is
//! `wabakit_work::Subscriber`.

mod feed;

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;
use wabakit_domain::event::Event;
use wabakit_ports::{
    bus::EventBus,
    store::{EventStore, EventWork, EventWorkId, Fence, NewEventWork, StoreError, SubscriberStore},
};

pub(crate) use feed::EventFeed;

use crate::Ports;

/// What a subscriber of the event logs stands on. Cheap to clone.
#[derive(Clone)]
pub struct SubscriberPorts {
    /// What all services stand on.
    pub base: Ports,
    /// The event logs.
    pub events: Arc<dyn EventStore>,
    /// Cursors and work rows.
    pub subscribers: Arc<dyn SubscriberStore>,
    /// Word that a log has grown.
    pub bus: Arc<dyn EventBus>,
    /// Names this process in leases.
    pub owner: Uuid,
}

/// Work that failed, and why.
pub(crate) type Failures = Vec<(EventWorkId, String)>;

/// What a subscriber makes of events.
#[async_trait]
pub(crate) trait EventConsumer: Send + Sync {
    /// Names the subscriber in the store and its worker. It never changes: the cursors are kept under it.
    const NAME: &'static str;

    /// Makes the work of a part of an org's log. Pure: after a crash the same part is read again.
    fn work_of(&self, events: &[Event]) -> Vec<NewEventWork>;

    /// Does due work and takes it off, in one write under the fence. Answers what failed by itself and is still there.
    ///
    /// # Errors
    /// When the write failed: all of it is still there.
    async fn perform(&self, fence: Fence, due: Vec<EventWork>) -> Result<Failures, StoreError>;
}
