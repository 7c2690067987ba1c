use std::time::Duration;

/// How sending behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SendSettings {
    /// Taking messages.
    pub submit: SubmitSettings,
    /// A message that names no end is not sent after this long, from when it is due.
    pub time_to_live: Duration,
    /// How long a proof is waited for when an attempt's outcome is unknown.
    pub proof_wait: Duration,
    /// What becomes of a message when no proof came.
    pub unknown: UnknownPolicy,
    /// A message that Meta took, and that has neither arrived nor failed this long after it was begun, is called
    /// stuck. It need not be: a phone that is switched off also leaves a message at `sent`, and Meta keeps trying
    /// for 30 days.
    pub stuck_after: Duration,
    /// Holds the sender: what is submitted is queued, and waits.
    pub hold: bool,
    /// Requests to Meta under way at once, of this process.
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

/// What becomes of a message whose outcome nobody knows, once no proof came in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnknownPolicy {
    /// It is shown as unknown, and a person decides.
    Ask,
    /// It is held for failed. A later proof still says otherwise.
    Fail,
}

/// How much is taken at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SubmitSettings {
    /// Calls that may wait at once.
    pub queue: usize,
    /// Messages of one commit, about: a call is not cut.
    pub batch: usize,
    /// Commits under way at once: 1 where the database has one writer.
    pub commits: usize,
    /// How long a call waits for a place in the queue.
    pub patience: Duration,
    /// How often a commit is tried that others got in the way of.
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
