//! The background workers. Every replica runs all of them: each piece of work is claimed in the database.

use std::time::Duration;

use metrics::{counter, gauge};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use wabakit_services::{Ports, Sending, ServiceError};
use wabakit_work::Every;

use crate::{Assembly, connections::Connections, telemetry};

/// The pause between rounds of the workers for mail and for stalled connections.
const OFTEN: Duration = Duration::from_millis(500);
const SOON: Duration = Duration::from_secs(3);
const HOURLY: Duration = Duration::from_secs(3_600);
/// How many days ended sign-ins, tokens and links are kept, to distinguish "ended" from "never existed".
const KEPT_DAYS: i64 = 30;

/// Starts the workers. When the token is cancelled, they end after their round.
pub(crate) fn start(
    assembly: &Assembly,
    (connections, idle): (Connections, Duration),
    stop: &CancellationToken,
) -> JoinSet<()> {
    let supervisor = &assembly.ports.supervisor;
    let mut workers = assembly.overview.start(stop);
    let connect = || assembly.connect.clone();
    workers.spawn(
        supervisor.repeat("connect.recover", stop, connect(), |connect| {
            Every::new(SOON, connect, |connect| async move {
                connect.recover_interrupted().await
            })
        }),
    );
    workers.spawn(
        supervisor.repeat("connect.expire", stop, connect(), |connect| {
            Every::new(SOON * 10, connect, |connect| async move {
                connect.sweep_expired().await
            })
        }),
    );
    workers.spawn(
        supervisor.repeat("connect.tear-down", stop, connect(), |connect| {
            Every::new(SOON, connect, |connect| async move {
                connect.run_teardowns().await
            })
        }),
    );
    let ports = assembly.ports.clone();
    workers.spawn(supervisor.repeat("identity.prune", stop, ports, |ports| {
        Every::new(HOURLY, ports, prune_identity)
    }));
    if let Some(mail) = assembly.team.mail().cloned() {
        workers.spawn(supervisor.repeat("mail.send", stop, mail, |mail| {
            Every::new(OFTEN, mail, |mail| async move { mail.send_due().await })
        }));
    }
    let templates = (assembly.templates.clone(), stop.clone());
    workers.spawn(
        supervisor.repeat("templates.sync", stop, templates, |templates| {
            Every::new(SOON, templates, |(templates, stop)| async move {
                templates.run_due_syncs(&stop).await
            })
            .woken_by(|(templates, _)| async move { templates.sync_requested().await })
        }),
    );
    let sending = assembly.sending.clone();
    workers.spawn(
        supervisor.repeat("metrics.send-counts", stop, sending, |sending| {
            Every::new(SOON, sending, |sending| async move {
                count_sent(&sending);
                Ok::<_, ServiceError>(0)
            })
        }),
    );
    workers.spawn(
        supervisor.repeat("http.close-stalled", stop, connections, move |open| {
            Every::new(OFTEN, open, move |open| async move {
                open.close_stalled(idle);
                Ok::<_, ServiceError>(0)
            })
        }),
    );
    if let Some(metrics) = telemetry::install_metrics() {
        workers.spawn(
            supervisor.repeat("metrics.upkeep", stop, metrics, |metrics| {
                Every::new(SOON, metrics, |metrics| async move {
                    metrics.run_upkeep();
                    Ok::<_, ServiceError>(0)
                })
            }),
        );
    }
    workers
}

/// Deletes some of the sign-ins, tokens and links that ended long ago. Returns how many rows.
async fn prune_identity(ports: Ports) -> Result<usize, ServiceError> {
    let before = ports.clock.now() - chrono::Duration::days(KEPT_DAYS);
    let pruned = ports.identity.prune_identity(before, 1_000).await?;
    Ok(usize::try_from(pruned).unwrap_or(usize::MAX))
}

/// Copies the counts of sending into the metrics.
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
