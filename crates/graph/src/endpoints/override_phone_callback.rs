use secrecy::ExposeSecret;
use serde_json::json;

use super::{OverrideCallback, Success};
use crate::endpoint::{Endpoint, Request};

/// `POST /{phone number}`: sets the callback of the number's webhooks. It takes precedence over the WABA's override
/// ([`SubscribeApp`](super::SubscribeApp)), which takes precedence over the app's own callback. A repetition changes
/// nothing.
#[derive(Debug, Clone)]
pub struct OverridePhoneCallback {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The callback, which Meta verifies at once. `None` removes the override.
    pub callback: Option<OverrideCallback>,
}

impl Endpoint for OverridePhoneCallback {
    type Response = Success;
    const NAME: &'static str = "OverridePhoneCallback";

    fn request(&self) -> Request {
        let request = Request::post([self.phone_number_id.as_str()]).idempotent(true);
        match &self.callback {
            None => {
                request.json(json!({ "webhook_configuration": { "override_callback_uri": "" } }))
            }
            Some(OverrideCallback { uri, verify_token }) => request
                .json(json!({ "webhook_configuration": {
                    "override_callback_uri": uri,
                    "verify_token": verify_token.expose_secret(),
                }}))
                .hide(verify_token),
        }
    }
}
