//! `/_sandbox/phones/{number}/clicks`: what the customer does with a marketing message.

use actix_web::web::{Data, Json, Path, ServiceConfig, post, resource};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::Answer;
use super::phones::{blocked, both_ends, update};
use super::statuses::overlay;
use crate::context::Context;
use crate::customer::{Identity, contacts};
use crate::graph::blocks;
use crate::state::World;

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/phones/{number}/clicks").route(post().to(click)));
}

/// A click in a marketing message.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Click {
    /// The id of the number that sent the message.
    from: String,
    /// `marketing_messages_link_click`, `landing_page_view` or another one.
    #[serde(default = "link_click")]
    action: String,
    timestamp: Option<i64>,
    identity: Option<Identity>,
    /// Fields of `marketing_messages_link_click_data` that replace those of the sample. A null takes one away.
    #[serde(default)]
    data: Map<String, Value>,
}

fn link_click() -> String {
    "marketing_messages_link_click".to_owned()
}

/// Tells the action on the field `messages`, in `user_actions`.
async fn click(context: Data<Context>, number: Path<String>, order: Json<Click>) -> Answer {
    let order = order.into_inner();
    let (person, phone) = both_ends(&context, &number, &order.from, order.identity)?;
    let (is_blocked, now) = context.store.read(|world: &World| {
        let is_blocked = blocks::is_blocked(world, &phone.id, &person.number);
        (is_blocked, world.now())
    });
    if is_blocked {
        return Ok(Json(json!(blocked())));
    }
    let mut data = json!({
        "click_id": "click-1",
        "tracking_token": "track-1",
        "click_component": "cta",
    });
    overlay(&mut data, order.data);
    let timestamp = order.timestamp.unwrap_or_else(|| now.timestamp());
    let action = json!({
        "action_type": order.action,
        "timestamp": timestamp.to_string(),
        "marketing_messages_link_click_data": data,
    });
    let parts = [
        ("contacts", contacts(&person)),
        ("user_actions", json!([action])),
    ];
    let emission = context
        .webhooks
        .emit(&[update(&phone, "messages", &parts)])?;
    Ok(Json(json!(emission)))
}
