//! Messages of the business: how they are queued, and how they come to Meta.

mod compose;
mod job;

pub use compose::{Compose, StoredFile};
pub use job::{Job, JobState, Outcome, Priority, SendFact, SendStep, WaitReason};
