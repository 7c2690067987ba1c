//! `/_sandbox/templates`: the templates of all WABAs, and what Meta does to them.

use actix_web::web::{Data, Json, Path, ServiceConfig, get, post, resource};
use serde::Deserialize;
use serde_json::json;

use super::error::{Answer, ControlError};
use super::told;
use crate::context::Context;
use crate::graph::templates::{
    self, Pause, Quality, Recategorizing, Review, Seeding, Shift, shift,
};
use crate::graph::{drop_held, release};
use crate::state::{ReviewRule, Template};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(
            resource("/templates")
                .route(get().to(list))
                .route(post().to(set)),
        )
        .service(
            resource("/templates/review")
                .route(get().to(rule))
                .route(post().to(set_rule)),
        )
        .service(resource("/templates/seed").route(post().to(seed)))
        .service(resource("/templates/{id}").route(post().to(change)))
        .service(resource("/templates/{id}/review").route(post().to(review)))
        .service(resource("/templates/{id}/quality").route(post().to(quality)))
        .service(resource("/templates/{id}/pause").route(post().to(pause)))
        .service(resource("/templates/{id}/disable").route(post().to(disable)))
        .service(resource("/templates/{id}/category").route(post().to(category)))
        .service(
            resource("/templates/{id}/pacing")
                .route(get().to(pacing))
                .route(post().to(pace)),
        );
}

async fn list(context: Data<Context>) -> Answer {
    Ok(Json(
        context
            .store
            .read(|world| json!({ "data": world.templates })),
    ))
}

/// Replaces all templates.
async fn set(context: Data<Context>, given: Json<Vec<Template>>) -> Answer {
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
    list(context).await
}

async fn rule(context: Data<Context>) -> Answer {
    Ok(Json(context.store.read(|world| json!(world.review))))
}

/// Sets what becomes of new and edited templates. What is left out gets its default.
async fn set_rule(context: Data<Context>, given: Json<ReviewRule>) -> Answer {
    let given = given.into_inner();
    context.store.change(|world| world.review = given);
    context.store.flush().await?;
    rule(context).await
}

/// Adds many templates at once.
async fn seed(context: Data<Context>, order: Json<Seeding>) -> Answer {
    let order = order.into_inner();
    if let Some(objection) = order.objection() {
        return Err(ControlError::Invalid(objection));
    }
    let count = context.store.change(|world| {
        world.waba(&order.waba_id)?;
        let now = world.now();
        templates::seed(world, &order, now);
        Some(world.templates.len())
    });
    let none = || ControlError::NotFound(format!("no WABA {}", order.waba_id));
    let count = count.ok_or_else(none)?;
    context.store.flush().await?;
    Ok(Json(json!({ "templates": count })))
}

fn named(id: &str) -> String {
    format!("template {id}")
}

/// Changes a template as Meta would, and tells it by webhooks.
async fn change(context: Data<Context>, id: Path<String>, order: Json<Shift>) -> Answer {
    told(&context, &named(&id), |world, now| {
        shift(world, &id, &order, now)
    })
    .await
}

async fn review(context: Data<Context>, id: Path<String>, order: Json<Review>) -> Answer {
    told(&context, &named(&id), |world, now| {
        templates::end_review(world, &id, order.into_inner(), now)
    })
    .await
}

async fn quality(context: Data<Context>, id: Path<String>, order: Json<Quality>) -> Answer {
    told(&context, &named(&id), |world, now| {
        templates::rate(world, &id, order.into_inner(), now)
    })
    .await
}

async fn pause(context: Data<Context>, id: Path<String>, order: Option<Json<Pause>>) -> Answer {
    let order = order.map(Json::into_inner).unwrap_or_default();
    told(&context, &named(&id), |world, now| {
        templates::pause(world, &id, order, now)
    })
    .await
}

async fn disable(context: Data<Context>, id: Path<String>) -> Answer {
    told(&context, &named(&id), |world, now| {
        templates::disable(world, &id, now)
    })
    .await
}

async fn category(context: Data<Context>, id: Path<String>, order: Json<Recategorizing>) -> Answer {
    told(&context, &named(&id), |world, now| {
        templates::recategorize(world, &id, order.into_inner(), now)
    })
    .await
}

/// The pacing of a template: how many messages still go, or the verdict that ends it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pacing {
    further: Option<u64>,
    verdict: Option<Verdict>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Good,
    Bad,
}

async fn pacing(context: Data<Context>, id: Path<String>) -> Answer {
    let further = context.store.read(|world| {
        let template = world.templates.iter().find(|it| it.id == *id)?;
        Some(template.pacing)
    });
    let none = || ControlError::NotFound(format!("no {}", named(&id)));
    let further = further.ok_or_else(none)?;
    let held = context.sending.held.count(&id);
    Ok(Json(json!({ "further": further, "held": held })))
}

/// Begins pacing, or ends it: with a good verdict the held messages go, with a bad one they fail and the template is
/// paused.
async fn pace(context: Data<Context>, id: Path<String>, order: Json<Pacing>) -> Answer {
    let Pacing { further, verdict } = order.into_inner();
    if further.is_some() == verdict.is_some() {
        let text = "give either further or verdict".to_owned();
        return Err(ControlError::Invalid(text));
    }
    let answer = told(&context, &named(&id), |world, now| match &verdict {
        Some(Verdict::Bad) => templates::condemn(world, &id, now),
        _ => templates::pace(world, &id, further),
    })
    .await?;
    match verdict {
        Some(Verdict::Good) => release(&context, &id),
        Some(Verdict::Bad) => drop_held(&context, &id),
        None => {}
    }
    Ok(answer)
}
