#![doc = include_str!("../README.md")]

mod builder;
mod client;
mod credentials;
mod endpoint;
pub mod endpoints;
mod error;
mod media_hosts;
pub mod messages;
mod paging;
mod retry;
pub mod template_definitions;
mod transport;
mod usage;
mod wire;

pub use builder::{BuildError, GraphClientBuilder};
pub use client::{GraphClient, Response};
pub use credentials::{AccessToken, AppCredentials, Credentials};
pub use endpoint::{Body, Endpoint, Method, Request};
pub use error::{ErrorClass, ErrorKind, GraphError, MetaError, Replay, classify};
pub use paging::{Page, PageOptions};
pub use retry::{CallRetryPolicy, FailedAttempt, RetryAdvice, RetryDecision, decide_call_retry};
pub use secrecy::{ExposeSecret, SecretString};
pub use usage::{AppUsage, BusinessUsage, Usage};
pub use wire::{Expiry, Extra};
