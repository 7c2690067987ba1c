use serde::{Deserialize, Deserializer};

use crate::endpoint::{Endpoint, Request};
use crate::paging::Page;
use crate::wire::{Extra, lenient};

/// `GET /{app}/subscriptions`: lists the callbacks of the app's webhooks. Call it with
/// [`Credentials::app`](crate::Credentials::app).
#[derive(Debug, Clone)]
pub struct AppSubscriptions {
    /// The app.
    pub app_id: String,
}

impl Endpoint for AppSubscriptions {
    type Response = Page<AppSubscription>;
    const NAME: &'static str = "AppSubscriptions";

    fn request(&self) -> Request {
        Request::get([self.app_id.as_str(), "subscriptions"])
    }
}

/// The callback of an app for one kind of object.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AppSubscription {
    /// The kind of object, such as `whatsapp_business_account`.
    pub object: String,
    /// The callback.
    #[serde(default)]
    pub callback_url: Option<String>,
    /// Whether webhooks are sent.
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
