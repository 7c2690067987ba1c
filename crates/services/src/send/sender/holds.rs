//! Holds: conditions that stop a whole queue.

use wabakit_domain::{Time, outbound::WaitReason};
use wabakit_ports::{
    meta::GrantAccess,
    store::{QueueBlock, QueueLease},
};

use super::circuits::Circuits;

/// The reason why a queue is stopped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Hold {
    /// Until a person resumes it or connects the number again.
    Open(WaitReason),
    /// Until a time. Then one message is sent as a probe.
    Until(QueueBlock),
}

/// Returns the hold of the queue, if it is stopped now.
pub(super) fn hold(
    lease: &QueueLease,
    own: Option<&QueueBlock>,
    access: Option<&GrantAccess>,
    circuits: &Circuits,
    now: Time,
) -> Option<Hold> {
    if !lease.is_active {
        return Some(Hold::Open(WaitReason::NotConnected));
    }
    if lease.is_paused {
        return Some(Hold::Open(WaitReason::Paused));
    }
    if access.is_none() {
        return Some(Hold::Open(WaitReason::TokenInvalid));
    }
    let shared = circuits.block(&lease.waba_id, access, now);
    let own = own.filter(|block| block.until > now).cloned();
    own.or(shared).map(Hold::Until)
}
