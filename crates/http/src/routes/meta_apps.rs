//! Meta apps.

use actix_web::{HttpResponse, delete, get, post, web::Data};
use wabakit_domain::ids::MetaAppId;
use wabakit_services::{NewMetaApp, wire};
use wabakit_wire::{lists::Listed, meta_app::MetaApp};

use crate::{
    Api,
    extract::{ConnectWrite, Id, Json},
    problem::ApiError,
    views::{lists::listed, meta_app::AddMetaApp},
};

/// List the Meta apps that the organisation may use
#[utoipa::path(tag = "Meta apps", operation_id = "listMetaApps",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    responses((status = 200, body = Listed<MetaApp>)))]
#[get("/api/meta-apps")]
pub(crate) async fn list(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
) -> Result<HttpResponse, ApiError> {
    let apps = api.meta_apps.list(&caller).await?;
    let version = &api.settings.graph_version;
    Ok(HttpResponse::Ok().json(listed(apps, |app| wire::meta_app(app, version))))
}

/// Add the organisation's own Meta app
///
/// The secrets are sealed and never shown again. An existing app gets the new secrets; webhooks that Meta signed with
/// the former app secret are accepted for a day.
#[utoipa::path(tag = "Meta apps", operation_id = "addMetaApp",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    responses((status = 201, body = MetaApp)))]
#[post("/api/meta-apps")]
pub(crate) async fn add(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    Json(body): Json<AddMetaApp>,
) -> Result<HttpResponse, ApiError> {
    let new = NewMetaApp {
        app_id: body.app_id,
        name: body.name,
        app_secret: body.app_secret,
        verify_token: body.verify_token,
        config_id: body.config_id,
        graph_version: body.graph_version,
    };
    let app = api.meta_apps.add(&caller, new).await?;
    Ok(HttpResponse::Created().json(wire::meta_app(app, &api.settings.graph_version)))
}

/// Remove the organisation's own Meta app
///
/// Refused while a connection uses it.
#[utoipa::path(tag = "Meta apps", operation_id = "removeMetaApp",
    security(("bearer" = ["connect:write"]), ("cookie" = ["connect:write"])),
    params(("id" = Uuid, Path, description = "The app, by our id")), responses((status = 204)))]
#[delete("/api/meta-apps/{id}")]
pub(crate) async fn remove(
    api: Data<Api>,
    ConnectWrite(caller): ConnectWrite,
    Id(id): Id<MetaAppId>,
) -> Result<HttpResponse, ApiError> {
    api.meta_apps.remove(&caller, id).await?;
    Ok(HttpResponse::NoContent().finish())
}
