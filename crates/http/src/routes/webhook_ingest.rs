//! Where Meta sends webhooks. The hottest path: it stands outside the middleware of the other routes, so there is no
//! trace, no request id and no header here that Meta would not read.

use std::{sync::OnceLock, time::Instant};

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    error::PayloadError,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::{self, Bytes, Data, PayloadConfig},
};
use metrics::{Counter, Histogram, counter, histogram};
use utoipa::IntoParams;
use uuid::Uuid;
use wabakit_domain::ids::MetaAppId;
use wabakit_services::{ChallengeFailure, IngestRefusal, RejectionReason};

use crate::{Api, extract::address};

const COMMON: &str = "/api/webhooks/whatsapp";
const OF_APP: &str = "/api/webhooks/whatsapp/{app}";
const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");
/// What Meta sends at most.
const AT_MOST: usize = 3 * 1024 * 1024;
/// Seconds after which it may be sent again. Meta has a rhythm of its own; proxies listen.
const SOON: &str = "1";

/// Both addresses. They are registered before everything else, for what is registered first is matched first.
pub(super) fn resources(api: &Data<Api>) -> [Resource; 2] {
    [COMMON, OF_APP].map(|path| {
        web::resource(path)
            .app_data(api.clone())
            .app_data(PayloadConfig::new(AT_MOST))
            .route(web::post().to(receive))
            .route(web::get().to(answer_challenge))
    })
}

/// Take a webhook
///
/// Answers 200 once the delivery is stored durably. Nothing is parsed on the way in.
#[utoipa::path(post, path = COMMON, tag = "Webhooks from Meta", operation_id = "takeWebhook",
    params(("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC of the body in hex")),
    request_body(content = Object, description = "As Meta sends it; at most 3 MB"),
    responses((status = 200, description = "Stored"),
        (status = 401, description = "The signature is missing or wrong", content_type = "text/plain", body = String),
        (status = 413, description = "More than 3 MB", content_type = "text/plain", body = String),
        (status = 503, description = "Not stored: send it again", content_type = "text/plain", body = String)))]
#[allow(dead_code, reason = "it carries the documentation of `receive`")]
pub(crate) fn take() {}

/// Take a webhook of an organisation's own Meta app
///
/// The same as `/api/webhooks/whatsapp`, with that app's secret.
#[utoipa::path(post, path = OF_APP, tag = "Webhooks from Meta", operation_id = "takeAppWebhook",
    params(("app" = Uuid, Path, description = "The app, by our id"),
        ("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC of the body in hex")),
    request_body(content = Object, description = "As Meta sends it; at most 3 MB"),
    responses((status = 200, description = "Stored"),
        (status = 401, description = "The signature is missing or wrong", content_type = "text/plain", body = String),
        (status = 404, description = "No such app", content_type = "text/plain", body = String),
        (status = 413, description = "More than 3 MB", content_type = "text/plain", body = String),
        (status = 503, description = "Not stored: send it again", content_type = "text/plain", body = String)))]
#[allow(dead_code, reason = "it carries the documentation of `receive`")]
pub(crate) fn take_of_app() {}

/// What Meta asks with.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(
    dead_code,
    reason = "it describes what is read from the query as it is"
)]
pub(crate) struct Challenge {
    /// `subscribe`.
    #[param(rename = "hub.mode")]
    mode: String,
    /// The verify token.
    #[param(rename = "hub.verify_token")]
    verify_token: String,
    /// To be sent back.
    #[param(rename = "hub.challenge")]
    challenge: String,
}

/// Answer Meta's question whether this address is ours
#[utoipa::path(get, path = COMMON, tag = "Webhooks from Meta", operation_id = "verifyWebhook",
    params(Challenge),
    responses((status = 200, description = "The challenge", content_type = "text/plain", body = String),
        (status = 403, description = "The verify token is missing or wrong", content_type = "text/plain", body = String)))]
#[allow(
    dead_code,
    reason = "it carries the documentation of `answer_challenge`"
)]
pub(crate) fn verify() {}

/// Answer Meta's question for an organisation's own app
#[utoipa::path(get, path = OF_APP, tag = "Webhooks from Meta", operation_id = "verifyAppWebhook",
    params(("app" = Uuid, Path, description = "The app, by our id"), Challenge),
    responses((status = 200, description = "The challenge", content_type = "text/plain", body = String),
        (status = 403, description = "The verify token is missing or wrong", content_type = "text/plain", body = String),
        (status = 404, description = "No such app", content_type = "text/plain", body = String)))]
#[allow(
    dead_code,
    reason = "it carries the documentation of `answer_challenge`"
)]
pub(crate) fn verify_of_app() {}

struct Counts {
    stored: Counter,
    refused: Counter,
    not_stored: Counter,
    seconds: Histogram,
}

/// Made once: to look a metric up costs more than to count.
fn counts() -> &'static Counts {
    static COUNTS: OnceLock<Counts> = OnceLock::new();
    COUNTS.get_or_init(|| {
        let deliveries = |outcome| counter!("webhook_deliveries_total", "outcome" => outcome);
        Counts {
            stored: deliveries("stored"),
            refused: deliveries("refused"),
            not_stored: deliveries("not_stored"),
            seconds: histogram!("webhook_delivery_duration_seconds"),
        }
    })
}

async fn receive(
    api: Data<Api>,
    request: HttpRequest,
    body: Result<Bytes, actix_web::Error>,
) -> HttpResponse {
    let begun = Instant::now();
    let Ok(app) = app(&request) else {
        return terse(StatusCode::NOT_FOUND);
    };
    let body = match body {
        Ok(body) => body,
        Err(error) if is_too_large(&error) => {
            refused(&api, app, RejectionReason::TooLarge, &request);
            return terse(StatusCode::PAYLOAD_TOO_LARGE);
        }
        // The connection broke.
        Err(_) => return terse(StatusCode::BAD_REQUEST),
    };
    let signature = request.headers().get(&SIGNATURE);
    let signature = signature.map(HeaderValue::as_bytes);
    let taken = api.receive.ingest.take(app, signature, body).await;
    let counts = counts();
    counts.seconds.record(begun.elapsed().as_secs_f64());
    match taken {
        Ok(()) => {
            counts.stored.increment(1);
            HttpResponse::new(StatusCode::OK)
        }
        Err(IngestRefusal::Signature(refusal)) => {
            refused(&api, app, refusal.into(), &request);
            terse(StatusCode::UNAUTHORIZED)
        }
        Err(IngestRefusal::UnknownApp) => terse(StatusCode::NOT_FOUND),
        Err(IngestRefusal::NotStored) => {
            counts.not_stored.increment(1);
            not_now()
        }
    }
}

async fn answer_challenge(api: Data<Api>, request: HttpRequest) -> HttpResponse {
    let Ok(app) = app(&request) else {
        return terse(StatusCode::NOT_FOUND);
    };
    match api
        .receive
        .ingest
        .challenge(app, request.query_string())
        .await
    {
        Ok(challenge) => HttpResponse::Ok()
            .content_type("text/plain; charset=utf-8")
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .body(challenge),
        Err(ChallengeFailure::Refused(refusal)) => {
            refused(&api, app, refusal.into(), &request);
            terse(StatusCode::FORBIDDEN)
        }
        Err(ChallengeFailure::UnknownApp) => terse(StatusCode::NOT_FOUND),
        Err(ChallengeFailure::Unavailable) => not_now(),
    }
}

/// The app whose route it is. What is no id is nobody's route.
fn app(request: &HttpRequest) -> Result<Option<MetaAppId>, uuid::Error> {
    let app = request.match_info().get("app");
    app.map(|app| Uuid::parse_str(app).map(MetaAppId))
        .transpose()
}

fn is_too_large(error: &actix_web::Error) -> bool {
    matches!(error.as_error(), Some(PayloadError::Overflow))
}

/// Where it came from is only asked here, off the usual way.
fn refused(api: &Api, app: Option<MetaAppId>, reason: RejectionReason, request: &HttpRequest) {
    counts().refused.increment(1);
    api.receive
        .ingest
        .refused(app, reason, address(api, request));
}

fn not_now() -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header((header::RETRY_AFTER, SOON))
        .finish()
}

fn terse(status: StatusCode) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/plain; charset=utf-8")
        .body(status.canonical_reason().unwrap_or_default())
}
