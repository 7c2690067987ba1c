//! `/_sandbox/flows`: the JSON of a flow, and its status.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, Path, ServiceConfig, get, post, resource};
use serde::Deserialize;

use super::error::{Answer, ControlError};
use super::told;
use crate::context::Context;
use crate::graph::flows;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        resource("/flows/{id}")
            .route(get().to(content))
            .route(post().to(set)),
    );
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    /// Meta's status, such as `BLOCKED` or `THROTTLED`.
    status: String,
}

async fn content(context: Data<Context>, id: Path<String>) -> Result<HttpResponse, ControlError> {
    let text = context.store.read(|world| {
        let flow = world.flows.iter().find(|flow| flow.id == *id)?;
        flow.json.clone()
    });
    let text = text.ok_or_else(|| unknown(&id))?;
    let mut response = HttpResponse::Ok();
    Ok(response.content_type("application/json").body(text))
}

/// Moves a flow to a status, and tells it by webhook.
async fn set(context: Data<Context>, id: Path<String>, order: Json<Order>) -> Answer {
    told(&context, &format!("flow {id}"), |world, now| {
        flows::shift_one(world, &id, &order.status, now)
    })
    .await
}

fn unknown(id: &str) -> ControlError {
    ControlError::NotFound(format!("no flow {id}"))
}
