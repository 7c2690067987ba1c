use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `DELETE /{waba}/subscribed_apps`: ends the app's subscription to the WABA's webhooks. A repetition changes
/// nothing.
#[derive(Debug, Clone)]
pub struct UnsubscribeApp {
    /// The WABA.
    pub waba_id: String,
}

impl Endpoint for UnsubscribeApp {
    type Response = Success;
    const NAME: &'static str = "UnsubscribeApp";

    fn request(&self) -> Request {
        Request::delete([self.waba_id.as_str(), "subscribed_apps"])
    }
}
