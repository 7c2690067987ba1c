#![doc = include_str!("../README.md")]

mod assembly;
mod assets;
#[cfg(feature = "broken")]
mod broken;
pub mod cli;
mod config;
mod connections;
mod metrics_listener;
mod null_journal;
mod serve;
mod system;
pub mod telemetry;
mod workers;

pub use assembly::{Assembly, StartError};
pub use config::{
    Config, ConfigError, LimitsConfig, MetricsAddress, ReceiveConfig, RetentionDays, Safety,
    SendConfig,
};
pub use serve::{RunningServer, start};
pub use system::{SystemClock, SystemIds, SystemRandom};
pub use wabakit_services::ServiceError;
