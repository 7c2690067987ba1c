use serde::Deserialize;

use crate::endpoint::{Endpoint, Request};
use crate::paging::Page;
use crate::wire::{Extra, lenient};

/// `GET /{waba}/subscribed_apps`: lists the apps that receive the WABA's webhooks.
#[derive(Debug, Clone)]
pub struct SubscribedApps {
    /// The WABA.
    pub waba_id: String,
}

impl Endpoint for SubscribedApps {
    type Response = Page<SubscribedApp>;
    const NAME: &'static str = "SubscribedApps";

    fn request(&self) -> Request {
        Request::get([self.waba_id.as_str(), "subscribed_apps"])
    }
}

/// An app that receives a WABA's webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
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
