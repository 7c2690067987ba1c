//! The event log, as pages and live.

use actix_web::{
    HttpRequest, HttpResponse, get, post, rt,
    web::{Data, Payload},
};
use serde::Deserialize;
use utoipa::IntoParams;
use wabakit_services::{Caller, EventPage, Invalid, wire};
use wabakit_wire::event::{EventFrame, EventList, EventTicket};

use crate::{
    Api,
    edge::body_is_open,
    extract::{EventsRead, Query, identify_listener, rows_of},
    live::{Listener, listen},
    problem::ApiError,
};

/// The position in the event log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventQuery {
    /// The last sequence that was seen. 0 begins at the start of the log.
    #[serde(default)]
    #[param(required = false, minimum = 0, default = 0)]
    after: i64,
    /// The number of events, 1 to 200. The default is 50.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
}

/// Refuses a negative sequence.
fn seen(after: Option<i64>) -> Result<(), Invalid> {
    match after {
        Some(..0) => Err(Invalid::new(
            "/after",
            "Give the last sequence that was seen, or 0.",
        )),
        _ => Ok(()),
    }
}

/// List events
///
/// Lists events in order, without a gap. Continue with the `sequence` of the last one.
#[utoipa::path(tag = "Events", operation_id = "listEvents",
    security(("bearer" = ["events:read"]), ("cookie" = ["events:read"])), params(EventQuery),
    responses((status = 200, body = EventList),
        (status = 410, description = "`events_gone`: the events after `after` are no longer kept; `oldest` is the first that is")))]
#[get("/api/events")]
pub(crate) async fn list(
    api: Data<Api>,
    EventsRead(caller): EventsRead,
    Query(query): Query<EventQuery>,
) -> Result<HttpResponse, ApiError> {
    let limit = rows_of(query.limit)?;
    seen(Some(query.after))?;
    match api
        .receive
        .events
        .list(&caller, query.after, limit.rows())
        .await?
    {
        EventPage::Gone { oldest } => Err(ApiError::EventsGone(oldest)),
        EventPage::Events { events, head } => {
            let now = (api.now)();
            let data = events.into_iter().map(|event| wire::event(event, now));
            let data = data.collect();
            Ok(HttpResponse::Ok().json(EventList { data, head }))
        }
    }
}

/// Create a WebSocket ticket
///
/// For pages that cannot send the cookie. The ticket opens one WebSocket, within 30 seconds.
#[utoipa::path(tag = "Events", operation_id = "makeEventTicket",
    security(("bearer" = ["events:read"]), ("cookie" = ["events:read"])),
    responses((status = 200, body = EventTicket)))]
#[post("/api/events/ticket")]
pub(crate) async fn make_ticket(
    api: Data<Api>,
    EventsRead(caller): EventsRead,
) -> Result<HttpResponse, ApiError> {
    let (ticket, expires_at) = api.receive.events.ticket(&caller)?;
    Ok(HttpResponse::Ok().json(EventTicket { ticket, expires_at }))
}

/// The listener, and its position in the event log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListenQuery {
    /// A ticket from `POST /api/events/ticket`. With a ticket nothing else is checked. Programs may send their bearer
    /// token instead, and pages of our own or a listed origin their cookie.
    ticket: Option<String>,
    /// The last sequence that was seen. Without it, events begin from now on.
    #[param(minimum = 0)]
    after: Option<i64>,
}

/// Listen to events over a WebSocket
///
/// Each text frame is one `EventFrame`: first `ready`, then `events`. The server pings every 15 seconds. It closes the
/// WebSocket with 4401 when the sign-in has ended, 4408 when the client reads too slowly, 4410 after `gone`, and 1001
/// or 1013 when it cannot continue: reconnect with the last sequence that was seen.
#[utoipa::path(tag = "Events", operation_id = "listen",
    security(("bearer" = ["events:read"]), ("cookie" = ["events:read"])), params(ListenQuery),
    responses((status = 101, description = "The WebSocket's frames", body = EventFrame),
        (status = 400, description = "`no_websocket`"),
        (status = 429, description = "`too_many_listeners`: too many are open")))]
#[get("/api/events/ws")]
pub(crate) async fn connect(
    api: Data<Api>,
    request: HttpRequest,
    body: Payload,
    Query(query): Query<ListenQuery>,
) -> Result<HttpResponse, ApiError> {
    let caller = listener(&api, &request, query.ticket.as_deref()).await?;
    seen(query.after)?;
    let place = api
        .listeners
        .take(caller.org, caller.principal.user())
        .ok_or(ApiError::TooManyListeners)?;
    body_is_open(&request);
    let (response, session, messages) =
        actix_ws::handle(&request, body).map_err(|_| ApiError::NoWebSocket)?;
    let listener = Listener {
        api: api.clone(),
        caller,
        after: query.after,
        place,
    };
    rt::spawn(listen(listener, session, messages));
    Ok(response)
}

/// Identifies the listener. With a ticket or a bearer token nothing else is checked.
async fn listener(
    api: &Api,
    request: &HttpRequest,
    ticket: Option<&str>,
) -> Result<Caller, ApiError> {
    match ticket {
        Some(ticket) => Ok(api.receive.events.redeem(ticket).await?),
        None => identify_listener(request).await,
    }
}
