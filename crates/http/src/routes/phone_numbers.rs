//! Numbers by hand.

use actix_web::{HttpResponse, get, post, web::Data};
use wabakit_services::{ManualNumber, wire};
use wabakit_wire::{account::Account, connection::PhoneNumber, lists::Listed};

use crate::{
    Api,
    extract::{ConnectWrite, Json},
    problem::ApiError,
    views::{connection::AddPhoneNumber, lists::listed},
};

/// List the phone numbers
#[utoipa::path(tag = "Connection", operation_id = "listPhoneNumbers",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    responses((status = 200, body = Listed<PhoneNumber>)))]
#[get("/api/settings/phone-numbers")]
pub(crate) async fn list(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
) -> Result<HttpResponse, ApiError> {
    let accounts = api.accounts.status(&caller).await?;
    Ok(HttpResponse::Ok().json(listed(&accounts, wire::form::<PhoneNumber>)))
}

/// Add a phone number by hand
///
/// Meta confirms the token and the number before anything is stored.
#[utoipa::path(tag = "Connection", operation_id = "addPhoneNumber",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    responses((status = 201, body = Account), (status = 429, description = "`meta_rate_limited`")))]
#[post("/api/settings/phone-numbers")]
pub(crate) async fn add(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    Json(body): Json<AddPhoneNumber>,
) -> Result<HttpResponse, ApiError> {
    let waba_id = body.waba()?.to_owned();
    let number = ManualNumber {
        phone_number_id: body.phone_number_id,
        waba_id,
        access_token: body.access_token,
        app_id: body.app_id,
    };
    let account = api.accounts.add_by_hand(&caller, number).await?;
    Ok(HttpResponse::Created().json(wire::form::<Account>(account)))
}
