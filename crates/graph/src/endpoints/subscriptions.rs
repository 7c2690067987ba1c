//! Source: Meta, WhatsApp, "Webhooks": subscriptions of WABAs, and callbacks that override the app's.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::Success;
use super::table::endpoint;
use crate::endpoint::Request;
use crate::paging::Page;
use crate::wire::{Extra, lenient};

endpoint! {
    /// `GET /{waba}/subscribed_apps`: lists the apps that receive the WABA's webhooks.
    pub struct SubscribedApps {
        /// The WABA.
        waba_id,
    }
    Page<SubscribedApp>: |it| Request::get([it.waba_id.as_str(), "subscribed_apps"])
}

/// An app that receives a WABA's webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct SubscribedApp {
    /// The app.
    #[serde(default)]
    pub whatsapp_business_api_data: Option<AppData>,
    /// The callback override for this WABA.
    #[serde(default)]
    pub override_callback_uri: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// An app.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AppData {
    /// The app's id.
    #[serde(deserialize_with = "lenient::id")]
    pub id: String,
    /// The app's name.
    #[serde(default)]
    pub name: Option<String>,
    /// The app's page at Facebook.
    #[serde(default)]
    pub link: Option<String>,
}

endpoint! {
    /// `POST /{waba}/subscribed_apps`: subscribes the app to the WABA's webhooks. A repetition changes nothing.
    pub struct SubscribeApp {
        /// The WABA.
        waba_id,
        /// The callback for this WABA's webhooks, instead of the app's own. Meta accepts it only for an app that is
        /// subscribed already. `None` removes an override.
        override_callback: Option<OverrideCallback>,
    }
    Success: |it| {
        let request = Request::post([it.waba_id.as_str(), "subscribed_apps"]).idempotent(true);
        match &it.override_callback {
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

/// A callback for one WABA or number. Meta verifies it at once.
#[derive(Debug, Clone)]
pub struct OverrideCallback {
    /// The callback.
    pub uri: String,
    /// The token that Meta presents when it verifies the callback.
    pub verify_token: SecretString,
}

endpoint! {
    /// `DELETE /{waba}/subscribed_apps`: ends the app's subscription to the WABA's webhooks. A repetition changes
    /// nothing.
    pub struct UnsubscribeApp {
        /// The WABA.
        waba_id,
    }
    Success: |it| Request::delete([it.waba_id.as_str(), "subscribed_apps"])
}

endpoint! {
    /// `POST /{phone number}`: sets the callback of the number's webhooks. It takes precedence over the WABA's override
    /// ([`SubscribeApp`](super::SubscribeApp)), which takes precedence over the app's own callback. A repetition changes
    /// nothing.
    pub struct OverridePhoneCallback {
        /// Meta's id of the number.
        phone_number_id,
        /// The callback, which Meta verifies at once. `None` removes the override.
        callback: Option<OverrideCallback>,
    }
    Success: |it| {
        let request = Request::post([it.phone_number_id.as_str()]).idempotent(true);
        match &it.callback {
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
