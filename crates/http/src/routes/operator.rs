//! The platform's operator, above organisations.

use actix_web::{HttpResponse, get, post, web::Data};

use wabakit_services::wire;
use wabakit_wire::{
    lists::Paged,
    org::{OrgDetail, OrgOverview},
};

use crate::{
    Api,
    extract::{Json, Operator, PageQuery, Query},
    problem::ApiError,
    views::{lists::paged, org::NameOrg},
};

/// List all organisations
#[utoipa::path(tag = "Operator", operation_id = "listOrgs",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    params(PageQuery), responses((status = 200, body = Paged<OrgOverview>)))]
#[get("/api/operator/orgs")]
pub(crate) async fn list_orgs(
    api: Data<Api>,
    Operator(caller): Operator,
    Query(page): Query<PageQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = api.orgs.list(&caller, page.request()?).await?;
    Ok(HttpResponse::Ok().json(paged(page, wire::form::<OrgOverview>)))
}

/// Create an organisation
///
/// Its first owner is created at the server's command line.
#[utoipa::path(tag = "Operator", operation_id = "createOrg",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    responses((status = 201, body = OrgDetail)))]
#[post("/api/operator/orgs")]
pub(crate) async fn create_org(
    api: Data<Api>,
    Operator(caller): Operator,
    Json(body): Json<NameOrg>,
) -> Result<HttpResponse, ApiError> {
    let org = api.orgs.create(&caller, &body.name).await?;
    Ok(HttpResponse::Created().json(wire::form::<OrgDetail>(org)))
}
