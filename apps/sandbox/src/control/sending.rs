//! `/_sandbox/sending`: the limits of sending and the fate of messages.

use actix_web::web::{Data, Json, ServiceConfig, get, post, resource};
use serde_json::json;

use super::error::{Answer, ControlError};
use crate::context::Context;
use crate::sending::SendingKnobs;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        resource("/sending/knobs")
            .route(get().to(knobs))
            .route(post().to(set_knobs)),
    );
}

async fn knobs(context: Data<Context>) -> Answer {
    Ok(Json(context.store.read(|world| json!(world.sending))))
}

/// Replaces all knobs. Omitted ones get their defaults.
async fn set_knobs(context: Data<Context>, knobs: Json<SendingKnobs>) -> Answer {
    let new = knobs.into_inner();
    if let Some(objection) = new.objection() {
        return Err(ControlError::Invalid(objection.to_owned()));
    }
    context.store.change(|world| world.sending = new);
    context.store.flush().await?;
    self::knobs(context).await
}
