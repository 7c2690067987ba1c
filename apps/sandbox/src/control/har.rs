//! `/_sandbox/har`: the recording of what clients did.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json, ServiceConfig, delete, get, post, resource};
use serde::Deserialize;
use serde_json::json;

use super::error::Answer;
use crate::context::Context;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    recording: bool,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        resource("/har")
            .route(get().to(show))
            .route(post().to(switch))
            .route(delete().to(clear)),
    );
}

/// Returns the archive as a file.
async fn show(context: Data<Context>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header(("Content-Disposition", "inline; filename=\"sandbox.har\""))
        .insert_header(("Cache-Control", "no-store"))
        .body(context.har.text())
}

async fn switch(context: Data<Context>, order: Json<Switch>) -> Answer {
    context.har.switch(order.recording);
    Ok(Json(json!({ "recording": order.recording })))
}

async fn clear(context: Data<Context>) -> Answer {
    context.har.clear();
    Ok(Json(json!({ "success": true })))
}
