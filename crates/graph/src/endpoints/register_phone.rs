use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::Success;
use crate::endpoint::{Endpoint, Request};

/// `POST /{phone number}/register`: makes the number usable on the Cloud API. Not for a number
/// that is used in the WhatsApp Business app too.
///
/// Meta allows ten in 72 hours, so it is not repeated when its outcome is unknown: read the
/// number's status first.
#[derive(Debug, Clone)]
pub struct RegisterPhone {
    /// Meta's id of the number.
    pub phone_number_id: String,
    /// The six digits of two-step verification: sets them where it was off, else must be right.
    pub pin: SecretString,
    /// The country in which messages are stored, as two letters.
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
