//! What goes on without anybody asking. Every replica runs them all: each piece of work is claimed in the database.

use std::{future::Future, time::Duration};

use metrics::{counter, gauge};
use tokio::{task::JoinSet, time};
use tokio_util::sync::CancellationToken;
use wabakit_services::{Sending, ServiceError};

use crate::{Assembly, telemetry};

const SOON: Duration = Duration::from_secs(3);
const HOURLY: Duration = Duration::from_secs(3_600);
/// Sign-ins, tokens and links that are over are kept this long, to tell "over" from "never was".
const KEPT_DAYS: i64 = 30;

/// Starts the workers; they end when the token is cancelled, after the round they are in.
pub(crate) fn start(assembly: &Assembly, stop: &CancellationToken) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    let connect = assembly.connect.clone();
    workers.spawn(every(
        "recover interrupted sessions",
        SOON,
        stop.clone(),
        move || {
            let connect = connect.clone();
            async move { connect.recover_interrupted().await }
        },
    ));
    let connect = assembly.connect.clone();
    workers.spawn(every(
        "sweep expired sessions",
        SOON * 10,
        stop.clone(),
        move || {
            let connect = connect.clone();
            async move { connect.sweep_expired().await }
        },
    ));
    let connect = assembly.connect.clone();
    workers.spawn(every("tear down", SOON, stop.clone(), move || {
        let connect = connect.clone();
        async move { connect.run_teardowns().await }
    }));
    let ports = assembly.ports.clone();
    workers.spawn(every("prune sign-ins", HOURLY, stop.clone(), move || {
        let ports = ports.clone();
        async move {
            let before = ports.clock.now() - chrono::Duration::days(KEPT_DAYS);
            let pruned = ports.identity.prune_identity(before, 1_000).await?;
            Ok(usize::try_from(pruned).unwrap_or(usize::MAX))
        }
    }));
    let sending = assembly.sending.clone();
    workers.spawn(every("count what is sent", SOON, stop.clone(), move || {
        let sending = sending.clone();
        async move {
            count_sent(&sending);
            Ok(0)
        }
    }));
    if let Some(metrics) = telemetry::install_metrics() {
        workers.spawn(every("tidy up metrics", SOON, stop.clone(), move || {
            let metrics = metrics.clone();
            async move {
                metrics.run_upkeep();
                Ok(0)
            }
        }));
    }
    workers
}

/// Takes the counts of sending into the metrics.
fn count_sent(sending: &Sending) {
    let totals = sending.meter.totals();
    counter!("wabakit_messages_submitted_total").absolute(totals.submitted);
    for (outcome, count) in [
        ("accepted", totals.accepted),
        ("refused", totals.refused),
        ("again", totals.again),
        ("unknown", totals.unknown),
    ] {
        counter!("wabakit_send_attempts_total", "outcome" => outcome).absolute(count);
    }
    gauge!("wabakit_send_requests").set(totals.requests as f64);
    gauge!("wabakit_submissions_waiting").set(sending.pending() as f64);
}

/// Runs a round now and then; at once again while there was work. A round is never cut short: it may hold a lease.
async fn every<F: Future<Output = Result<usize, ServiceError>>>(
    name: &'static str,
    period: Duration,
    stop: CancellationToken,
    round: impl Fn() -> F,
) {
    let mut failures = 0_u32;
    loop {
        let wait = match round().await {
            Ok(0) => {
                failures = 0;
                period
            }
            Ok(count) => {
                failures = 0;
                tracing::debug!(worker = name, count, "worked");
                Duration::from_millis(100)
            }
            Err(error) => {
                failures = (failures + 1).min(6);
                tracing::warn!(worker = name, %error, "a round failed; it is tried again");
                period * 2_u32.pow(failures)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = time::sleep(wait.min(HOURLY)) => {}
        }
    }
}
