//! Every error as `application/problem+json`, from one table.

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use uuid::Uuid;
use wabakit_domain::connect::{self, Refusal};
use wabakit_services::{Invalid, SendError, ServiceError, wire::IntoWire as _};
use wabakit_wire::problem::{FieldError, Problem};

use crate::edge::Cut;

mod send;

/// Seconds after which a client may retry a passing failure.
const SOON: u64 = 1;
/// Seconds after which a client may retry when Meta asks to slow down without saying for how long.
const A_MINUTE: u64 = 60;

/// The reason why a request was not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// A use case failed.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// A use case of sending failed.
    #[error(transparent)]
    Send(SendError),
    /// A submitted login failed. The session holds more.
    #[error("the connect session failed: {}", .0.detail())]
    Session(connect::Problem, Uuid),
    /// The refresh token, or its sign-in, has ended.
    #[error("the sign-in is over")]
    SessionExpired,
    /// A cookie came from a page that is not ours.
    #[error("the request came from another site")]
    Csrf,
    /// The body is not JSON.
    #[error("the body is not JSON")]
    MalformedJson,
    /// The body's content type is not JSON.
    #[error("the body is not application/json")]
    NotJson,
    /// The body is compressed.
    #[error("the body is encoded")]
    Encoded,
    /// The body arrived too slowly.
    #[error("the body came too slowly")]
    SlowBody,
    /// The bodies in progress use up their memory.
    #[error("too many bodies are being read")]
    BodiesFull,
    /// The body is larger than this many bytes.
    #[error("the body is too large")]
    TooLarge(usize),
    /// The log begins at this sequence, because older events are no longer kept.
    #[error("the events are no longer kept")]
    EventsGone(i64),
    /// Too many WebSockets are open.
    #[error("too many listen")]
    TooManyListeners,
    /// The request does not open a WebSocket.
    #[error("the request does not open a WebSocket")]
    NoWebSocket,
    /// The file, which has this many bytes, does not have the range.
    #[error("the file has no such range")]
    RangeNotSatisfiable(u64),
    /// The route does not exist.
    #[error("there is no such route")]
    UnknownRoute,
    /// The route has other methods.
    #[error("the route does not take this method")]
    WrongMethod(String),
}

impl From<Cut> for ApiError {
    fn from(cut: Cut) -> Self {
        match cut {
            Cut::Slow => Self::SlowBody,
            Cut::Full => Self::BodiesFull,
        }
    }
}

impl From<SendError> for ApiError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Service(error) => Self::Service(error),
            error => Self::Send(error),
        }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::Service(invalid.into())
    }
}

/// A problem, with the headers of its answer.
#[derive(Debug)]
pub(crate) struct Answer {
    problem: Problem,
    status: StatusCode,
    retry_after: Option<u64>,
    content_range: Option<String>,
    allow: Option<String>,
}

impl Answer {
    fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            problem: Problem {
                kind: format!("urn:wabakit:problem:{code}"),
                title: title.to_owned(),
                status: status.as_u16(),
                detail: detail.into(),
                code: code.to_owned(),
                request_id: None,
                remedy: None,
                who: None,
                docs: None,
                meta: None,
                errors: None,
                session_id: None,
                oldest: None,
                success: None,
                message: None,
            },
            status,
            retry_after: None,
            content_range: None,
            allow: None,
        }
    }

    fn remedy(mut self, remedy: &'static str) -> Self {
        self.problem.remedy = Some(remedy.to_owned());
        self
    }

    fn errors(mut self, errors: Vec<FieldError>) -> Self {
        self.problem.errors = Some(errors);
        self
    }

    fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    fn refused(problem: connect::Problem) -> Self {
        let refusal = problem.refusal;
        let mut answer = Self::new(
            status_of(refusal),
            refusal.code(),
            refusal.title(),
            problem.detail(),
        )
        .remedy(problem.remedy());
        answer.problem.who = Some(problem.who().as_str().to_owned());
        answer.problem.docs = Some(refusal.docs());
        answer.problem.meta = problem.meta.into_wire();
        answer.retry_after = match answer.status {
            StatusCode::TOO_MANY_REQUESTS => Some(A_MINUTE),
            StatusCode::SERVICE_UNAVAILABLE => Some(SOON),
            _ => None,
        };
        answer
    }

    /// Adds the fields that older clients of the connecting routes read.
    pub(crate) fn for_path(mut self, path: &str) -> Self {
        let older = path.starts_with("/auth/meta-oauth/")
            || path.starts_with("/api/integrations/whatsapp/")
            || path == "/api/settings/phone-numbers";
        if older {
            self.problem.success = Some(false);
            self.problem.message = Some(self.problem.detail.clone());
        }
        self
    }

    /// Makes the answer to the request with this id.
    pub(crate) fn respond(mut self, request_id: Option<Uuid>) -> HttpResponse {
        self.problem.request_id = request_id;
        let mut response = HttpResponse::build(self.status);
        response.content_type("application/problem+json");
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(range) = self.content_range.take() {
            response.insert_header((header::CONTENT_RANGE, range));
        }
        if let Some(methods) = self.allow.take() {
            response.insert_header((header::ALLOW, methods));
        }
        response.body(serde_json::to_string(&self.problem).unwrap_or_default())
    }
}

/// Returns the HTTP status of a refusal.
fn status_of(refusal: Refusal) -> StatusCode {
    match refusal {
        Refusal::NumberInUse => StatusCode::CONFLICT,
        Refusal::MetaUnavailable | Refusal::VaultUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::MetaRateLimited => StatusCode::TOO_MANY_REQUESTS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<&ApiError> for Answer {
    fn from(error: &ApiError) -> Self {
        match error {
            ApiError::Service(error) => Self::from(error),
            ApiError::Send(error) => Self::from(error),
            ApiError::Session(problem, session) => {
                let mut answer = Self::refused(problem.clone());
                answer.problem.session_id = Some(*session);
                answer
            }
            ApiError::SessionExpired => Self::new(
                StatusCode::UNAUTHORIZED,
                "session_expired",
                "The sign-in is over",
                "This sign-in has ended.",
            )
            .remedy("Sign in again."),
            ApiError::Csrf => Self::new(
                StatusCode::FORBIDDEN,
                "csrf",
                "The request came from another site",
                "A page of another site made this request with your cookie, so it was not served.",
            )
            .remedy("Use the dashboard, or add the page's origin to ALLOWED_ORIGINS."),
            ApiError::MalformedJson => Self::new(
                StatusCode::BAD_REQUEST,
                "malformed_json",
                "The body is not JSON",
                "The body cannot be read as JSON.",
            ),
            ApiError::NotJson => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The content type is not JSON",
                "The body must be sent with Content-Type: application/json.",
            ),
            ApiError::Encoded => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "The body is encoded",
                "Bodies are taken as they are: send it without Content-Encoding.",
            ),
            ApiError::SlowBody => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                "body_too_slow",
                "The body arrived too slowly",
                "The body did not arrive in time.",
            )
            .remedy("Send it again, over a faster connection."),
            ApiError::BodiesFull => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "Too much is being sent at once",
                "The server is reading as much as it can hold.",
            )
            .remedy("Try again in a moment.")
            .retry_after(SOON),
            ApiError::TooLarge(at_most) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too_large",
                "The body is too large",
                format!("A body may have {} KiB.", at_most / 1024),
            ),
            ApiError::EventsGone(oldest) => {
                let mut answer = Self::new(
                    StatusCode::GONE,
                    "events_gone",
                    "These events are no longer kept",
                    format!("The log begins at {oldest}, so events after the cursor are gone."),
                )
                .remedy("Load the current state, then listen from the end of the log.");
                answer.problem.oldest = Some(*oldest);
                answer
            }
            ApiError::TooManyListeners => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_listeners",
                "Too many WebSockets",
                "Too many WebSockets are open.",
            )
            .remedy("Close some, or ask for the events with GET /api/events.")
            .retry_after(A_MINUTE),
            ApiError::NoWebSocket => Self::new(
                StatusCode::BAD_REQUEST,
                "no_websocket",
                "The request does not open a WebSocket",
                "This address takes WebSockets only.",
            ),
            ApiError::RangeNotSatisfiable(size) => Self {
                content_range: Some(format!("bytes */{size}")),
                ..Self::new(
                    StatusCode::RANGE_NOT_SATISFIABLE,
                    "range_not_satisfiable",
                    "The file has no such range",
                    format!("The file has {size} bytes."),
                )
            },
            ApiError::UnknownRoute => Self::new(
                StatusCode::NOT_FOUND,
                "unknown_route",
                "There is no such route",
                "There is nothing at this path.",
            )
            .remedy("See /api/openapi.json for all routes."),
            ApiError::WrongMethod(allowed) => Self {
                allow: Some(allowed.clone()),
                ..Self::new(
                    StatusCode::METHOD_NOT_ALLOWED,
                    "method_not_allowed",
                    "The route does not take this method",
                    format!("This path takes {allowed}."),
                )
            },
        }
    }
}

impl From<&ServiceError> for Answer {
    fn from(error: &ServiceError) -> Self {
        match error {
            ServiceError::Unauthenticated => Self::new(
                StatusCode::UNAUTHORIZED,
                "unauthenticated",
                "Nobody is signed in",
                "This needs a sign-in, and there is none, or it has ended.",
            )
            .remedy("Sign in again."),
            ServiceError::InvalidCredentials => Self::new(
                StatusCode::UNAUTHORIZED,
                "invalid_credentials",
                "Wrong email address or password",
                "The email address or the password is wrong.",
            )
            .remedy("Check both, or ask an admin of your organisation for a password reset link."),
            ServiceError::SecondFactorRequired => Self::new(
                StatusCode::UNAUTHORIZED,
                "second_factor_required",
                "A code is needed",
                "This sign-in needs a code of your authenticator app, or a recovery code.",
            )
            .remedy("Send the same again with the code."),
            ServiceError::WrongCode => Self::new(
                StatusCode::UNAUTHORIZED,
                "wrong_code",
                "The code is wrong",
                "The code is wrong, was used before, or is too old.",
            )
            .remedy("Wait for the app's next code, and check that your phone's clock is right; or use a recovery code."),
            ServiceError::RefreshTokenReused => Self::new(
                StatusCode::UNAUTHORIZED,
                "refresh_token_reused",
                "The refresh token was used twice",
                "This refresh token was used before, so its sign-in was ended for safety.",
            )
            .remedy("Sign in again."),
            ServiceError::Forbidden(role) => Self::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "Your role does not allow this",
                format!("This needs: {role}."),
            )
            .remedy("Ask an admin or owner of your organisation."),
            ServiceError::ScopeRequired(scope) => Self::new(
                StatusCode::FORBIDDEN,
                "forbidden",
                "The key's scopes do not allow this",
                format!("This needs the scope {}.", scope.as_str()),
            )
            .remedy("Use an API key that has this scope."),
            ServiceError::NotFound(what) => Self::new(
                StatusCode::NOT_FOUND,
                "not_found",
                "Not found",
                format!("Could not find {what}."),
            ),
            ServiceError::Invalid(invalid) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "A field is wrong",
                invalid.detail.clone(),
            )
            .errors(vec![invalid.into_wire()]),
            ServiceError::InvalidFields(faults) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid",
                "Fields are wrong",
                error.to_string(),
            )
            .errors(faults.iter().map(wabakit_services::wire::IntoWire::into_wire).collect()),
            ServiceError::Conflict(code, detail) => Self::new(
                StatusCode::CONFLICT,
                code,
                "It conflicts with the current state",
                detail.clone(),
            ),
            ServiceError::LinkGone => Self::new(
                StatusCode::GONE,
                "link_gone",
                "The link no longer works",
                "This link was used or revoked, or has expired.",
            )
            .remedy("Ask whoever sent it for a new one."),
            ServiceError::Refused(problem) => Self::refused(problem.clone()),
            ServiceError::TooMany(wait) => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_attempts",
                "Too many attempts",
                "There were too many attempts.",
            )
            .remedy("Wait a few minutes, then try again.")
            .retry_after(wait.num_seconds().max(0).unsigned_abs() + 1),
            ServiceError::Unavailable(error) if is_full(error) => {
                let mut answer = Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "unavailable",
                    "The server's disk is full",
                    "The server's disk is full, so nothing can be stored at the moment.",
                )
                .remedy("Ask the operator to free space on the database's disk, then try again.")
                .retry_after(SOON);
                answer.problem.who = Some("operator".to_owned());
                answer
            }
            ServiceError::Unavailable(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "unavailable",
                "The database cannot be used now",
                "The server cannot reach its database at the moment.",
            )
            .remedy("Try again in a moment.")
            .retry_after(SOON),
            ServiceError::Internal(_) => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal",
                "Something went wrong here",
                "An internal error occurred. The server's log has it under the request id.",
            )
            .remedy("Try again; if it stays, tell the operator the request id."),
        }
    }
}

/// Tells whether a database error says that its disk is full, in the words of SQLite or PostgreSQL.
fn is_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    std::iter::from_fn(|| {
        let error = cause?;
        cause = error.source();
        Some(error.to_string())
    })
    .any(|words| words.contains("disk is full") || words.contains("No space left on device"))
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        Answer::from(self).status
    }
    /// Has no request id. [`crate::edge`] renders the error again with it.
    fn error_response(&self) -> HttpResponse {
        Answer::from(self).respond(None)
    }
}

#[cfg(test)]
mod tests;
