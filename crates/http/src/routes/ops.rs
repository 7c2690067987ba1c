//! Operations: health, readiness, metrics, and the OpenAPI document. They need no sign-in, because they reveal nothing
//! of any organisation.

use std::{collections::BTreeMap, sync::OnceLock};

use actix_web::{
    HttpResponse, get,
    http::header,
    web::{Bytes, Data},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Api, openapi::openapi, problem::ApiError};

/// The server runs.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the server can do its work.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadinessAnswer {
    #[schema(example = "ok")]
    status: &'static str,
    /// `ok` or `failed` for each thing that the server needs.
    checks: BTreeMap<String, &'static str>,
}

const fn word(ok: bool) -> &'static str {
    if ok { "ok" } else { "failed" }
}

/// Check that the server runs
#[utoipa::path(tag = "Operations", operation_id = "health",
    responses((status = 200, body = Health)))]
#[get("/healthz")]
pub(crate) async fn health() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: word(true) })
}

/// Check that the server is ready
#[utoipa::path(tag = "Operations", operation_id = "readiness",
    responses((status = 200, body = ReadinessAnswer), (status = 503, body = ReadinessAnswer)))]
#[get("/readyz")]
pub(crate) async fn readiness(api: Data<Api>) -> HttpResponse {
    let checks = api.readiness.check().await;
    let ready = checks.iter().all(|check| check.ok);
    let answer = ReadinessAnswer {
        status: word(ready),
        checks: checks
            .into_iter()
            .map(|check| (check.name.into_owned(), word(check.ok)))
            .collect(),
    };
    if ready {
        HttpResponse::Ok().json(answer)
    } else {
        HttpResponse::ServiceUnavailable().json(answer)
    }
}

/// Read the metrics
///
/// 404 if the server serves them on a listener of their own (`METRICS_ADDRESS`), which is the default.
#[utoipa::path(tag = "Operations", operation_id = "metrics",
    responses((status = 200, description = "Prometheus text", content_type = "text/plain", body = String)))]
#[get("/metrics")]
pub(crate) async fn metrics(api: Data<Api>) -> Result<HttpResponse, ApiError> {
    if !api.settings.serves_metrics {
        return Err(ApiError::UnknownRoute);
    }
    Ok(HttpResponse::Ok()
        .insert_header((
            header::CONTENT_TYPE,
            "text/plain; version=0.0.4; charset=utf-8",
        ))
        .body((api.metrics)()))
}

/// Retrieve the OpenAPI document
#[utoipa::path(tag = "Operations", operation_id = "openapi",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json", body = Object)))]
#[get("/api/openapi.json")]
pub(crate) async fn document() -> HttpResponse {
    // Rendered once, because anybody may ask for it.
    static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
    let written = || serde_json::to_vec(&openapi()).unwrap_or_default().into();
    HttpResponse::Ok()
        .content_type(mime::APPLICATION_JSON)
        .body(DOCUMENT.get_or_init(written).clone())
}
