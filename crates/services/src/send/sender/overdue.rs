//! Overdue messages: those without proof in time, and those not sent in time.

use std::time::Duration;

use wabakit_domain::outbound::SendStep;
use wabakit_ports::store::StoreError;

use super::{super::UnknownPolicy, Shared, outcomes::StepReport};

pub(super) const LOOK: Duration = Duration::from_secs(1);
const AT_ONCE: i64 = 500;

/// Settles some overdue messages. Every replica does; if two find the same message, one of them changes it. Returns how
/// many, or 0 when none are left.
pub(super) async fn settle(shared: &Shared) -> Result<usize, StoreError> {
    let now = shared.ports.base.now();
    let found = shared.ports.outbox.overdue(now, AT_ONCE).await?;
    let count = found.len();
    let as_failed = shared.settings.unknown == UnknownPolicy::Fail;
    let told = found.into_iter().map(|overdue| StepReport {
        org: overdue.org,
        account: overdue.account,
        message: overdue.message,
        step: match overdue.is_proving {
            true => SendStep::Unproven { as_failed },
            false => SendStep::Expired,
        },
    });
    shared.outcomes.tell_all(told).await;
    let is_all = i64::try_from(count).unwrap_or(i64::MAX) < AT_ONCE;
    Ok(if is_all { 0 } else { count })
}
