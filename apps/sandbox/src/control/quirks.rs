//! `/_sandbox/quirks`: known variations of Meta's answers.

use actix_web::web::{Data, Json, ServiceConfig, get, post, resource};
use serde_json::json;

use super::error::Answer;
use crate::context::Context;
use crate::state::Quirks;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        resource("/quirks")
            .route(get().to(show))
            .route(post().to(set)),
    );
}

async fn show(context: Data<Context>) -> Answer {
    Ok(Json(context.store.read(|world| json!(world.quirks))))
}

/// Replaces all quirks. Omitted ones are off.
async fn set(context: Data<Context>, quirks: Json<Quirks>) -> Answer {
    context
        .store
        .change(|world| world.quirks = quirks.into_inner());
    context.store.flush().await?;
    show(context).await
}
