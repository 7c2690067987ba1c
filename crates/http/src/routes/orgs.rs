//! The caller's organisation.

use actix_web::{HttpResponse, get, patch, web::Data};

use wabakit_services::wire;
use wabakit_wire::org::OrgDetail;

use crate::{
    Api,
    extract::{Json, Member, TeamWrite},
    problem::ApiError,
    views::org::NameOrg,
};

/// Retrieve the organisation
#[utoipa::path(tag = "Organisation", operation_id = "getOrg",
    security(("bearer" = ["member"]), ("cookie" = ["member"])),
    responses((status = 200, body = OrgDetail)))]
#[get("/api/orgs/current")]
pub(crate) async fn current(
    api: Data<Api>,
    Member(caller): Member,
) -> Result<HttpResponse, ApiError> {
    let org = api.orgs.current(&caller).await?;
    let files = api.receive.media.storage_use(&caller).await?;
    Ok(HttpResponse::Ok().json(wire::org(org, files)))
}

/// Rename the organisation
#[utoipa::path(tag = "Organisation", operation_id = "renameOrg",
    security(("bearer" = ["team:write"]), ("cookie" = ["team:write"])),
    responses((status = 200, body = OrgDetail)))]
#[patch("/api/orgs/current")]
pub(crate) async fn rename(
    api: Data<Api>,
    TeamWrite(caller): TeamWrite,
    Json(body): Json<NameOrg>,
) -> Result<HttpResponse, ApiError> {
    let org = api.orgs.rename(&caller, &body.name).await?;
    let files = api.receive.media.storage_use(&caller).await?;
    Ok(HttpResponse::Ok().json(wire::org(org, files)))
}
