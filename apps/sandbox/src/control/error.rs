//! Errors of the control API: `{"error": "<sentence>"}`.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::customer::ComposeError;
use crate::scenarios::PlayStopped;
use crate::webhooks::QueueError;

/// The reason why an order was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ControlError {
    /// The order makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// The object does not exist.
    #[error("{0}")]
    NotFound(String),
    /// A step of a scenario failed.
    #[error(transparent)]
    Stopped(#[from] PlayStopped),
    /// Too much of it is done at the same time.
    #[error("{0}")]
    Busy(String),
    /// The state cannot be kept.
    #[error("the state cannot be kept: {0}")]
    Io(#[from] std::io::Error),
    /// Too much is waiting already, or the queue cannot be stored.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// A new state could not get a key.
    #[error("the system gave no randomness")]
    Random(#[from] ring::error::Unspecified),
}

impl From<ComposeError> for ControlError {
    fn from(error: ComposeError) -> Self {
        match error {
            ComposeError::Invalid(text) => Self::Invalid(text),
            ComposeError::Io(error) => Self::Io(error),
        }
    }
}

impl ResponseError for ControlError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Stopped(_) => StatusCode::CONFLICT,
            Self::Busy(_) | Self::Queue(QueueError::Full) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Queue(QueueError::Io(_)) | Self::Io(_) | Self::Random(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).json(json!({ "error": self.to_string() }))
    }
}

/// The result of a control handler.
pub(crate) type Answer = Result<actix_web::web::Json<serde_json::Value>, ControlError>;
