//! `<phone>/messages`, of which so far the read mark and the typing indicator are played.

use serde_json::{Value, json};

use super::GraphError;
use super::auth::{self, MESSAGE_WHATSAPP};
use crate::call::Call;
use crate::context::Context;
use crate::customer::Event;

pub(crate) fn post(context: &Context, call: &Call, phone_id: &str) -> Result<Value, GraphError> {
    let now = context.store.read(|world| {
        let now = world.now();
        let token = auth::holder(world, call, now)?;
        auth::require_scope(&token, MESSAGE_WHATSAPP)?;
        auth::phone(world, &token, phone_id, "post").map(|_| now)
    })?;
    if call.param("messaging_product") != Some("whatsapp") {
        return Err(GraphError::parameter("messaging_product must be whatsapp"));
    }
    if call.param("status") != Some("read") {
        return Err(GraphError::parameter(
            "The sandbox does not play the sending of messages yet.",
        ));
    }
    let id = call
        .param("message_id")
        .ok_or_else(|| GraphError::parameter("message_id is required"))?;
    let customer = context.chat.writer(phone_id, id).ok_or_else(|| {
        let title = "Parameter value is not valid";
        GraphError::whatsapp(
            131_009,
            title,
            "The message_id is of no message to this number.",
        )
    })?;
    let mut events = vec![Event::Read { id: id.to_owned() }];
    if call.param("typing_indicator").is_some() {
        events.push(Event::Typing { id: id.to_owned() });
    }
    context
        .chat
        .add(&customer, phone_id, now, events)
        .map_err(|_| GraphError::new(2, "Service temporarily unavailable"))?;
    Ok(json!({ "success": true }))
}
