#![doc = include_str!("../README.md")]

mod api;
mod cookies;
mod edge;
mod extract;
mod live;
mod openapi;
mod popup;
mod problem;
mod routes;
mod views;

pub use api::{Api, HttpSettings, Readiness, ReadinessCheck};
pub use edge::{Bodies, BodyLimits};
pub use live::{ListenerLimits, Listeners};
pub use openapi::openapi;
pub use routes::configure;
