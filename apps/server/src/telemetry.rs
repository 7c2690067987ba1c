//! Logs and metrics.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{
    EnvFilter, filter::LevelFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::ConfigError;

/// Writes JSON logs to standard error. `level` is a tracing filter, such as `info` or `wabakit_services=debug`. If the
/// process has a logger already, this does nothing.
///
/// # Errors
/// When the level is no valid filter.
pub fn install_logs(level: Option<&str>) -> Result<(), ConfigError> {
    let filter = filter(level.map(str::trim).filter(|level| !level.is_empty()))?;
    let json = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false);
    let _ = tracing_subscriber::registry()
        .with(filter)
        .with(json.with_writer(std::io::stderr))
        .try_init();
    Ok(())
}

fn filter(level: Option<&str>) -> Result<EnvFilter, ConfigError> {
    let level = level.unwrap_or("info");
    let malformed = || {
        ConfigError::Malformed(
            "LOG_LEVEL",
            "error, warn, info, debug, trace, or pairs such as wabakit_services=debug, separated by commas"
                .to_owned(),
        )
    };
    // A word that is no level would count as the name of a module, and silence everything else.
    let is_known = |part: &str| part.contains('=') || part.parse::<LevelFilter>().is_ok();
    if !level.split(',').map(str::trim).all(is_known) {
        return Err(malformed());
    }
    EnvFilter::try_new(level).map_err(|_| malformed())
}

/// Buckets of request durations, in seconds.
const DURATIONS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// Collects the metrics of this process, and renders them as Prometheus text. A second server in one process shares the
/// collector. Returns `None` if the host has a collector of its own.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_level_that_is_none_is_refused() {
        for level in [
            "info",
            "DEBUG",
            "off",
            "warn,wabakit_services=debug",
            "wabakit_http=trace",
        ] {
            assert!(filter(Some(level)).is_ok(), "{level}");
        }
        for level in ["loud=very", "loud", "info,loud", "inof"] {
            let error = filter(Some(level)).unwrap_err().to_string();
            assert!(error.starts_with("LOG_LEVEL"), "{error}");
        }
    }
}
