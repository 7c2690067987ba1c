//! Logs and metrics.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Writes JSON logs to standard error. `level` is a tracing filter, such as `info` or `wabakit_services=debug`. Does
/// nothing when the process has a logger already.
pub fn install_logs(level: Option<&str>) {
    let filter =
        EnvFilter::try_new(level.unwrap_or("info")).unwrap_or_else(|_| EnvFilter::new("info"));
    let json = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false);
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(json.with_writer(std::io::stderr))
        .try_init();
}

/// Buckets of request durations, in seconds.
const DURATIONS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// Collects the metrics of this process, and renders them as Prometheus text. A second server in one process shares
/// the first one's collector, or has none when the host has its own.
pub fn install_metrics() -> Option<PrometheusHandle> {
    static HANDLE: std::sync::OnceLock<Option<PrometheusHandle>> = std::sync::OnceLock::new();
    HANDLE
        .get_or_init(|| {
            PrometheusBuilder::new()
                .set_buckets(&DURATIONS)
                .ok()?
                .install_recorder()
                .ok()
        })
        .clone()
}
