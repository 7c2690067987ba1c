use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `POST /{waba}/subscribed_apps`: subscribes the app to the WABA's webhooks. A repetition changes nothing.
#[derive(Debug, Clone)]
pub struct SubscribeApp {
    /// The WABA.
    pub waba_id: String,
    /// The callback for this WABA's webhooks, instead of the app's own. Meta accepts it only for an app that is
    /// subscribed already. `None` removes an override.
    pub override_callback: Option<OverrideCallback>,
}

/// A callback for one WABA or number. Meta verifies it at once.
#[derive(Debug, Clone)]
pub struct OverrideCallback {
    /// The callback.
    pub uri: String,
    /// The token that Meta presents when it verifies the callback.
    pub verify_token: SecretString,
}

impl Endpoint for SubscribeApp {
    type Response = Success;
    const NAME: &'static str = "SubscribeApp";

    fn request(&self) -> Request {
        let request = Request::post([self.waba_id.as_str(), "subscribed_apps"]).idempotent(true);
        match &self.override_callback {
            None => request,
            Some(OverrideCallback { uri, verify_token }) => request
                .json(json!({
                    "override_callback_uri": uri,
                    "verify_token": verify_token.expose_secret(),
                }))
                .hide(verify_token),
        }
    }
}
