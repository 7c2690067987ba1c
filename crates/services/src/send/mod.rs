//! Sending: a call is durable before it is answered, and what is sent is sent once.
//!
//! A message and its place in the queue are one row. [`MessageService`] checks what is asked and queues it, many
//! calls in one commit; the [`Sender`] takes it to Meta at the number's pace; what a person or a program does to a
//! message meanwhile goes through the same plan as what Meta reports.

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

/// Messages' use cases.
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

/// Sending, put together. One instance serves the whole process. Cheap to clone.
#[derive(Clone)]
pub struct Sending {
    /// Messages: queued, listed, cancelled, sent again.
    pub messages: MessageService,
    /// Files to send.
    pub uploads: UploadService,
    /// The numbers' queues.
    pub queues: QueueService,
    /// What is not modelled.
    pub raw: RawService,
    /// Takes messages to Meta.
    pub sender: Sender,
    /// Counts what is sent.
    pub meter: Arc<SendMeter>,
    writer: SubmitWriter,
    commits: usize,
    supervisor: Supervisor,
}

impl Sending {
    /// Stands on these ports. Nothing is queued before [`Sending::start`], and nothing is sent before
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

    /// Starts the writers of what is submitted, on the current runtime. When the token is cancelled they write what
    /// waits still, and end: stop taking requests before.
    pub fn start(&self, stop: &CancellationToken) -> JoinSet<()> {
        let (supervisor, mut writers) = (&self.supervisor, JoinSet::new());
        for which in 0..self.commits {
            let name = format!("send.submit.{which}");
            let run = |writer: SubmitWriter, stop| async move { writer.run(&stop).await };
            writers.spawn(supervisor.supervise(&name, stop, self.writer.clone(), run));
        }
        writers
    }

    /// How many calls wait to be queued.
    pub fn pending(&self) -> usize {
        self.writer.pending()
    }
}
