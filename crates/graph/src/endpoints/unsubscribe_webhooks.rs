use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `DELETE /{app}/subscriptions`: ends the app's webhooks of one kind of object, or of some fields of it. Call it
/// with [`Credentials::app`](crate::Credentials::app).
#[derive(Debug, Clone)]
pub struct UnsubscribeWebhooks {
    /// The app.
    pub app_id: String,
    /// The kind of object, such as [`SubscribeWebhooks::WABA`](super::SubscribeWebhooks::WABA).
    pub object: String,
    /// The fields to end. Empty means all.
    pub fields: Vec<String>,
}

impl Endpoint for UnsubscribeWebhooks {
    type Response = Success;
    const NAME: &'static str = "UnsubscribeWebhooks";

    fn request(&self) -> Request {
        let request =
            Request::delete([self.app_id.as_str(), "subscriptions"]).query("object", &self.object);
        if self.fields.is_empty() {
            return request;
        }
        request.query("fields", self.fields.join(","))
    }
}
