//! The connection as a whole: status, warnings, disconnect.

use actix_web::{HttpResponse, delete, get, post, web::Data};
use wabakit_services::{Caller, wire};
use wabakit_wire::{
    account::DisconnectAnswer,
    connection::{ConnectionStatus, Warning},
    lists::Listed,
};

use crate::{
    Api,
    extract::{AccountsRead, ConnectWrite, NoQuery, OptionalJson},
    problem::ApiError,
    views::{account::Disconnect, lists::listed},
};

async fn answer(api: &Api, caller: &Caller) -> Result<HttpResponse, ApiError> {
    let accounts = api.accounts.status(caller).await?;
    Ok(HttpResponse::Ok().json(wire::connection_status(&accounts)))
}

/// Retrieve the connection status
#[utoipa::path(tag = "Connection", operation_id = "connectionStatus",
    security(("bearer" = ["accounts:read"]), ("cookie" = ["accounts:read"])),
    responses((status = 200, body = ConnectionStatus)))]
#[get("/auth/meta-oauth/status")]
pub(crate) async fn status(
    api: Data<Api>,
    AccountsRead(caller): AccountsRead,
) -> Result<HttpResponse, ApiError> {
    answer(&api, &caller).await
}

/// Retrieve the connection status (alias)
///
/// The same as `/auth/meta-oauth/status`.
#[utoipa::path(tag = "Connection", operation_id = "connectionStatusAlias",
    security(("bearer" = ["accounts:read"]), ("cookie" = ["accounts:read"])),
    responses((status = 200, body = ConnectionStatus)))]
#[get("/api/integrations/whatsapp/status")]
pub(crate) async fn status_alias(
    api: Data<Api>,
    AccountsRead(caller): AccountsRead,
) -> Result<HttpResponse, ApiError> {
    answer(&api, &caller).await
}

/// Retrieve the connection status (second alias)
///
/// The same as `/auth/meta-oauth/status`.
#[utoipa::path(tag = "Connection", operation_id = "connectionOauthStatusAlias",
    security(("bearer" = ["accounts:read"]), ("cookie" = ["accounts:read"])),
    responses((status = 200, body = ConnectionStatus)))]
#[get("/api/integrations/whatsapp/oauth/status")]
pub(crate) async fn oauth_status_alias(
    api: Data<Api>,
    AccountsRead(caller): AccountsRead,
) -> Result<HttpResponse, ApiError> {
    answer(&api, &caller).await
}

/// List connection warnings, most urgent first
#[utoipa::path(tag = "Connection", operation_id = "listWarnings",
    security(("bearer" = ["accounts:read"]), ("cookie" = ["accounts:read"])),
    responses((status = 200, body = Listed<Warning>)))]
#[get("/api/connections/warnings")]
pub(crate) async fn warnings(
    api: Data<Api>,
    AccountsRead(caller): AccountsRead,
) -> Result<HttpResponse, ApiError> {
    let warnings = api.accounts.warnings(&caller).await?;
    Ok(HttpResponse::Ok().json(listed(warnings, wire::form::<Warning>)))
}

async fn leave(api: &Api, caller: &Caller, body: Disconnect) -> Result<HttpResponse, ApiError> {
    let gone = api.accounts.disconnect(caller, body.which()?).await?;
    let left = api.accounts.status(caller).await?;
    let default = left.iter().find(|view| view.account.is_default);
    Ok(HttpResponse::Ok().json(DisconnectAnswer {
        default_account_id: default.map(|view| view.account.id.uuid()),
        ..wire::form::<DisconnectAnswer>(gone)
    }))
}

/// Disconnect all numbers, or one
///
/// History and audit log stay. With the last active number of a WABA, the app is unsubscribed from it.
#[utoipa::path(tag = "Connection", operation_id = "disconnect",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])), request_body = Option<Disconnect>,
    responses((status = 200, body = DisconnectAnswer)))]
#[post("/auth/meta-oauth/disconnect")]
pub(crate) async fn disconnect(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    _: NoQuery,
    OptionalJson(body): OptionalJson<Disconnect>,
) -> Result<HttpResponse, ApiError> {
    leave(&api, &caller, body).await
}

/// Disconnect all numbers, or one (alias)
///
/// The same as `/auth/meta-oauth/disconnect`.
#[utoipa::path(tag = "Connection", operation_id = "disconnectAlias",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])), request_body = Option<Disconnect>,
    responses((status = 200, body = DisconnectAnswer)))]
#[post("/api/integrations/whatsapp/disconnect")]
pub(crate) async fn disconnect_alias(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    _: NoQuery,
    OptionalJson(body): OptionalJson<Disconnect>,
) -> Result<HttpResponse, ApiError> {
    leave(&api, &caller, body).await
}

/// Disconnect all numbers, or one, by DELETE
///
/// The same as `POST /auth/meta-oauth/disconnect`.
#[utoipa::path(tag = "Connection", operation_id = "disconnectByDelete",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])), request_body = Option<Disconnect>,
    responses((status = 200, body = DisconnectAnswer)))]
#[delete("/api/integrations/whatsapp/disconnect")]
pub(crate) async fn disconnect_by_delete(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    _: NoQuery,
    OptionalJson(body): OptionalJson<Disconnect>,
) -> Result<HttpResponse, ApiError> {
    leave(&api, &caller, body).await
}
