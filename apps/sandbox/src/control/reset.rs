//! `/_sandbox/reset`: returns to the seed.

use actix_web::web::{Data, Json, ServiceConfig, post, resource};
use serde_json::json;

use super::error::Answer;
use crate::context::Context;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/reset").route(post().to(reset)));
}

async fn reset(context: Data<Context>) -> Answer {
    context.store.reset()?;
    context.meter.clear();
    context.ledger.clear()?;
    context.chat.clear()?;
    context.media.clear()?;
    context.sending.clear()?;
    context.webhooks.clear_queue()?;
    context.webhooks.clear_log()?;
    context.store.flush().await?;
    Ok(Json(json!({ "success": true })))
}
