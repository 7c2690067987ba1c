use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `POST /{waba}/subscribed_apps`: has the app receive the WABA's webhooks. Repeating it changes
/// nothing.
#[derive(Debug, Clone)]
pub struct SubscribeApp {
    /// The WABA.
    pub waba_id: String,
    /// Where this WABA's webhooks go, instead of the app's own callback. Meta takes it only for
    /// an app that is subscribed already. `None` removes an override that was set.
    pub override_callback: Option<OverrideCallback>,
}

/// A callback of its own for one WABA. Meta verifies it at once.
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
