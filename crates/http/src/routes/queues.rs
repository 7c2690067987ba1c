//! The numbers' queues.

use actix_web::{HttpResponse, get, post, web::Data};
use wabakit_domain::ids::AccountId;

use wabakit_services::wire;
use wabakit_wire::{lists::Listed, queue::Queue};

use crate::{
    Api,
    extract::{Id, MessagesRead, QueuesWrite},
    problem::ApiError,
    views::lists::listed,
};

/// List the numbers' queues
#[utoipa::path(tag = "Queues", operation_id = "listQueues",
    security(("bearer" = ["messages:read"]), ("cookie" = ["messages:read"])),
    responses((status = 200, body = Listed<Queue>)))]
#[get("/api/queues")]
pub(crate) async fn list(
    api: Data<Api>,
    MessagesRead(caller): MessagesRead,
) -> Result<HttpResponse, ApiError> {
    let queues = api.sending.queues.list(&caller).await?;
    Ok(HttpResponse::Ok().json(listed(queues, wire::form::<Queue>)))
}

/// Pause a number's queue
///
/// Requests in progress are finished, and no new ones begin.
#[utoipa::path(tag = "Queues", operation_id = "pauseQueue",
    security(("bearer" = ["queues:write"]), ("cookie" = ["queues:write"])),
    params(("accountId" = Uuid, Path, description = "The number")),
    responses((status = 200, body = Queue)))]
#[post("/api/queues/{accountId}/pause")]
pub(crate) async fn pause(
    api: Data<Api>,
    QueuesWrite(caller): QueuesWrite,
    Id(id): Id<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let queue = api.sending.queues.pause(&caller, id).await?;
    Ok(HttpResponse::Ok().json(wire::form::<Queue>(queue)))
}

/// Resume a number's queue
#[utoipa::path(tag = "Queues", operation_id = "resumeQueue",
    security(("bearer" = ["queues:write"]), ("cookie" = ["queues:write"])),
    params(("accountId" = Uuid, Path, description = "The number")),
    responses((status = 200, body = Queue)))]
#[post("/api/queues/{accountId}/resume")]
pub(crate) async fn resume(
    api: Data<Api>,
    QueuesWrite(caller): QueuesWrite,
    Id(id): Id<AccountId>,
) -> Result<HttpResponse, ApiError> {
    let queue = api.sending.queues.resume(&caller, id).await?;
    Ok(HttpResponse::Ok().json(wire::form::<Queue>(queue)))
}
