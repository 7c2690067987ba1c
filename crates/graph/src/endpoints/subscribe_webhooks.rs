use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `POST /{app}/subscriptions`: sets the app's callback for one kind of object, and the fields that it subscribes to.
/// Meta verifies the callback at once. Call it with [`Credentials::app`](crate::Credentials::app). A repetition
/// changes nothing.
#[derive(Debug, Clone)]
pub struct SubscribeWebhooks {
    /// The app.
    pub app_id: String,
    /// The kind of object, such as [`WABA`](Self::WABA).
    pub object: String,
    /// The callback: an `https` address.
    pub callback_url: String,
    /// The token that Meta presents when it verifies the callback.
    pub verify_token: SecretString,
    /// The fields to subscribe to, such as `messages`. They replace the earlier ones.
    pub fields: Vec<String>,
}

impl SubscribeWebhooks {
    /// The object of all WhatsApp webhooks.
    pub const WABA: &'static str = "whatsapp_business_account";
}

impl Endpoint for SubscribeWebhooks {
    type Response = Success;
    const NAME: &'static str = "SubscribeWebhooks";

    fn request(&self) -> Request {
        Request::post([self.app_id.as_str(), "subscriptions"])
            .idempotent(true)
            .json(json!({
                "object": self.object,
                "callback_url": self.callback_url,
                "verify_token": self.verify_token.expose_secret(),
                "fields": self.fields.join(","),
            }))
            .hide(&self.verify_token)
    }
}
