//! The middleware of every request: id, trace, metrics, CORS and security headers. Only here do errors get their
//! request id.

mod body;
mod cors;
mod headers;
mod observe;

pub use body::{Bodies, BodyLimits};
pub(crate) use body::{Cut, Unread, body_is_open, body_is_streamed, gather};
pub(crate) use headers::apply_plain;

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    Api,
    problem::{Answer, ApiError},
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

#[derive(Clone, Copy)]
struct RequestId(Uuid);

/// Returns the id of a request that passed the edge.
pub(crate) fn request_id(request: &HttpRequest) -> Option<Uuid> {
    request.extensions().get::<RequestId>().map(|id| id.0)
}

/// The edge as one middleware.
pub(crate) async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(api) = request.app_data::<web::Data<Api>>().cloned() else {
        return next
            .call(request)
            .await
            .map(ServiceResponse::map_into_boxed_body);
    };
    let mut request = request;
    if request.method() == Method::HEAD && !acts(request.path()) {
        // The server leaves the body of the answer out when it writes it.
        request.head_mut().method = Method::GET;
    }
    let id = incoming_id(&request).unwrap_or_else(|| (api.new_request_id)());
    request.extensions_mut().insert(RequestId(id));
    let observation = observe::Observation::begin(&request, id);
    let answered = async {
        let mut response = match cors::preflight(&api, &request) {
            Some(answer) => request.into_response(answer),
            None => with_request_id(serve(&api, request, next).await?, id),
        };
        cors::apply(&api, &mut response);
        headers::apply(&api, &mut response);
        if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        observation.end(&response);
        Ok(response)
    };
    answered.instrument(observation.span()).await
}

/// Tells whether a GET of this path has an effect, so that HEAD must not run it: it begins or ends a login, opens a
/// WebSocket, or syncs templates.
fn acts(path: &str) -> bool {
    path.ends_with("/init")
        || path.ends_with("/callback")
        || path.ends_with("/connect")
        || path.ends_with("/ws")
        || path == "/templates/sync"
        || path == "/api/templates/sync"
}

/// Calls the handler, with a guard around the body. If the body was cut off, the guard's reason replaces the handler's
/// error, because the handler does not know the cause.
async fn serve(
    api: &Api,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let guard = match body::admit(&api.bodies, &mut request) {
        Ok(guard) => guard,
        Err(error) => return Ok(request.error_response(error)),
    };
    let response = next.call(request).await?.map_into_boxed_body();
    Ok(match guard.cut() {
        Some(cut) => response.error_response(ApiError::from(cut)),
        None => response,
    })
}

/// Reads the caller's request id, so that its log and ours can be read together. Only a UUID is accepted, because it
/// goes into headers and logs.
fn incoming_id(request: &ServiceRequest) -> Option<Uuid> {
    let value = request.headers().get(REQUEST_ID)?.to_str().ok()?;
    Uuid::try_parse(value).ok().filter(|id| !id.is_nil())
}

/// Renders an error of ours again with the request's id, and logs internal errors.
fn with_request_id(response: ServiceResponse<BoxBody>, id: Uuid) -> ServiceResponse<BoxBody> {
    let error = response.response().error();
    let Some(error) = error.and_then(|error| error.as_error::<ApiError>()) else {
        return response;
    };
    observe::log(error);
    let answer = Answer::from(error)
        .for_path(response.request().path())
        .respond(Some(id));
    response.into_response(answer)
}
