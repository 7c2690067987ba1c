//! `/_sandbox/clock`: time travel.

use actix_web::web::{Data, Json, ServiceConfig, get, post, resource};
use serde::Deserialize;
use serde_json::json;

use super::error::{Answer, ControlError};
use crate::clock::{Time, real_now};
use crate::context::Context;

/// Ten years: further than any of Meta's expiries.
const FARTHEST_MS: i64 = 10 * 366 * 86_400_000;

/// A moment or a step.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Travel {
    now: Option<Time>,
    advance_seconds: Option<i64>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        resource("/clock")
            .route(get().to(show))
            .route(post().to(travel)),
    );
}

async fn show(context: Data<Context>) -> Answer {
    let (now, offset) = context
        .store
        .read(|world| (world.now(), world.clock_offset_ms));
    Ok(Json(json!({ "now": now, "offsetSeconds": offset / 1000 })))
}

async fn travel(context: Data<Context>, travel: Json<Travel>) -> Answer {
    let offset = context.store.read(|world| world.clock_offset_ms);
    let target = match (travel.now, travel.advance_seconds) {
        (Some(now), None) => (now - real_now()).num_milliseconds(),
        (None, Some(seconds)) => offset.saturating_add(seconds.saturating_mul(1_000)),
        _ => {
            let text = "give either now (RFC 3339) or advanceSeconds";
            return Err(ControlError::Invalid(text.to_owned()));
        }
    };
    if !(-FARTHEST_MS..=FARTHEST_MS).contains(&target) {
        return Err(ControlError::Invalid(
            "that is more than ten years away".to_owned(),
        ));
    }
    context.store.change(|world| world.clock_offset_ms = target);
    context.store.flush().await?;
    context.webhooks.tell();
    context.agenda.notify_one();
    show(context).await
}
