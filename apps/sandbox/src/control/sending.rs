//! `/_sandbox/sending`: the limits of sending and the fate of messages; `/_sandbox/templates`.

use actix_web::web::{Data, Json, Path, ServiceConfig, get, post, resource};
use serde_json::json;

use super::error::{Answer, ControlError};
use crate::context::Context;
use crate::graph::templates::{Shift, shift};
use crate::sending::SendingKnobs;
use crate::state::Template;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            resource("/sending/knobs")
                .route(get().to(knobs))
                .route(post().to(set_knobs)),
        )
        .service(
            resource("/templates")
                .route(get().to(templates))
                .route(post().to(set_templates)),
        )
        .service(resource("/templates/{id}").route(post().to(shift_template)));
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

async fn templates(context: Data<Context>) -> Answer {
    Ok(Json(
        context
            .store
            .read(|world| json!({ "data": world.templates })),
    ))
}

/// Replaces all templates.
async fn set_templates(context: Data<Context>, given: Json<Vec<Template>>) -> Answer {
    let given = given.into_inner();
    let stray = context.store.read(|world| {
        let stray = given.iter().find(|it| world.waba(&it.waba_id).is_none());
        stray.map(|it| it.waba_id.clone())
    });
    if let Some(id) = stray {
        return Err(ControlError::NotFound(format!("no WABA {id}")));
    }
    context.store.change(|world| {
        world.templates = given;
        world.name_templates();
    });
    context.store.flush().await?;
    templates(context).await
}

/// Changes a template as Meta would, and tells it by webhooks.
async fn shift_template(context: Data<Context>, id: Path<String>, order: Json<Shift>) -> Answer {
    let said = context.store.change(|world| {
        let now = world.now();
        shift(world, &id, &order, now)?;
        Some(std::mem::take(&mut world.said))
    });
    let said = said.ok_or_else(|| ControlError::NotFound(format!("no template {id}")))?;
    let emission = context.webhooks.emit(&said)?;
    context.store.flush().await?;
    Ok(Json(json!(emission)))
}
