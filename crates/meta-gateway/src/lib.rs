#![doc = include_str!("../README.md")]

mod assets;
mod caller;
mod config;
mod dialog;
mod errors;
mod facts;
mod gateway;
mod media;
mod send;
mod templates;

pub use config::{GatewayConfig, GatewayConfigError};
pub use gateway::GraphGateway;
pub use wabakit_graph::CallRetryPolicy;
