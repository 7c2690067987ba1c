//! `interactive`: the button, row or form of a person's reply.

use serde_json::{Value, value::RawValue};
use wabakit_domain::inbound::MessageContent;

use super::time;
use crate::json::{self, Object};

/// Reads the reply that is present, whatever `type` says.
pub(super) fn reply(interactive: &Object<'_>) -> Option<MessageContent> {
    if let Some(reply) = interactive.object("button_reply") {
        return Some(MessageContent::ButtonReply {
            id: reply.text("id")?,
            title: reply.text("title")?,
        });
    }
    if let Some(reply) = interactive.object("list_reply") {
        return Some(MessageContent::ListReply {
            id: reply.text("id")?,
            title: reply.text("title")?,
            description: reply.some("description"),
        });
    }
    if let Some(reply) = interactive.object("nfm_reply") {
        return Some(MessageContent::FormReply {
            name: reply.some("name"),
            body: reply.some("body"),
            response: reply.raw("response_json").map(response).unwrap_or_default(),
        });
    }
    let reply = interactive.object("call_permission_reply")?;
    Some(MessageContent::CallPermissionReply {
        response: reply.some("response")?,
        source: reply.some("response_source"),
        expires_at: time(&reply, "expiration_timestamp"),
        is_permanent: reply.bool("is_permanent") == Some(true),
    })
}

/// Reads a form's answers, which are JSON in a text. Text that is not JSON is returned as it is.
fn response(raw: &RawValue) -> Value {
    let Some(text) = json::text(raw) else {
        return json::value(raw);
    };
    match serde_json::from_str::<&RawValue>(&text) {
        Ok(inner) => json::value(inner),
        Err(_) => Value::String(text),
    }
}
