//! The organisation's received webhooks: changes, parked items, replays and tests.

use actix_web::{HttpResponse, delete, get, post, web::Data};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::IntoParams;
use wabakit_domain::ids::{AccountId, ChangeId, ParkedItemId};
use wabakit_services::{
    ChangeFilter, Invalid, ReplayRequest as Replay, Whose,
    wire::{self, FromWire},
};
use wabakit_wire::{
    lists::Paged,
    webhook::{
        ParkedItem, ParkedState, RawParkedItem, RawWebhookChange, Replayed, TestDelivery,
        WebhookChange, WebhookHealth,
    },
};

use crate::{
    Api,
    extract::{Id, Json, OptionalJson, PageQuery, Query, WebhooksRead, WebhooksWrite},
    problem::ApiError,
    views::{
        lists::paged,
        webhook::{ReplayRequest, TestWebhook},
    },
};

/// Whether personal data is shown.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RevealQuery {
    /// `true`: unmasked, as Meta sent it. Needs `webhooks:write`, or an operator, and is recorded in the audit log.
    #[serde(default)]
    #[param(required = false)]
    pub(super) reveal: bool,
}

/// The filter of changes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ChangeQuery {
    /// Only changes of this field, such as `messages`.
    field: Option<String>,
    /// Only changes received at this time or later.
    from: Option<DateTime<Utc>>,
    /// Only changes received before this time.
    to: Option<DateTime<Utc>>,
}

/// The filter of parked items.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ParkedQuery {
    /// Only items in this state.
    #[param(inline)]
    pub(super) state: Option<ParkedState>,
}

impl ReplayRequest {
    /// Reads the request.
    ///
    /// # Errors
    /// When it asks for neither or both.
    pub(super) fn which(&self) -> Result<Replay, Invalid> {
        match (self.parked, self.from, self.to) {
            (true, None, None) => Ok(Replay::Parked),
            (false, Some(from), Some(to)) if from < to => Ok(Replay::Range(from, to)),
            (false, Some(_), Some(_)) => Err(Invalid::new("/to", "It must be after from.")),
            _ => Err(Invalid::new("", "Give parked: true, or from and to.")),
        }
    }
}

/// Retrieve webhook health
#[utoipa::path(tag = "Webhooks", operation_id = "webhookHealth",
    security(("bearer" = ["webhooks:read"]), ("cookie" = ["webhooks:read"])),
    responses((status = 200, body = WebhookHealth)))]
#[get("/api/webhooks/health")]
pub(crate) async fn health(
    api: Data<Api>,
    WebhooksRead(caller): WebhooksRead,
) -> Result<HttpResponse, ApiError> {
    let health = api.receive.webhooks.health(&caller).await?;
    Ok(HttpResponse::Ok().json(wire::form::<WebhookHealth>(health)))
}

/// List webhook changes, newest first
#[utoipa::path(tag = "Webhooks", operation_id = "listWebhookChanges",
    security(("bearer" = ["webhooks:read"]), ("cookie" = ["webhooks:read"])),
    params(PageQuery, ChangeQuery), responses((status = 200, body = Paged<WebhookChange>)))]
#[get("/api/webhooks/changes")]
pub(crate) async fn changes(
    api: Data<Api>,
    WebhooksRead(caller): WebhooksRead,
    Query(page): Query<PageQuery>,
    Query(query): Query<ChangeQuery>,
) -> Result<HttpResponse, ApiError> {
    let filter = ChangeFilter {
        field: query.field.filter(|field| !field.is_empty()),
        from: query.from,
        to: query.to,
    };
    let page = api
        .receive
        .webhooks
        .changes(&caller, Whose::Ours, filter, page.request()?)
        .await?;
    Ok(HttpResponse::Ok().json(paged(page, wire::form::<WebhookChange>)))
}

/// Retrieve a webhook change
#[utoipa::path(tag = "Webhooks", operation_id = "getWebhookChange",
    security(("bearer" = ["webhooks:read"]), ("cookie" = ["webhooks:read"])),
    params(("id" = Uuid, Path, description = "The change"), RevealQuery),
    responses((status = 200, body = RawWebhookChange)))]
#[get("/api/webhooks/changes/{id}")]
pub(crate) async fn change(
    api: Data<Api>,
    WebhooksRead(caller): WebhooksRead,
    Id(id): Id<ChangeId>,
    Query(query): Query<RevealQuery>,
) -> Result<HttpResponse, ApiError> {
    let (change, raw) = api
        .receive
        .webhooks
        .change(&caller, Whose::Ours, id, query.reveal)
        .await?;
    Ok(HttpResponse::Ok().json(wire::raw_change(change, raw)))
}

/// List parked items, newest first
#[utoipa::path(tag = "Webhooks", operation_id = "listParkedItems",
    security(("bearer" = ["webhooks:read"]), ("cookie" = ["webhooks:read"])),
    params(PageQuery, ParkedQuery), responses((status = 200, body = Paged<ParkedItem>)))]
#[get("/api/webhooks/parked")]
pub(crate) async fn parked(
    api: Data<Api>,
    WebhooksRead(caller): WebhooksRead,
    Query(page): Query<PageQuery>,
    Query(query): Query<ParkedQuery>,
) -> Result<HttpResponse, ApiError> {
    let state = query.state.map(FromWire::from_wire);
    let page = api
        .receive
        .webhooks
        .parked(&caller, Whose::Ours, state, page.request()?)
        .await?;
    Ok(HttpResponse::Ok().json(paged(page, wire::form::<ParkedItem>)))
}

/// Retrieve a parked item
#[utoipa::path(tag = "Webhooks", operation_id = "getParkedItem",
    security(("bearer" = ["webhooks:read"]), ("cookie" = ["webhooks:read"])),
    params(("id" = Uuid, Path, description = "The item"), RevealQuery),
    responses((status = 200, body = RawParkedItem)))]
#[get("/api/webhooks/parked/{id}")]
pub(crate) async fn parked_item(
    api: Data<Api>,
    WebhooksRead(caller): WebhooksRead,
    Id(id): Id<ParkedItemId>,
    Query(query): Query<RevealQuery>,
) -> Result<HttpResponse, ApiError> {
    let (item, raw) = api
        .receive
        .webhooks
        .parked_item(&caller, Whose::Ours, id, query.reveal)
        .await?;
    Ok(HttpResponse::Ok().json(wire::raw_parked_item(item, raw)))
}

/// Replay a parked item
#[utoipa::path(tag = "Webhooks", operation_id = "replayParkedItem",
    security(("bearer" = ["webhooks:write"]), ("cookie" = ["webhooks:write"])),
    params(("id" = Uuid, Path, description = "The item")),
    responses((status = 200, body = Replayed)))]
#[post("/api/webhooks/parked/{id}/replay")]
pub(crate) async fn replay_item(
    api: Data<Api>,
    WebhooksWrite(caller): WebhooksWrite,
    Id(id): Id<ParkedItemId>,
) -> Result<HttpResponse, ApiError> {
    let replayed = api
        .receive
        .webhooks
        .replay(&caller, Whose::Ours, Replay::Item(id))
        .await?;
    Ok(HttpResponse::Ok().json(Replayed { replayed }))
}

/// Discard a parked item
#[utoipa::path(tag = "Webhooks", operation_id = "discardParkedItem",
    security(("bearer" = ["webhooks:write"]), ("cookie" = ["webhooks:write"])),
    params(("id" = Uuid, Path, description = "The item")), responses((status = 204)))]
#[delete("/api/webhooks/parked/{id}")]
pub(crate) async fn discard(
    api: Data<Api>,
    WebhooksWrite(caller): WebhooksWrite,
    Id(id): Id<ParkedItemId>,
) -> Result<HttpResponse, ApiError> {
    api.receive
        .webhooks
        .discard(&caller, Whose::Ours, id)
        .await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Replay parked items, or all changes of a time range
#[utoipa::path(tag = "Webhooks", operation_id = "replayWebhooks",
    security(("bearer" = ["webhooks:write"]), ("cookie" = ["webhooks:write"])),
    responses((status = 200, body = Replayed)))]
#[post("/api/webhooks/replay")]
pub(crate) async fn replay(
    api: Data<Api>,
    WebhooksWrite(caller): WebhooksWrite,
    Json(body): Json<ReplayRequest>,
) -> Result<HttpResponse, ApiError> {
    let replayed = api
        .receive
        .webhooks
        .replay(&caller, Whose::Ours, body.which()?)
        .await?;
    Ok(HttpResponse::Ok().json(Replayed { replayed }))
}

/// Send a test delivery
///
/// It passes all stages of a webhook, and ends as the event `webhook.test`.
#[utoipa::path(tag = "Webhooks", operation_id = "testWebhook",
    security(("bearer" = ["webhooks:write"]), ("cookie" = ["webhooks:write"])), request_body = Option<TestWebhook>,
    responses((status = 202, body = TestDelivery)))]
#[post("/api/webhooks/test")]
pub(crate) async fn test(
    api: Data<Api>,
    WebhooksWrite(caller): WebhooksWrite,
    OptionalJson(body): OptionalJson<TestWebhook>,
) -> Result<HttpResponse, ApiError> {
    let account = body.account_id.map(AccountId);
    let delivery_id = api
        .receive
        .ingest
        .test_delivery(&caller, account)
        .await?
        .uuid();
    Ok(HttpResponse::Accepted().json(TestDelivery { delivery_id }))
}
