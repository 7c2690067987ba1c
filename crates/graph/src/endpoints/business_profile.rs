//! Source: Meta, WhatsApp Cloud API, "Business profiles".

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Success;
use super::table::endpoint;
use crate::endpoint::Request;
use crate::wire::{Extra, lenient};

endpoint! {
    /// `GET /{phone number}/whatsapp_business_profile`: reads what people see of the business.
    pub struct GetBusinessProfile {
        /// Meta's id of the number.
        phone_number_id,
    }
    BusinessProfiles: |it| Request::get([it.phone_number_id.as_str(), "whatsapp_business_profile"])
        .query("fields", BusinessProfile::FIELDS)
}

endpoint! {
    /// `POST /{phone number}/whatsapp_business_profile`: changes what people see of the business. A field that is `None`
    /// stays as it is. A number that is also in the WhatsApp Business app is edited there.
    pub struct UpdateBusinessProfile {
        /// Meta's id of the number.
        phone_number_id,
        /// The new values.
        profile: BusinessProfile,
    }
    Success: |it| {
        let mut body = serde_json::to_value(&it.profile).unwrap_or_default();
        if let Value::Object(fields) = &mut body {
            fields.insert("messaging_product".to_owned(), "whatsapp".into());
        }
        Request::post([it.phone_number_id.as_str(), "whatsapp_business_profile"])
            .json(body)
            .idempotent(true)
    }
}

/// The answer to [`GetBusinessProfile`]: a list of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct BusinessProfiles {
    /// The profiles.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub data: Vec<BusinessProfile>,
}

/// The profile of a business, as people see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BusinessProfile {
    /// The line below the name, 1 to 139 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The address, at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The description, at most 512 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The email address, at most 128 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The picture's address. Meta gives it, and does not take it.
    #[serde(skip_serializing)]
    pub profile_picture_url: Option<String>,
    /// The handle of a new picture, from [`UploadSession`](super::UploadSession). Meta takes it, and does not give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_picture_handle: Option<String>,
    /// At most two web pages of at most 256 characters, with scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub websites: Option<Vec<String>>,
    /// The trade, such as `RETAIL` or `RESTAURANT`. The list is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vertical: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten, skip_serializing)]
    pub extra: Extra,
}

impl BusinessProfile {
    /// The fields that are asked for.
    pub const FIELDS: &str =
        "about,address,description,email,profile_picture_url,websites,vertical";
}
