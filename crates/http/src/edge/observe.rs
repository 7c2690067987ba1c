//! One span, log line, count and duration for each request. None of them holds the query string, which carries codes
//! and states.

use std::time::Instant;

use actix_web::{
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::Method,
};
use tracing::{Span, field::Empty};
use uuid::Uuid;
use wabakit_services::ServiceError;

use crate::problem::ApiError;

/// The facts about a request that are logged and counted.
pub(super) struct Observation {
    begun: Instant,
    method: &'static str,
    route: String,
    span: Span,
}

impl Observation {
    /// Begins the observation. It uses the route's pattern, because paths would make a metric for every id.
    pub(super) fn begin(request: &ServiceRequest, id: Uuid) -> Self {
        let method = name_of(request.method());
        let route = request
            .match_pattern()
            .unwrap_or_else(|| "other".to_owned());
        let span = tracing::info_span!(
            "http_request",
            request_id = %id,
            method,
            route,
            status = Empty,
            latency_ms = Empty,
        );
        Self {
            begun: Instant::now(),
            method,
            route,
            span,
        }
    }

    pub(super) fn span(&self) -> Span {
        self.span.clone()
    }

    pub(super) fn end(&self, response: &ServiceResponse<BoxBody>) {
        let took = self.begun.elapsed();
        let status = response.status().as_u16();
        self.span.record("status", status);
        self.span.record(
            "latency_ms",
            u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        );
        tracing::info!("answered");
        let labels = [
            ("method", self.method.to_owned()),
            ("route", self.route.clone()),
            ("status", status.to_string()),
        ];
        metrics::counter!("http_requests_total", &labels).increment(1);
        metrics::histogram!("http_request_duration_seconds", &labels).record(took.as_secs_f64());
    }
}

/// Returns the name of a known method. Other names are a stranger's text, which would stay in the metrics for good.
fn name_of(method: &Method) -> &'static str {
    const KNOWN: [&str; 9] = [
        "GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS", "TRACE", "CONNECT",
    ];
    let known = KNOWN.into_iter().find(|known| *known == method.as_str());
    known.unwrap_or("other")
}

/// Logs the cause of an error that was answered in general words. Errors of the services hold no secret.
pub(super) fn log(error: &ApiError) {
    match error {
        ApiError::Service(ServiceError::Internal(cause)) => {
            tracing::error!(error = %cause, "internal error");
        }
        ApiError::Service(ServiceError::Unavailable(cause)) => {
            tracing::error!(error = %cause, "the database cannot be used");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_that_is_not_known_is_other_whatever_it_is() {
        let long = "A".repeat(60_000);
        for told in [
            "get", "Get", "GETX", "PURGE", "PROPFIND", "M-SEARCH", "0", &long,
        ] {
            let method = Method::from_bytes(told.as_bytes()).unwrap();
            assert_eq!(name_of(&method), "other");
        }
        for known in ["GET", "HEAD", "CONNECT"] {
            let method = Method::from_bytes(known.as_bytes()).unwrap();
            assert_eq!(name_of(&method), known);
        }
    }
}
