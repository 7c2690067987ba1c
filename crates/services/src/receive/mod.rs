//! Receiving: what Meta posts becomes conversations, messages and events, and nothing is lost on the way.
//!
//! Stage by stage: [`IngestService`] and [`JournalWriter`] store what comes; the splitter cuts it into changes; the
//! appliers apply them; the event log tells listeners. Each stage's work is taken off its list in the same write that
//! does it, so a process may die anywhere.

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
pub use media::{MediaFile, MediaService};
pub use ports::ReceivePorts;
pub use rejections::RejectionReason;
pub use settings::{ProcessorSettings, ReceiveSettings, RetentionSettings};
pub use workers::{ApplierLoop, Receive, SplitterLoop};
pub use writer::{JournalWriter, NotStored, WriterSettings};
