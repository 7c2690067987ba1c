//! Receiving: Meta's deliveries become conversations, messages and events, and none is lost on the way.
//!
//! The stages: [`IngestService`] and [`JournalWriter`] store deliveries; the splitter cuts them into changes; the
//! appliers apply changes; the event log notifies listeners. Each stage takes its work off its queue in the write that
//! does the work, so a process may die at any point.

mod applier;
mod bus;
mod export;
mod facts;
mod health;
mod inbox;
mod ingest;
mod jobs;
mod live;
mod log;
mod mask;
mod media;
mod ports;
mod rejections;
mod retries;
mod routes;
mod secrets;
mod settings;
mod splitter;
mod ticket;
mod traffic;
mod turns;
mod upkeep;
mod wakes;
mod workers;
mod writer;

pub use bus::LocalBus;
pub use export::ContactExport;
pub use health::{PlatformHealth, WabaHealth, WebhookHealth};
pub use inbox::InboxService;
pub use ingest::{Admission, ChallengeFailure, IngestRefusal, IngestService};
pub use live::EventService;
pub use log::{ReplayRequest, WebhookLogService, Whose};
pub use media::{MediaFile, MediaService, StorageUse};
pub use ports::ReceivePorts;
pub use rejections::RejectionReason;
pub use settings::{ProcessorSettings, ReceiveSettings, RetentionSettings};
pub use workers::{ApplierLoop, Receive, SplitterLoop};
pub use writer::{JournalWriter, NotStored, WriterSettings};
