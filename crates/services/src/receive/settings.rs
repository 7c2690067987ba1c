use std::time::Duration;

use ring::hmac;
use secrecy::SecretString;

use super::WriterSettings;

/// How receiving behaves.
#[derive(Clone)]
pub struct ReceiveSettings {
    /// The journal's writer.
    pub writer: WriterSettings,
    /// The splitter and the appliers.
    pub processor: ProcessorSettings,
    /// How long things are kept.
    pub retention: RetentionSettings,
    /// App secrets that the common route accepts beside those of the platform's Meta apps.
    pub more_app_secrets: Vec<SecretString>,
    /// Signs tickets: 32 bytes, derived from a secret of the server's, the same on every replica.
    pub ticket_key: hmac::Key,
}

impl ReceiveSettings {
    /// The defaults, for one process on SQLite.
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

/// The splitter and the appliers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ProcessorSettings {
    /// Holds splitter and appliers: what comes is stored, and waits.
    pub hold: bool,
    /// Appliers of this process: 1 on SQLite, which has one writer; 2 on PostgreSQL.
    pub appliers: usize,
    /// Items of one transaction. A change is not cut: it alone may have more.
    pub batch_items: usize,
    /// Bytes of deliveries that are split in one write, about.
    pub split_bytes: usize,
    /// Bytes of changes that an applier reads at once, about.
    pub read_bytes: usize,
    /// How long an applier keeps a partition while there is work, before another replica may have it.
    pub turn: Duration,
    /// How often an item is tried that fails for a reason that may pass.
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

/// How long things are kept, in days.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RetentionSettings {
    /// Deliveries as they came.
    pub deliveries: u16,
    /// Changes that are applied.
    pub changes: u16,
    /// Events.
    pub events: u16,
    /// What waits for its message, and what waits for somebody to connect its number.
    pub waiting: u16,
    /// What tells repeats. Meta repeats for 7 days.
    pub digests: u16,
    /// Counts of traffic and refusals.
    pub counts: u16,
    /// `Idempotency-Key`s of calls that sent something; at least 1.
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
