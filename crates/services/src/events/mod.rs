//! Durable subscribers of the organisations' event logs.
//!
//! [`EventFeed`] joins the store's cursors and work rows to an [`EventConsumer`]: it reads new events, stores the work
//! rows that the consumer makes of them, performs due rows, retries failed ones, and parks poison. The loop is
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

/// The ports of a subscriber. Cheap to clone.
#[derive(Clone)]
pub struct SubscriberPorts {
    /// The ports of all services.
    pub base: Ports,
    /// The event logs.
    pub events: Arc<dyn EventStore>,
    /// Cursors and work rows.
    pub subscribers: Arc<dyn SubscriberStore>,
    /// Announces that a log has grown.
    pub bus: Arc<dyn EventBus>,
    /// The name of this process in leases.
    pub owner: Uuid,
}

/// Work rows that failed, each with its error.
pub(crate) type Failures = Vec<(EventWorkId, String)>;

/// The use of events by one subscriber.
#[async_trait]
pub(crate) trait EventConsumer: Send + Sync {
    /// The name of the subscriber, in the store and as a worker. It must never change, because its cursors are stored
    /// under it.
    const NAME: &'static str;

    /// Makes the work rows of a part of a log. It must be pure: after a crash it gets the same part again.
    fn work_of(&self, events: &[Event]) -> Vec<NewEventWork>;

    /// Performs due work rows and deletes them, in one write under the fence. Returns those that failed and are kept.
    ///
    /// # Errors
    /// When the write failed. All rows are kept.
    async fn perform(&self, fence: Fence, due: Vec<EventWork>) -> Result<Failures, StoreError>;
}
