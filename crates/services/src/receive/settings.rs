use std::time::Duration;

use ring::hmac;
use secrecy::SecretString;

use super::WriterSettings;

/// The settings of receiving.
#[derive(Clone)]
pub struct ReceiveSettings {
    /// The journal's writer.
    pub writer: WriterSettings,
    /// The splitter and the appliers.
    pub processor: ProcessorSettings,
    /// The retention times.
    pub retention: RetentionSettings,
    /// App secrets that the common route accepts besides those of the platform's Meta apps.
    pub more_app_secrets: Vec<SecretString>,
    /// The key that signs tickets: 32 bytes, derived from a secret of the server, the same on every replica.
    pub ticket_key: hmac::Key,
}

impl ReceiveSettings {
    /// Makes the default settings, for one process on SQLite.
    pub fn new(ticket_key: hmac::Key) -> Self {
        Self {
            writer: WriterSettings::default(),
            processor: ProcessorSettings::default(),
            retention: RetentionSettings::default(),
            more_app_secrets: Vec::new(),
            ticket_key,
        }
    }
}

/// The settings of the splitter and the appliers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProcessorSettings {
    /// Tells whether the splitter and the appliers are stopped: deliveries are stored, and wait.
    pub hold: bool,
    /// The number of appliers in this process: 1 on SQLite, which has one writer; 2 on PostgreSQL.
    pub appliers: usize,
    /// The items of one transaction. A change is not divided: it alone may have more.
    pub batch_items: usize,
    /// About how many bytes of deliveries are split in one write.
    pub split_bytes: usize,
    /// About how many bytes of changes an applier reads at once.
    pub read_bytes: usize,
    /// The time for which an applier keeps a partition with changes before another replica may have it.
    pub turn: Duration,
    /// The number of times that an item is tried when it fails for a reason that may pass.
    pub tries: i32,
}

impl Default for ProcessorSettings {
    fn default() -> Self {
        Self {
            hold: false,
            appliers: 1,
            batch_items: 500,
            split_bytes: 4 << 20,
            read_bytes: 4 << 20,
            turn: Duration::from_secs(60),
            tries: 8,
        }
    }
}

/// The retention times, in days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetentionSettings {
    /// Unchanged deliveries.
    pub deliveries: u16,
    /// Applied changes.
    pub changes: u16,
    /// Events.
    pub events: u16,
    /// Facts that wait for their message, and items that wait for somebody to connect their number.
    pub waiting: u16,
    /// Digests that recognise repetitions. Meta repeats for 7 days.
    pub digests: u16,
    /// Counts of traffic and rejections.
    pub counts: u16,
    /// Idempotency keys of calls that queued something; at least 1.
    pub idempotency_keys: u16,
}

impl Default for RetentionSettings {
    fn default() -> Self {
        Self {
            deliveries: 7,
            changes: 30,
            events: 30,
            waiting: 7,
            digests: 8,
            counts: 7,
            idempotency_keys: 2,
        }
    }
}
