use serde_json::{Value, json};

use super::SentMessage;
use crate::endpoint::{Endpoint, Request};
use crate::messages::NewMessage;
use crate::wire::open_enum;

/// `POST /{phone number}/marketing_messages`: sends a marketing template by the Marketing Messages API, which takes
/// nothing else (134100). The call is made once, as [`SendMessage`](super::SendMessage) is.
///
/// Source: Meta, WhatsApp, "Marketing Messages API".
#[derive(Debug, Clone)]
pub struct SendMarketing<'a> {
    /// Meta's id of the number that sends.
    pub phone_number_id: &'a str,
    /// A message with a template.
    pub message: &'a NewMessage,
    /// The fate of the message where the account may not use this API. Meta's default is
    /// [`CloudApiFallback`](ProductPolicy::CloudApiFallback).
    pub product_policy: Option<ProductPolicy>,
    /// Tells whether Meta may share the message's activity to optimise delivery. The default is the account's setting.
    pub message_activity_sharing: Option<bool>,
    /// The factor to the template's highest price, above 0. Only for templates with one.
    pub bid_multiplier: Option<f64>,
}

impl<'a> SendMarketing<'a> {
    /// Creates the call with Meta's defaults.
    pub fn new(phone_number_id: &'a str, message: &'a NewMessage) -> Self {
        Self {
            phone_number_id,
            message,
            product_policy: None,
            message_activity_sharing: None,
            bid_multiplier: None,
        }
    }
}

impl Endpoint for SendMarketing<'_> {
    type Response = SentMessage;
    const NAME: &'static str = "SendMarketing";

    fn request(&self) -> Request {
        let mut body = self.message.clone().set("messaging_product", "whatsapp");
        if let Some(policy) = &self.product_policy {
            body = body.set("product_policy", policy.as_str());
        }
        if let Some(sharing) = self.message_activity_sharing {
            body = body.set("message_activity_sharing", sharing);
        }
        if let Some(multiplier) = self.bid_multiplier {
            let bid = json!({"per_message_bid_multiplier": multiplier});
            body = body.set("bid_spec", bid);
        }
        Request::post([self.phone_number_id, "marketing_messages"])
            .json(Value::from(body))
            .once()
    }
}

open_enum! {
    /// The fate of a marketing message where the account may not use the Marketing Messages API.
    pub enum ProductPolicy {
        /// It goes by the Cloud API.
        CloudApiFallback = "CLOUD_API_FALLBACK",
        /// It fails.
        Strict = "STRICT",
    }
}
