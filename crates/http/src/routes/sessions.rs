//! Connect sessions: retrieve, choose, resume, confirm, give up.

use actix_web::{HttpResponse, get, post, web::Data};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use wabakit_domain::{
    connect,
    ids::{ConnectSessionId, PhoneNumberId},
};
use wabakit_services::{Caller, ServiceError, wire};
use wabakit_wire::{lists::Listed, session::ConnectSession};

use crate::{
    Api,
    extract::{ConnectWrite, Id, Json, OptionalJson, Query},
    problem::ApiError,
    views::{account::Pin, lists::listed, session::Choice},
};

pub(super) async fn view(
    api: &Api,
    caller: &Caller,
    session: connect::ConnectSession,
) -> Result<ConnectSession, ServiceError> {
    let mut connected = Vec::new();
    for account in api.connect.accounts_of(&session).await? {
        let account = api.accounts.get(caller, account.id).await?;
        connected.push(wire::form(account));
    }
    Ok(wire::connect_session(session, connected, (api.now)()))
}

/// The filter of connect sessions. It has one value so far.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SessionFilter {
    /// Sessions that a person can still act on.
    #[default]
    Open,
}

/// The filter of connect sessions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SessionQuery {
    /// `open`, which is also the default: sessions that a person can still act on.
    #[serde(default, rename = "status")]
    #[param(inline, required = false)]
    _status: SessionFilter,
}

/// List the organisation's unfinished connect sessions
#[utoipa::path(tag = "Connect", operation_id = "listConnectSessions",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])), params(SessionQuery),
    responses((status = 200, body = Listed<ConnectSession>)))]
#[get("/api/connect-sessions")]
pub(crate) async fn list(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    _: Query<SessionQuery>,
) -> Result<HttpResponse, ApiError> {
    let sessions = api.connect.open_sessions(&caller).await?;
    let now = (api.now)();
    let open = |session| wire::connect_session(session, Vec::new(), now);
    Ok(HttpResponse::Ok().json(listed(sessions, open)))
}

/// Retrieve a connect session
///
/// Shows its steps, the numbers that were found and chosen, and the result.
#[utoipa::path(tag = "Connect", operation_id = "getConnectSession",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 200, body = ConnectSession)))]
#[get("/api/connect-sessions/{id}")]
pub(crate) async fn get(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    Id(id): Id<ConnectSessionId>,
) -> Result<HttpResponse, ApiError> {
    let (session, _) = api.connect.session(&caller, id).await?;
    Ok(HttpResponse::Ok().json(view(&api, &caller, session).await?))
}

/// Choose the numbers to connect
#[utoipa::path(tag = "Connect", operation_id = "chooseNumbers",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 200, body = ConnectSession)))]
#[post("/api/connect-sessions/{id}/choose")]
pub(crate) async fn choose(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    Id(id): Id<ConnectSessionId>,
    Json(body): Json<Choice>,
) -> Result<HttpResponse, ApiError> {
    let numbers = body
        .phone_number_ids
        .into_iter()
        .map(PhoneNumberId::from)
        .collect();
    let session = api.connect.choose(&caller, id, numbers).await?;
    Ok(HttpResponse::Ok().json(view(&api, &caller, session).await?))
}

/// Resume a connect session
///
/// Needs no new login while the session lives. Send a PIN if registering asks for one.
#[utoipa::path(tag = "Connect", operation_id = "resumeSession",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    params(("id" = Uuid, Path, description = "The session")), request_body = Option<Pin>,
    responses((status = 200, body = ConnectSession)))]
#[post("/api/connect-sessions/{id}/resume")]
pub(crate) async fn resume(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    Id(id): Id<ConnectSessionId>,
    OptionalJson(body): OptionalJson<Pin>,
) -> Result<HttpResponse, ApiError> {
    let session = api.connect.resume(&caller, id, body.pin).await?;
    Ok(HttpResponse::Ok().json(view(&api, &caller, session).await?))
}

/// Confirm a login that came back in another browser
///
/// Only the person who began the session can confirm it. To refuse it, give the session up.
#[utoipa::path(tag = "Connect", operation_id = "confirmSession",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 200, body = ConnectSession)))]
#[post("/api/connect-sessions/{id}/confirm")]
pub(crate) async fn confirm(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    Id(id): Id<ConnectSessionId>,
) -> Result<HttpResponse, ApiError> {
    let (session, _) = api.connect.session(&caller, id).await?;
    if session.status() != connect::ConnectStatus::AwaitingConfirmation {
        let why = format!(
            "The session is {}, so there is nothing to confirm.",
            session.status()
        );
        return Err(ServiceError::Conflict("wrong_state", why).into());
    }
    let session = api.connect.resume(&caller, id, None).await?;
    Ok(HttpResponse::Ok().json(view(&api, &caller, session).await?))
}

/// Give up a connect session
///
/// Undoes everything that the session changed at Meta.
#[utoipa::path(tag = "Connect", operation_id = "cancelSession",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 200, body = ConnectSession)))]
#[post("/api/connect-sessions/{id}/cancel")]
pub(crate) async fn cancel(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    Id(id): Id<ConnectSessionId>,
) -> Result<HttpResponse, ApiError> {
    let session = api.connect.cancel(&caller, id).await?;
    Ok(HttpResponse::Ok().json(view(&api, &caller, session).await?))
}
