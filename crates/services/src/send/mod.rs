//! Sending: a message is durable before its call is answered, and is sent once.
//!
//! A message and its place in the queue are one row. [`MessageService`] checks and queues messages, many calls in one
//! commit. The [`Sender`] sends them to Meta at the number's pace. Acts of people and programs on a message go
//! through the same planner as Meta's reports.

mod acts;
mod answer;
mod draft;
mod error;
mod files;
mod idempotency;
mod lists;
mod meter;
mod numbers;
mod ports;
mod queues;
mod rate;
mod raw;
mod sender;
mod settings;
mod sniff;
mod submit;
mod uploads;
mod wakes;
mod window;
mod writer;

use std::sync::Arc;

use chrono::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use wabakit_work::Supervisor;

pub use answer::Refusal;
pub use draft::Defaults;
pub use error::SendError;
pub use lists::{Acts, ShownMessage};
pub use meter::{SendMeter, SendTotals};
pub use numbers::{Waiting, own_wait};
pub use ports::SendPorts;
pub use queues::{Queue, QueueService};
pub use rate::Rate;
pub use raw::{RawCall, RawService};
pub use sender::Sender;
pub use settings::{SendSettings, SubmitSettings, UnknownPolicy};
pub use submit::Answered;
pub use uploads::{NewUpload, UploadService};

use files::SendFiles;
use idempotency::InFlight;
use numbers::Numbers;
use wakes::Wakes;
use writer::SubmitWriter;

/// The use cases of messages.
#[derive(Clone)]
pub struct MessageService {
    ports: SendPorts,
    time_to_live: Duration,
    stuck_after: Duration,
    writer: SubmitWriter,
    in_flight: InFlight,
    numbers: Numbers,
    files: SendFiles,
    wakes: Arc<Wakes>,
}

/// Sending, wired. One instance serves the whole process. Cheap to clone.
#[derive(Clone)]
pub struct Sending {
    /// Queue, list, cancel and retry messages.
    pub messages: MessageService,
    /// Files to send.
    pub uploads: UploadService,
    /// The numbers' queues.
    pub queues: QueueService,
    /// The raw passthrough.
    pub raw: RawService,
    /// Sends messages to Meta.
    pub sender: Sender,
    /// Counts messages and attempts.
    pub meter: Arc<SendMeter>,
    writer: SubmitWriter,
    commits: usize,
    supervisor: Supervisor,
}

impl Sending {
    /// Creates sending on these ports. Nothing is queued before [`Sending::start`], and nothing is sent before
    /// [`Sender::start`].
    pub fn new(ports: SendPorts, settings: SendSettings) -> Self {
        let supervisor = ports.base.supervisor.clone();
        let (wakes, meter) = (Arc::<Wakes>::default(), Arc::<SendMeter>::default());
        let (files, numbers) = (SendFiles::new(ports.clone()), Numbers::new(ports.clone()));
        let writer =
            SubmitWriter::new(ports.clone(), settings.submit, wakes.clone(), meter.clone());
        let time_to_live = Duration::from_std(settings.time_to_live);
        let stuck_after = Duration::from_std(settings.stuck_after).unwrap_or(Duration::days(30));
        Self {
            messages: MessageService {
                ports: ports.clone(),
                time_to_live: time_to_live.unwrap_or(Duration::days(1)),
                stuck_after,
                writer: writer.clone(),
                in_flight: InFlight::default(),
                numbers: numbers.clone(),
                files: files.clone(),
                wakes: wakes.clone(),
            },
            uploads: UploadService::new(ports.clone()),
            queues: QueueService {
                ports: ports.clone(),
                stuck_after,
                numbers,
                wakes: wakes.clone(),
                meter: meter.clone(),
            },
            raw: RawService {
                ports: ports.clone(),
            },
            sender: Sender::new(ports, settings, files, wakes, meter.clone()),
            meter,
            writer,
            commits: settings.submit.commits.max(1),
            supervisor,
        }
    }

    /// Starts the writers that queue messages, on the current runtime. When the token is cancelled, they write the
    /// waiting calls and stop: stop accepting requests before you cancel it.
    pub fn start(&self, stop: &CancellationToken) -> JoinSet<()> {
        let (supervisor, mut writers) = (&self.supervisor, JoinSet::new());
        for which in 0..self.commits {
            let name = format!("send.submit.{which}");
            let run = |writer: SubmitWriter, stop| async move { writer.run(&stop).await };
            writers.spawn(supervisor.supervise(&name, stop, self.writer.clone(), run));
        }
        writers
    }

    /// Counts the calls that wait to be queued.
    pub fn pending(&self) -> usize {
        self.writer.pending()
    }
}
