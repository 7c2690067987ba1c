use wabakit_domain::outbound::{self, JobState};
use wabakit_wire::sending::{Priority, Sending, WaitReason, Waiting};

use super::{IntoWire, record, words};
use crate::send::{self, Acts, ShownMessage};

words!(both outbound::Priority => Priority { High, Normal, Low });
words!(outbound::WaitReason => WaitReason {
    Scheduled, Retry, PairLimit, Upload, Proof, Pace, Paused, NumberLimited, WabaLimited, TokenInvalid,
    AccountBlocked, NotConnected,
});
record!(send::Waiting => Waiting { reason, until, passed: is_passed });

pub(super) fn sending(shown: &ShownMessage) -> Sending {
    let message = &shown.message;
    let job = message.job.as_deref();
    let acts = Acts::on(message);
    let scheduled = job.filter(|job| {
        let is_queued = job.state == JobState::Queued;
        is_queued && job.wait == Some(outbound::WaitReason::Scheduled)
    });
    Sending {
        to: shown.to.clone(),
        error: message.errors.first().cloned().into_wire(),
        priority: job.map(|job| job.priority.into_wire()),
        flow: job
            .map(|job| job.flow.clone())
            .filter(|flow| !flow.is_empty()),
        client_reference: job.and_then(|job| job.client_reference.clone()),
        scheduled_at: scheduled.map(|job| job.due_at),
        expires_at: job.map(|job| job.expires_at),
        attempt: job.map_or(0, |job| job.attempt),
        dispatched_at: job.and_then(|job| job.dispatched_at),
        duplicates: job.map(duplicates).unwrap_or_default(),
        waiting: shown.waiting.into_wire(),
        is_stuck: shown.is_stuck,
        can_cancel: acts.can_cancel,
        can_retry: acts.can_retry,
        retry_may_repeat: acts.retry_may_repeat,
    }
}

/// Returns Meta's ids of a message's further acceptances.
pub(super) fn duplicates(job: &outbound::Job) -> Vec<String> {
    job.duplicates.iter().map(ToString::to_string).collect()
}
