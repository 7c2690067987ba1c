//! Settings of a number: calls, conversational components, commerce, PIN, display name, username.
//!
//! Source: Meta, WhatsApp Cloud API, "Settings", "Conversational components", "Business phone numbers", "Usernames".

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Success;
use super::table::endpoint;
use crate::endpoint::Request;
use crate::wire::{Extra, lenient};

endpoint! {
    /// `GET /{phone number}/settings`: reads the settings of calls, encryption and storage.
    pub struct GetPhoneSettings {
        /// Meta's id of the number.
        phone_number_id,
    }
    PhoneSettings: |it| Request::get([it.phone_number_id.as_str(), "settings"])
}

endpoint! {
    /// `POST /{phone number}/settings`: changes settings. Parts that are left out stay as they are, but `call_hours` is
    /// replaced as a whole.
    pub struct UpdatePhoneSettings {
        /// Meta's id of the number.
        phone_number_id,
        /// The settings in Meta's form, such as `{"calling": {"status": "ENABLED"}}`.
        settings: Value,
    }
    Success: |it| Request::post([it.phone_number_id.as_str(), "settings"])
        .json(it.settings.clone())
        .idempotent(true)
}

endpoint! {
    /// `GET /{phone number}?fields=conversational_automation`: reads the ice breakers and commands.
    pub struct GetConversationalAutomation {
        /// Meta's id of the number.
        phone_number_id,
    }
    ConversationalAutomationOf: |it| Request::get([it.phone_number_id.as_str()])
        .query("fields", "conversational_automation")
}

endpoint! {
    /// `POST /{phone number}/conversational_automation`: replaces the ice breakers and commands.
    pub struct UpdateConversationalAutomation {
        /// Meta's id of the number.
        phone_number_id,
        /// The new components.
        automation: ConversationalAutomation,
    }
    Success: |it| Request::post([it.phone_number_id.as_str(), "conversational_automation"])
        .json(json!({"prompts": it.automation.prompts, "commands": it.automation.commands}))
        .idempotent(true)
}

endpoint! {
    /// `GET /{phone number}/whatsapp_commerce_settings`: reads whether people see the catalog and the cart.
    pub struct GetCommerceSettings {
        /// Meta's id of the number.
        phone_number_id,
    }
    CommerceSettingsList: |it| Request::get([it.phone_number_id.as_str(), "whatsapp_commerce_settings"])
}

endpoint! {
    /// `POST /{phone number}/whatsapp_commerce_settings`: changes whether people see the catalog and the cart.
    pub struct UpdateCommerceSettings {
        /// Meta's id of the number.
        phone_number_id,
        /// Tells whether people see a cart.
        is_cart_enabled: bool,
        /// Tells whether people see the catalog.
        is_catalog_visible: bool,
    }
    Success: |it| Request::post([it.phone_number_id.as_str(), "whatsapp_commerce_settings"])
        .query("is_cart_enabled", it.is_cart_enabled.to_string())
        .query("is_catalog_visible", it.is_catalog_visible.to_string())
        .idempotent(true)
}

endpoint! {
    /// `POST /{phone number}` with `pin`: sets or changes the PIN of two-step verification. No call switches it off.
    pub struct SetPin {
        /// Meta's id of the number.
        phone_number_id,
        /// The PIN, six digits.
        pin: SecretString,
    }
    Success: |it| Request::post([it.phone_number_id.as_str()])
        .json(json!({"pin": it.pin.expose_secret()}))
        .hide(&it.pin)
        .idempotent(true)
}

endpoint! {
    /// `POST /{phone number}?new_display_name=…`: asks for another display name, which Meta reviews.
    pub struct ChangeDisplayName {
        /// Meta's id of the number.
        phone_number_id,
        /// The name.
        name,
    }
    Success: |it| Request::post([it.phone_number_id.as_str()]).query("new_display_name", &it.name)
}

endpoint! {
    /// `GET /{phone number}/username`: reads the number's username.
    pub struct GetUsername {
        /// Meta's id of the number.
        phone_number_id,
    }
    BusinessUsername: |it| Request::get([it.phone_number_id.as_str(), "username"])
}

endpoint! {
    /// `POST /{phone number}/username`: asks for a username of 3 to 35 characters `a-z 0-9 . _`. It is `approved`, or
    /// `reserved` while Meta reviews it.
    pub struct SetUsername {
        /// Meta's id of the number.
        phone_number_id,
        /// The username.
        username,
        /// Tells whether to take it from another number of the same portfolio (147005).
        force_transfer: bool,
    }
    BusinessUsername: |it| {
        let mut body = json!({"username": it.username});
        if let (true, Some(fields)) = (it.force_transfer, body.as_object_mut()) {
            fields.insert("transfer_action".to_owned(), "force_transfer".into());
        }
        Request::post([it.phone_number_id.as_str(), "username"]).json(body).idempotent(true)
    }
}

endpoint! {
    /// `DELETE /{phone number}/username`: gives the username up.
    pub struct DeleteUsername {
        /// Meta's id of the number.
        phone_number_id,
    }
    Success: |it| Request::delete([it.phone_number_id.as_str(), "username"])
}

/// The settings of a number, in Meta's form: they change faster than types.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PhoneSettings {
    /// Calls: `status`, `call_icon_visibility`, `call_hours`, `callback_permission_status`, `sip`.
    pub calling: Option<Value>,
    /// The encryption of payloads.
    pub payload_encryption: Option<Value>,
    /// The storage of data in a country.
    pub storage_configuration: Option<Value>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// The answer to [`GetConversationalAutomation`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ConversationalAutomationOf {
    /// The components. `None` where the number has none.
    pub conversational_automation: Option<ConversationalAutomation>,
}

/// The prompts of an empty chat, and the commands after typing `/`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ConversationalAutomation {
    /// The ice breakers: at most 4 of 80 characters, without emoji. A tap sends the text.
    #[serde(deserialize_with = "lenient::or_default")]
    pub prompts: Vec<String>,
    /// The commands, at most 30.
    #[serde(deserialize_with = "lenient::or_default")]
    pub commands: Vec<BotCommand>,
}

/// A command.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BotCommand {
    /// The word after `/`, at most 32 characters.
    pub command_name: String,
    /// The description, at most 256 characters.
    pub command_description: String,
}

/// The answer to [`GetCommerceSettings`]: a list of one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CommerceSettingsList {
    /// The settings.
    #[serde(deserialize_with = "lenient::or_default")]
    pub data: Vec<CommerceSettings>,
}

/// The shop, as people see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct CommerceSettings {
    /// Tells whether people see a cart.
    pub is_cart_enabled: Option<bool>,
    /// Tells whether people see the catalog.
    pub is_catalog_visible: Option<bool>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A username and its state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BusinessUsername {
    /// The username.
    pub username: Option<String>,
    /// `approved`, `reserved` or another of Meta's words.
    pub status: Option<String>,
}
