use serde::Deserialize;

use crate::wire::{Extra, lenient, open_enum};

/// Tells whether messages can be sent, and what prevents it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct HealthStatus {
    /// The worst value of all entities.
    #[serde(default)]
    pub can_send_message: Option<CanSendMessage>,
    /// The app, business, WABA, number and template that sending depends on.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub entities: Vec<HealthEntity>,
}

/// An object that sending depends on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct HealthEntity {
    /// The kind of object, such as `PHONE_NUMBER` or `WABA`.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// Its id.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub id: Option<String>,
    /// Tells whether it allows sending.
    #[serde(default)]
    pub can_send_message: Option<CanSendMessage>,
    /// The reasons that prevent sending.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub errors: Vec<HealthError>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A reason that prevents sending.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct HealthError {
    /// Meta's code.
    #[serde(deserialize_with = "lenient::integer")]
    pub error_code: Option<i64>,
    /// The reason in Meta's words.
    pub error_description: Option<String>,
    /// The remedy in Meta's words.
    pub possible_solution: Option<String>,
}

open_enum! {
    /// Tells whether messages can be sent.
    pub enum CanSendMessage {
        /// Yes.
        Available = "AVAILABLE",
        /// With limits.
        Limited = "LIMITED",
        /// No.
        Blocked = "BLOCKED",
    }
}
