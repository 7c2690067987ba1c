use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `POST /{phone number}/register`: registers the number for the Cloud API. Not for a number that is also used in the
/// WhatsApp Business app.
///
/// Meta allows ten in 72 hours, so a registration is not retried when its outcome is unknown: read the number's
/// status first.
#[derive(Debug, Clone)]
pub struct RegisterPhone {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The six-digit PIN of two-step verification. It sets the PIN where there was none; otherwise it must match.
    pub pin: SecretString,
    /// The country in which Meta stores messages, as two letters.
    pub data_localization_region: Option<String>,
}

impl Endpoint for RegisterPhone {
    type Response = Success;
    const NAME: &'static str = "RegisterPhone";

    fn request(&self) -> Request {
        let mut body = json!({
            "messaging_product": "whatsapp",
            "pin": self.pin.expose_secret(),
        });
        if let (Some(region), Some(fields)) = (&self.data_localization_region, body.as_object_mut())
        {
            fields.insert(
                "data_localization_region".to_owned(),
                region.as_str().into(),
            );
        }
        Request::post([self.phone_number_id.as_str(), "register"])
            .json(body)
            .hide(&self.pin)
    }
}
