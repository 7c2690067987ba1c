//! Raw calls of Meta's Graph API that have no route of their own.

use actix_web::{HttpResponse, post, web::Data};
use wabakit_domain::ids::AccountId;
use wabakit_services::{RawCall, wire};
use wabakit_wire::send::GraphAnswer;

use crate::{
    Api,
    extract::{self, Id, Json},
    problem::ApiError,
    views::send::GraphCall,
};

/// Call Meta's Graph API on an account's objects
///
/// For calls that have no route of their own. The call is made once, with the account's token, which is never shown,
/// and recorded in the audit log. Meta's answer is passed on with its status, whatever it is.
#[utoipa::path(tag = "Accounts", operation_id = "callGraph",
    security(("bearer" = ["graph:call"]), ("cookie" = ["graph:call"])),
    params(("id" = Uuid, Path, description = "The account")), request_body = GraphCall,
    responses((status = 200, body = GraphAnswer),
        (status = 409, description = "`account_not_connected`"),
        (status = 422, description = "`raw_not_allowed`: the object is not the account's, or the call has a route of its own")))]
#[post("/api/accounts/{id}/graph")]
pub(crate) async fn call(
    api: Data<Api>,
    extract::GraphCall(caller): extract::GraphCall,
    Id(id): Id<AccountId>,
    Json(body): Json<GraphCall>,
) -> Result<HttpResponse, ApiError> {
    let answer = api
        .sending
        .raw
        .call(&caller, id, RawCall::from(body))
        .await?;
    Ok(HttpResponse::Ok().json(wire::form::<GraphAnswer>(answer)))
}
