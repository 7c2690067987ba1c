//! Source: Meta, WhatsApp Cloud API, "Mark messages as read", "Typing indicators".

use serde_json::json;

use super::Success;
use super::table::endpoint;
use crate::endpoint::Request;

endpoint! {
    /// `POST /{phone number}/messages` with `status: read`: marks a customer's message, and all before it, as read. Meta
    /// allows it for 30 days after the message. A repetition changes nothing.
    pub struct MarkRead {
        /// Meta's id of the number that received the message.
        phone_number_id,
        /// Meta's id of the message.
        message_id,
        /// Tells whether to show the person a typing indicator, for up to 25 seconds.
        typing: bool,
    }
    Success: |it| {
        let mut body = json!({
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": it.message_id,
        });
        if let (true, Some(fields)) = (it.typing, body.as_object_mut()) {
            fields.insert("typing_indicator".to_owned(), json!({"type": "text"}));
        }
        Request::post([it.phone_number_id.as_str(), "messages"])
            .json(body)
            .idempotent(true)
    }
}
