//! Source: Meta, Graph API, "Application subscriptions".

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::Success;
use super::table::endpoint;
use crate::endpoint::Request;
use crate::paging::Page;
use crate::wire::{Extra, lenient};

endpoint! {
    /// `GET /{app}/subscriptions`: lists the callbacks of the app's webhooks. Call it with
    /// [`Credentials::app`](crate::Credentials::app).
    pub struct AppSubscriptions {
        /// The app.
        app_id,
    }
    Page<AppSubscription>: |it| Request::get([it.app_id.as_str(), "subscriptions"])
}

/// The callback of an app for one kind of object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct AppSubscription {
    /// The kind of object, such as `whatsapp_business_account`.
    pub object: String,
    /// The callback.
    #[serde(default)]
    pub callback_url: Option<String>,
    /// Tells whether webhooks are sent.
    #[serde(default)]
    pub active: Option<bool>,
    /// The fields that the app subscribed to.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub fields: Vec<SubscribedField>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A field that an app subscribed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscribedField {
    /// Its name, such as `messages`.
    pub name: String,
    /// The Graph API version that its webhooks follow.
    pub version: Option<String>,
}

impl<'de> Deserialize<'de> for SubscribedField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Wire {
            Full {
                name: String,
                #[serde(default)]
                version: Option<String>,
            },
            // Old versions list the names alone.
            Name(String),
        }
        Ok(match Wire::deserialize(deserializer)? {
            Wire::Full { name, version } => Self { name, version },
            Wire::Name(name) => Self {
                name,
                version: None,
            },
        })
    }
}

endpoint! {
    /// `POST /{app}/subscriptions`: sets the app's callback for one kind of object, and the fields that it subscribes to.
    /// Meta verifies the callback at once. Call it with [`Credentials::app`](crate::Credentials::app). A repetition
    /// changes nothing.
    pub struct SubscribeWebhooks {
        /// The app.
        app_id,
        /// The kind of object, such as [`WABA`](Self::WABA).
        object,
        /// The callback: an `https` address.
        callback_url,
        /// The token that Meta presents when it verifies the callback.
        verify_token: SecretString,
        /// The fields to subscribe to, such as `messages`. They replace the earlier ones.
        fields: Vec<String>,
    }
    Success: |it| Request::post([it.app_id.as_str(), "subscriptions"])
        .idempotent(true)
        .json(json!({
            "object": it.object,
            "callback_url": it.callback_url,
            "verify_token": it.verify_token.expose_secret(),
            "fields": it.fields.join(","),
        }))
        .hide(&it.verify_token)
}

impl SubscribeWebhooks {
    /// The object of all WhatsApp webhooks.
    pub const WABA: &'static str = "whatsapp_business_account";
}

endpoint! {
    /// `DELETE /{app}/subscriptions`: ends the app's webhooks of one kind of object, or of some fields of it. Call it
    /// with [`Credentials::app`](crate::Credentials::app).
    pub struct UnsubscribeWebhooks {
        /// The app.
        app_id,
        /// The kind of object, such as [`SubscribeWebhooks::WABA`](super::SubscribeWebhooks::WABA).
        object,
        /// The fields to end. Empty means all.
        fields: Vec<String>,
    }
    Success: |it| {
        let request =
            Request::delete([it.app_id.as_str(), "subscriptions"]).query("object", &it.object);
        if it.fields.is_empty() {
            return request;
        }
        request.query("fields", it.fields.join(","))
    }
}
