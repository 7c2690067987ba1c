//! The problems of sending.

use actix_web::http::StatusCode;
use wabakit_services::{SendError, wire::IntoWire};

use super::{Answer, SOON};

impl From<&SendError> for Answer {
    fn from(error: &SendError) -> Self {
        let (status, title, remedy) = match error {
            SendError::Service(error) => return Self::from(error),
            SendError::Invalid(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "Meta would not accept the message",
                "Correct the fields that are named.",
            ),
            SendError::WindowClosed { .. } => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The 24-hour window is closed",
                "Send a template, or wait until the person writes. If you know better, send it with ignoreWindow: Meta decides.",
            ),
            SendError::OptedOut => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The person wants no marketing",
                "Send a template of the category utility or authentication and say so by its category, or wait until the person writes.",
            ),
            SendError::NoAccount => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "There is no number to send from",
                "Connect a number, or name one by accountId.",
            ),
            SendError::NotConnected => (
                StatusCode::CONFLICT,
                "The number is not connected",
                "Connect it again, or choose another number.",
            ),
            SendError::InFlight => (
                StatusCode::CONFLICT,
                "The same request is in progress",
                "Wait a second, then ask again with the same key.",
            ),
            SendError::KeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The Idempotency-Key was used for another request",
                "Take a new key for a new request.",
            ),
            SendError::KeyMalformed => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The Idempotency-Key cannot be used",
                "Take a UUID.",
            ),
            SendError::NotQueued(_) | SendError::NotRetryable(_) | SendError::NotUnknown(_) => (
                StatusCode::CONFLICT,
                "The message's status does not allow this",
                "Load the message again.",
            ),
            SendError::MayRepeat => (
                StatusCode::CONFLICT,
                "The person may get it twice",
                "Look for a reply first. To send it nevertheless, retry with mayRepeat.",
            ),
            SendError::NoInbound => (
                StatusCode::CONFLICT,
                "There is no message of the customer",
                "Wait until the person writes.",
            ),
            SendError::NotStored => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The message could not be stored",
                "Try again in a moment, with the same Idempotency-Key.",
            ),
            SendError::MediaTooLarge { .. } => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "The file is too large",
                "Make it smaller, or send it as a link.",
            ),
            SendError::OverQuota(_) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "The organisation's storage is full",
                "Erase contacts whose files nobody needs any more, send the file as a link, or ask the operator for more room.",
            ),
            SendError::MediaType(_) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Meta takes no such file",
                "Convert it.",
            ),
            SendError::MediaEmpty => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "The file is empty",
                "Choose another file.",
            ),
            SendError::RawNotAllowed(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                "This call is not allowed",
                "Call what the account itself has at Meta, without tokens; messages and registration have routes of their own.",
            ),
        };
        let fields: Vec<_> = error.fields().iter().map(IntoWire::into_wire).collect();
        let mut answer = Self::new(status, error.code(), title, error.to_string()).remedy(remedy);
        if !fields.is_empty() {
            answer = answer.errors(fields);
        }
        match error {
            SendError::InFlight | SendError::NotStored => answer.retry_after(SOON),
            _ => answer,
        }
    }
}
