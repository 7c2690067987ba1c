//! Receives Meta's webhooks. This is the hottest path, so it is outside the middleware of the other routes: it has no
//! trace, no request id, and no header that Meta does not read.

use std::{sync::OnceLock, time::Instant};

use actix_web::{
    HttpRequest, HttpResponse, Resource, dev,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::{self, Data, Payload},
};
use metrics::{Counter, Histogram, counter, histogram};
use utoipa::IntoParams;
use uuid::Uuid;
use wabakit_domain::ids::MetaAppId;
use wabakit_services::{ChallengeFailure, IngestRefusal, RejectionReason};

use crate::{
    Api,
    edge::{Cut, Unread, gather},
    extract::address,
};

const COMMON: &str = "/api/webhooks/whatsapp";
const OF_APP: &str = "/api/webhooks/whatsapp/{app}";
const SIGNATURE: HeaderName = HeaderName::from_static("x-hub-signature-256");
/// The largest body that Meta sends, in bytes.
const AT_MOST: usize = 3 * 1024 * 1024;
/// Seconds after which to send again. Meta has its own schedule, but proxies read the header.
const SOON: &str = "1";

/// Makes both resources. They are registered first, because the first match wins.
pub(super) fn resources(api: &Data<Api>) -> [Resource; 2] {
    [COMMON, OF_APP].map(|path| {
        web::resource(path)
            .app_data(api.clone())
            .route(web::post().to(receive))
            .route(web::get().to(answer_challenge))
    })
}

/// Receive a webhook
///
/// Answers 200 once the delivery is stored durably. Nothing is parsed on the way in.
#[utoipa::path(post, path = COMMON, tag = "Webhooks from Meta", operation_id = "takeWebhook",
    params(("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC of the body in hex")),
    request_body(content = Object, description = "As Meta sends it; at most 3 MB"),
    responses((status = 200, description = "Stored"),
        (status = 401, description = "The signature is missing or wrong", content_type = "text/plain", body = String),
        (status = 408, description = "The body did not arrive in time", content_type = "text/plain", body = String),
        (status = 413, description = "More than 3 MB", content_type = "text/plain", body = String),
        (status = 415, description = "The body is encoded; the signature is over the plain bytes", content_type = "text/plain", body = String),
        (status = 503, description = "Not stored: send it again", content_type = "text/plain", body = String)))]
#[allow(dead_code, reason = "it carries the documentation of `receive`")]
pub(crate) fn take() {}

/// Receive a webhook of an organisation's own Meta app
///
/// The same as `/api/webhooks/whatsapp`, with the secret of that app.
#[utoipa::path(post, path = OF_APP, tag = "Webhooks from Meta", operation_id = "takeAppWebhook",
    params(("app" = Uuid, Path, description = "The app, by our id"),
        ("X-Hub-Signature-256" = String, Header, description = "`sha256=` and the HMAC of the body in hex")),
    request_body(content = Object, description = "As Meta sends it; at most 3 MB"),
    responses((status = 200, description = "Stored"),
        (status = 401, description = "The signature is missing or wrong", content_type = "text/plain", body = String),
        (status = 404, description = "No such app", content_type = "text/plain", body = String),
        (status = 408, description = "The body did not arrive in time", content_type = "text/plain", body = String),
        (status = 413, description = "More than 3 MB", content_type = "text/plain", body = String),
        (status = 415, description = "The body is encoded; the signature is over the plain bytes", content_type = "text/plain", body = String),
        (status = 503, description = "Not stored: send it again", content_type = "text/plain", body = String)))]
#[allow(dead_code, reason = "it carries the documentation of `receive`")]
pub(crate) fn take_of_app() {}

/// The parameters of Meta's verification.
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
    /// The text to send back.
    #[param(rename = "hub.challenge")]
    challenge: String,
}

/// Answer Meta's verification of the webhook address
#[utoipa::path(get, path = COMMON, tag = "Webhooks from Meta", operation_id = "verifyWebhook",
    params(Challenge),
    responses((status = 200, description = "The challenge", content_type = "text/plain", body = String),
        (status = 403, description = "The verify token is missing or wrong", content_type = "text/plain", body = String)))]
#[allow(
    dead_code,
    reason = "it carries the documentation of `answer_challenge`"
)]
pub(crate) fn verify() {}

/// Answer Meta's verification for an organisation's own app
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

/// Returns the metrics, which are looked up once: a look-up costs more than a count.
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

async fn receive(api: Data<Api>, request: HttpRequest, body: Payload) -> HttpResponse {
    let begun = Instant::now();
    let Ok(app) = app(&request) else {
        return terse(StatusCode::NOT_FOUND);
    };
    let (guard, body) = api.bodies.guard(body.into_inner());
    let outcome = match taken(&api, app, &request, body).await {
        Err(Refused::Broken) => Err(guard.cut().map_or(Refused::Broken, Refused::Cut)),
        outcome => outcome,
    };
    let counts = counts();
    counts.seconds.record(begun.elapsed().as_secs_f64());
    match outcome {
        Ok(()) => {
            counts.stored.increment(1);
            HttpResponse::new(StatusCode::OK)
        }
        Err(refused) => refused.answer(&api, app, &request),
    }
}

/// Why a delivery was refused.
enum Refused {
    Encoded,
    TooLarge,
    /// The connection broke, or the body was cut off.
    Broken,
    Cut(Cut),
    Ingest(IngestRefusal),
}

impl From<IngestRefusal> for Refused {
    fn from(refusal: IngestRefusal) -> Self {
        Self::Ingest(refusal)
    }
}

/// Receives a delivery. It checks all headers before it reads the body. The signature is over the raw bytes, so the
/// body must not be compressed.
async fn taken(
    api: &Api,
    app: Option<MetaAppId>,
    request: &HttpRequest,
    body: dev::Payload,
) -> Result<(), Refused> {
    let headers = request.headers();
    if headers.contains_key(header::CONTENT_ENCODING) {
        return Err(Refused::Encoded);
    }
    let signature = headers.get(&SIGNATURE).map(HeaderValue::as_bytes);
    let admission = api.receive.ingest.admit(app, signature).await?;
    let declared = headers.get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > AT_MOST) {
        return Err(Refused::TooLarge);
    }
    let body = gather(body, AT_MOST).await.map_err(|unread| match unread {
        Unread::TooLarge => Refused::TooLarge,
        Unread::Broken => Refused::Broken,
    })?;
    api.receive.ingest.take(&admission, body).await?;
    Ok(())
}

impl Refused {
    fn answer(self, api: &Api, app: Option<MetaAppId>, request: &HttpRequest) -> HttpResponse {
        let refused = |reason| refused(api, app, reason, request);
        match self {
            Self::Encoded => {
                refused(RejectionReason::Encoded);
                terse(StatusCode::UNSUPPORTED_MEDIA_TYPE)
            }
            Self::TooLarge => {
                refused(RejectionReason::TooLarge);
                terse(StatusCode::PAYLOAD_TOO_LARGE)
            }
            Self::Cut(Cut::Slow) => {
                refused(RejectionReason::TooSlow);
                terse(StatusCode::REQUEST_TIMEOUT)
            }
            Self::Ingest(IngestRefusal::Signature(refusal)) => {
                refused(refusal.into());
                terse(StatusCode::UNAUTHORIZED)
            }
            Self::Broken => terse(StatusCode::BAD_REQUEST),
            Self::Ingest(IngestRefusal::UnknownApp) => terse(StatusCode::NOT_FOUND),
            Self::Cut(Cut::Full) | Self::Ingest(IngestRefusal::NotStored) => {
                counts().not_stored.increment(1);
                not_now()
            }
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

/// Returns the app of a route. An error for a text that is no id, which no route has.
fn app(request: &HttpRequest) -> Result<Option<MetaAppId>, uuid::Error> {
    let app = request.match_info().get("app");
    app.map(|app| Uuid::parse_str(app).map(MetaAppId))
        .transpose()
}

/// Counts a refusal. Only here, off the usual path, is the client's address read.
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
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .body(status.canonical_reason().unwrap_or_default())
}
