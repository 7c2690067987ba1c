//! Received webhooks of all organisations: whole deliveries, rejections, and homeless items.

use actix_web::{HttpResponse, delete, get, post, web::Data};
use chrono::Duration;
use serde::Deserialize;
use utoipa::IntoParams;
use wabakit_domain::ids::{DeliveryId, ParkedItemId};
use wabakit_services::{
    ReplayRequest as Replay, Whose,
    wire::{self, FromWire},
};
use wabakit_wire::{
    lists::{Listed, Paged},
    webhook::{
        OperatorWebhookHealth, ParkedItem, RawParkedItem, RawWebhookDelivery, Replayed,
        WebhookDelivery, WebhookRejections,
    },
};

use crate::{
    Api,
    extract::{Id, Json, Operator, PageQuery, Query},
    problem::ApiError,
    routes::webhooks::{ParkedQuery, RevealQuery},
    views::{
        lists::{listed, paged},
        webhook::ReplayRequest,
    },
};

/// The filter of deliveries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeliveryQuery {
    /// `true`: only deliveries that could not be read.
    #[serde(default)]
    #[param(required = false)]
    unreadable: bool,
}

/// Retrieve the platform's webhook health
#[utoipa::path(tag = "Operator", operation_id = "operatorWebhookHealth",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    responses((status = 200, body = OperatorWebhookHealth)))]
#[get("/api/operator/webhooks/health")]
pub(crate) async fn health(
    api: Data<Api>,
    Operator(caller): Operator,
) -> Result<HttpResponse, ApiError> {
    let health = api.receive.webhooks.platform_health(&caller).await?;
    Ok(HttpResponse::Ok().json(wire::form::<OperatorWebhookHealth>(health)))
}

/// List deliveries, newest first
#[utoipa::path(tag = "Operator", operation_id = "listDeliveries",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    params(PageQuery, DeliveryQuery), responses((status = 200, body = Paged<WebhookDelivery>)))]
#[get("/api/operator/webhooks/deliveries")]
pub(crate) async fn deliveries(
    api: Data<Api>,
    Operator(caller): Operator,
    Query(page): Query<PageQuery>,
    Query(query): Query<DeliveryQuery>,
) -> Result<HttpResponse, ApiError> {
    let page = page.request()?;
    let page = api
        .receive
        .webhooks
        .deliveries(&caller, query.unreadable, page)
        .await?;
    Ok(HttpResponse::Ok().json(paged(page, wire::form::<WebhookDelivery>)))
}

/// Retrieve a delivery
#[utoipa::path(tag = "Operator", operation_id = "getDelivery",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    params(("id" = Uuid, Path, description = "The delivery"), RevealQuery),
    responses((status = 200, body = RawWebhookDelivery)))]
#[get("/api/operator/webhooks/deliveries/{id}")]
pub(crate) async fn delivery(
    api: Data<Api>,
    Operator(caller): Operator,
    Id(id): Id<DeliveryId>,
    Query(query): Query<RevealQuery>,
) -> Result<HttpResponse, ApiError> {
    let (delivery, raw) = api
        .receive
        .webhooks
        .delivery(&caller, id, query.reveal)
        .await?;
    Ok(HttpResponse::Ok().json(wire::raw_delivery(&delivery, raw)))
}

/// List webhook rejections of the last day, by minute, newest first
#[utoipa::path(tag = "Operator", operation_id = "listRejections",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    responses((status = 200, body = Listed<WebhookRejections>)))]
#[get("/api/operator/webhooks/rejections")]
pub(crate) async fn rejections(
    api: Data<Api>,
    Operator(caller): Operator,
) -> Result<HttpResponse, ApiError> {
    let since = (api.now)() - Duration::days(1);
    let rejections = api.receive.webhooks.rejections(&caller, since).await?;
    Ok(HttpResponse::Ok().json(listed(rejections, wire::form::<WebhookRejections>)))
}

/// List the parked items of all organisations and of none
#[utoipa::path(tag = "Operator", operation_id = "listAllParkedItems",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    params(PageQuery, ParkedQuery), responses((status = 200, body = Paged<ParkedItem>)))]
#[get("/api/operator/webhooks/parked")]
pub(crate) async fn parked(
    api: Data<Api>,
    Operator(caller): Operator,
    Query(page): Query<PageQuery>,
    Query(query): Query<ParkedQuery>,
) -> Result<HttpResponse, ApiError> {
    let state = query.state.map(FromWire::from_wire);
    let page = api
        .receive
        .webhooks
        .parked(&caller, Whose::Everybody, state, page.request()?)
        .await?;
    Ok(HttpResponse::Ok().json(paged(page, wire::form::<ParkedItem>)))
}

/// Retrieve any parked item
#[utoipa::path(tag = "Operator", operation_id = "getAnyParkedItem",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    params(("id" = Uuid, Path, description = "The item"), RevealQuery),
    responses((status = 200, body = RawParkedItem)))]
#[get("/api/operator/webhooks/parked/{id}")]
pub(crate) async fn parked_item(
    api: Data<Api>,
    Operator(caller): Operator,
    Id(id): Id<ParkedItemId>,
    Query(query): Query<RevealQuery>,
) -> Result<HttpResponse, ApiError> {
    let (item, raw) = api
        .receive
        .webhooks
        .parked_item(&caller, Whose::Everybody, id, query.reveal)
        .await?;
    Ok(HttpResponse::Ok().json(wire::raw_parked_item(item, raw)))
}

/// Replay any parked item
#[utoipa::path(tag = "Operator", operation_id = "replayAnyParkedItem",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    params(("id" = Uuid, Path, description = "The item")),
    responses((status = 200, body = Replayed)))]
#[post("/api/operator/webhooks/parked/{id}/replay")]
pub(crate) async fn replay_item(
    api: Data<Api>,
    Operator(caller): Operator,
    Id(id): Id<ParkedItemId>,
) -> Result<HttpResponse, ApiError> {
    let replayed = api
        .receive
        .webhooks
        .replay(&caller, Whose::Everybody, Replay::Item(id))
        .await?;
    Ok(HttpResponse::Ok().json(Replayed { replayed }))
}

/// Discard any parked item
#[utoipa::path(tag = "Operator", operation_id = "discardAnyParkedItem",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    params(("id" = Uuid, Path, description = "The item")), responses((status = 204)))]
#[delete("/api/operator/webhooks/parked/{id}")]
pub(crate) async fn discard(
    api: Data<Api>,
    Operator(caller): Operator,
    Id(id): Id<ParkedItemId>,
) -> Result<HttpResponse, ApiError> {
    api.receive
        .webhooks
        .discard(&caller, Whose::Everybody, id)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Replay parked items, or all changes of a time range, of all organisations
#[utoipa::path(tag = "Operator", operation_id = "replayAllWebhooks",
    security(("bearer" = ["operator"]), ("cookie" = ["operator"])),
    responses((status = 200, body = Replayed)))]
#[post("/api/operator/webhooks/replay")]
pub(crate) async fn replay(
    api: Data<Api>,
    Operator(caller): Operator,
    Json(body): Json<ReplayRequest>,
) -> Result<HttpResponse, ApiError> {
    let replayed = api
        .receive
        .webhooks
        .replay(&caller, Whose::Everybody, body.which()?)
        .await?;
    Ok(HttpResponse::Ok().json(Replayed { replayed }))
}
