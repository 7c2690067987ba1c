use std::time::Duration;

/// The settings of sending.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SendSettings {
    /// Accepting messages.
    pub submit: SubmitSettings,
    /// The time for which a message without an expiry may wait after it is due.
    pub time_to_live: Duration,
    /// The time to wait for a proof when an attempt's outcome is unknown.
    pub proof_wait: Duration,
    /// The fate of a message when no proof came.
    pub unknown: UnknownPolicy,
    /// The time from its attempt after which an accepted message counts as stuck, if it has neither arrived nor failed.
    /// It may be fine: a phone that is switched off also leaves a message at `sent`, and Meta keeps trying for 30 days.
    pub stuck_after: Duration,
    /// Tells whether the sender is stopped: messages are queued, and wait.
    pub hold: bool,
    /// The most requests to Meta in progress in this process.
    pub requests: usize,
}

impl Default for SendSettings {
    fn default() -> Self {
        Self {
            submit: SubmitSettings::default(),
            time_to_live: Duration::from_secs(24 * 3_600),
            proof_wait: Duration::from_secs(600),
            unknown: UnknownPolicy::Ask,
            stuck_after: Duration::from_secs(3_600),
            hold: false,
            requests: 1_024,
        }
    }
}

/// The fate of a message with an unknown outcome when no proof came in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnknownPolicy {
    /// It is shown as unknown, and a person decides.
    Ask,
    /// It is marked as failed. A later proof still corrects that.
    Fail,
}

/// The limits of accepting messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SubmitSettings {
    /// The most calls that wait at the same time.
    pub queue: usize,
    /// About how many messages one commit has. A call is never split.
    pub batch: usize,
    /// Commits in progress at the same time: 1 for a database with one writer.
    pub commits: usize,
    /// The time for which a call waits for a place in the queue.
    pub patience: Duration,
    /// The number of times that a commit is tried when other writes conflict with it.
    pub tries: u32,
}

impl Default for SubmitSettings {
    fn default() -> Self {
        Self {
            queue: 4_096,
            batch: 512,
            commits: 1,
            patience: Duration::from_secs(2),
            tries: 5,
        }
    }
}
