//! Errors of the control API: `{"error": "<sentence>"}`.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::customer::ComposeError;
use crate::webhooks::QueueError;

/// Why an order was not followed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ControlError {
    /// The order makes no sense.
    #[error("{0}")]
    Invalid(String),
    /// What it speaks of is not there.
    #[error("{0}")]
    NotFound(String),
    /// The state cannot be kept.
    #[error("the state cannot be kept: {0}")]
    Io(#[from] std::io::Error),
    /// Too much waits already, or it cannot be kept.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// No key for a new state.
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
            Self::Queue(QueueError::Full) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Queue(QueueError::Io(_)) | Self::Io(_) | Self::Random(_) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).json(json!({ "error": self.to_string() }))
    }
}

/// What a control handler answers.
pub(crate) type Answer = Result<actix_web::web::Json<serde_json::Value>, ControlError>;
