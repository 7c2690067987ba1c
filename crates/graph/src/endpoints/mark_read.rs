use serde_json::json;

use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `POST /{phone number}/messages` with `status: read`: marks a customer's message, and all before it, as read. Meta
/// allows it for 30 days after the message. A repetition changes nothing.
#[derive(Debug, Clone)]
pub struct MarkRead {
    /// Meta's id of the number that received the message.
    pub phone_number_id: String,
    /// Meta's id of the message.
    pub message_id: String,
    /// Whether to show the person a typing indicator, for up to 25 seconds.
    pub typing: bool,
}

impl Endpoint for MarkRead {
    type Response = Success;
    const NAME: &'static str = "MarkRead";

    fn request(&self) -> Request {
        let mut body = json!({
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": self.message_id,
        });
        if let (true, Some(fields)) = (self.typing, body.as_object_mut()) {
            fields.insert("typing_indicator".to_owned(), json!({"type": "text"}));
        }
        Request::post([self.phone_number_id.as_str(), "messages"])
            .json(body)
            .idempotent(true)
    }
}
