//! Finds overdue messages: without a proof in time, or not sent in time.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use wabakit_domain::outbound::SendStep;

use super::{super::UnknownPolicy, Shared, outcomes::Told};

const LOOK: Duration = Duration::from_secs(1);
const AT_ONCE: i64 = 500;

/// Looks every second, on every replica: if two find the same message, one of them changes it.
pub(super) async fn run(shared: &Shared, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        let now = shared.ports.base.now();
        let found = match shared.ports.outbox.overdue(now, AT_ONCE).await {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "what is past its time could not be looked up");
                Vec::new()
            }
        };
        let is_all = i64::try_from(found.len()).unwrap_or(i64::MAX) < AT_ONCE;
        let as_failed = shared.settings.unknown == UnknownPolicy::Fail;
        let told = found.into_iter().map(|overdue| Told {
            org: overdue.org,
            account: overdue.account,
            message: overdue.message,
            step: match overdue.is_proving {
                true => SendStep::Unproven { as_failed },
                false => SendStep::Expired,
            },
        });
        shared.outcomes.tell_all(told).await;
        if is_all {
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(LOOK) => {}
            }
        }
    }
}
