//! Accounts: list, retrieve, rename, verify, register, disconnect.

use actix_web::{HttpResponse, delete, get, patch, post, web::Data};
use serde::Deserialize;
use utoipa::IntoParams;
use wabakit_domain::ids::AccountId;
use wabakit_services::{AccountChange, Invalid, wire};
use wabakit_wire::{account::Account, lists::Paged};

use crate::{
    Api,
    extract::{
        AccountsRead, AccountsWrite, ConnectWrite, Id, Json, OptionalJson, PageQuery, Query,
    },
    problem::ApiError,
    views::{
        account::{ChangeAccount, Pin},
        lists::paged,
    },
};

/// The filter of accounts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AccountQuery {
    /// `true`: only connected accounts.
    #[serde(default)]
    #[param(required = false)]
    active: bool,
}

/// List the accounts
#[utoipa::path(tag = "Accounts", operation_id = "listAccounts",
    security(("bearer" = ["accounts:read"]), ("cookie" = ["accounts:read"])),
    params(PageQuery, AccountQuery), responses((status = 200, body = Paged<Account>)))]
#[get("/api/accounts")]
pub(crate) async fn list(
    api: Data<Api>,
    AccountsRead(caller): AccountsRead,
    Query(page): Query<PageQuery>,
    Query(query): Query<AccountQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = api
        .accounts
        .list(&caller, query.active, page.request()?)
        .await?;
    Ok(HttpResponse::Ok().json(paged(page, wire::form::<Account>)))
}

/// Retrieve an account
#[utoipa::path(tag = "Accounts", operation_id = "getAccount",
    security(("bearer" = ["accounts:read"]), ("cookie" = ["accounts:read"])),
    params(("id" = Uuid, Path, description = "The account")),
    responses((status = 200, body = Account)))]
#[get("/api/accounts/{id}")]
pub(crate) async fn get(
    api: Data<Api>,
    AccountsRead(caller): AccountsRead,
    Id(id): Id<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let account = api.accounts.get(&caller, id).await?;
    Ok(HttpResponse::Ok().json(wire::form::<Account>(account)))
}

/// Rename an account, or make it the default
#[utoipa::path(tag = "Accounts", operation_id = "changeAccount",
    security(("bearer" = ["accounts:write"]), ("cookie" = ["accounts:write"])),
    params(("id" = Uuid, Path, description = "The account")),
    responses((status = 200, body = Account)))]
#[patch("/api/accounts/{id}")]
pub(crate) async fn change(
    api: Data<Api>,
    AccountsWrite(caller): AccountsWrite,
    Id(id): Id<AccountId>,
    Json(body): Json<ChangeAccount>,
) -> Result<HttpResponse, ApiError> {
    if body.is_default == Some(false) {
        let detail = "The default is not taken away: make another account the default.";
        return Err(Invalid::new("/isDefault", detail).into());
    }
    let change = AccountChange {
        display_name: body.display_name,
        make_default: body.is_default.unwrap_or_default(),
        version: body.version,
    };
    let account = api.accounts.change(&caller, id, change).await?;
    Ok(HttpResponse::Ok().json(wire::form::<Account>(account)))
}

/// Disconnect an account
///
/// History and audit log stay. With the last active number of a WABA, the app is unsubscribed from it.
#[utoipa::path(tag = "Accounts", operation_id = "disconnectAccount",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    params(("id" = Uuid, Path, description = "The account")), responses((status = 204)))]
#[delete("/api/accounts/{id}")]
pub(crate) async fn disconnect(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    Id(id): Id<AccountId>,
) -> Result<HttpResponse, ApiError> {
    api.accounts.disconnect(&caller, Some(id)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Verify an account with Meta
///
/// Checks the token, the number and the subscription. A token that Meta no longer accepts is a result, not an error.
#[utoipa::path(tag = "Accounts", operation_id = "verifyAccount",
    security(("bearer" = ["accounts:write"]), ("cookie" = ["accounts:write"])),
    params(("id" = Uuid, Path, description = "The account")),
    responses((status = 200, body = Account), (status = 429, description = "`meta_rate_limited`")))]
#[post("/api/accounts/{id}/verify")]
pub(crate) async fn verify(
    api: Data<Api>,
    AccountsWrite(caller): AccountsWrite,
    Id(id): Id<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let account = api.accounts.verify(&caller, id).await?;
    Ok(HttpResponse::Ok().json(wire::form::<Account>(account)))
}

/// Register a number that needs it
///
/// Uses the given two-step verification PIN, or the one that the server set.
#[utoipa::path(tag = "Accounts", operation_id = "registerAccount",
    security(("bearer" = ["accounts:write"]), ("cookie" = ["accounts:write"])),
    params(("id" = Uuid, Path, description = "The account")), request_body = Option<Pin>,
    responses((status = 200, body = Account), (status = 429, description = "`meta_rate_limited`")))]
#[post("/api/accounts/{id}/register")]
pub(crate) async fn register(
    api: Data<Api>,
    AccountsWrite(caller): AccountsWrite,
    Id(id): Id<AccountId>,
    OptionalJson(body): OptionalJson<Pin>,
) -> Result<HttpResponse, ApiError> {
    let account = api.accounts.register(&caller, id, body.pin).await?;
    Ok(HttpResponse::Ok().json(wire::form::<Account>(account)))
}
