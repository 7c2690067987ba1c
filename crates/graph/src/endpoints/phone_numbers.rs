//! Source: Meta, WhatsApp Cloud API, "Business phone numbers", "Registration".

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;

use super::table::endpoint;
use super::{PhoneNumber, Success};
use crate::endpoint::Request;
use crate::paging::Page;
use crate::wire::{lenient, open_enum};

endpoint! {
    /// `GET /{waba}/phone_numbers`: lists the numbers of a WABA.
    pub struct PhoneNumbers {
        /// The WABA.
        waba_id,
        /// The fields wanted, separated by commas. One that Meta does not know fails the call.
        fields,
    }
    Page<PhoneNumber>: |it| Request::get([it.waba_id.as_str(), "phone_numbers"]).query("fields", &it.fields)
}

impl PhoneNumbers {
    /// Asks for all fields of [`PhoneNumber`].
    pub fn new(waba_id: impl Into<String>) -> Self {
        Self {
            waba_id: waba_id.into(),
            fields: PhoneNumber::FIELDS.to_owned(),
        }
    }
}

endpoint! {
    /// `GET /{phone number}`: reads one number.
    pub struct GetPhoneNumber {
        /// Meta's id of the number.
        phone_number_id,
        /// The fields wanted, separated by commas. One that Meta does not know fails the call.
        fields,
    }
    PhoneNumber: |it| Request::get([it.phone_number_id.as_str()]).query("fields", &it.fields)
}

impl GetPhoneNumber {
    /// Asks for all fields of [`PhoneNumber`].
    pub fn new(phone_number_id: impl Into<String>) -> Self {
        Self {
            phone_number_id: phone_number_id.into(),
            fields: PhoneNumber::FIELDS.to_owned(),
        }
    }
}

endpoint! {
    /// `POST /{phone number}/request_code`: has Meta send a verification code to the number.
    pub struct RequestCode {
        /// Meta's id of the number.
        phone_number_id,
        /// The way in which the code is sent.
        code_method: CodeMethod,
        /// The language of the message, such as `en` or `pt_BR`.
        language,
    }
    Success: |it| Request::post([it.phone_number_id.as_str(), "request_code"])
        .json(json!({ "code_method": it.code_method, "language": it.language }))
}

open_enum! {
    /// The way in which a verification code is sent.
    pub enum CodeMethod {
        /// As a text message.
        Sms = "SMS",
        /// By a call.
        Voice = "VOICE",
    }
}

endpoint! {
    /// `POST /{phone number}/verify_code`: proves with a code that the owner holds the number.
    pub struct VerifyCode {
        /// Meta's id of the number.
        phone_number_id,
        /// The code that Meta sent, digits only.
        code: SecretString,
    }
    Success: |it| Request::post([it.phone_number_id.as_str(), "verify_code"])
        .json(json!({ "code": it.code.expose_secret() }))
        .hide(&it.code)
}

endpoint! {
    /// `POST /{phone number}/register`: registers the number for the Cloud API. Not for a number that is also used in the
    /// WhatsApp Business app.
    ///
    /// Meta allows ten in 72 hours, so a registration is not retried when its outcome is unknown: read the number's
    /// status first.
    pub struct RegisterPhone {
        /// Meta's id of the number.
        phone_number_id,
        /// The six-digit PIN of two-step verification. It sets the PIN where there was none; otherwise it must match.
        pin: SecretString,
        /// The country in which Meta stores messages, as two letters.
        data_localization_region: Option<String>,
    }
    Success: |it| {
        let mut body = json!({
            "messaging_product": "whatsapp",
            "pin": it.pin.expose_secret(),
        });
        if let (Some(region), Some(fields)) = (&it.data_localization_region, body.as_object_mut())
        {
            fields.insert(
                "data_localization_region".to_owned(),
                region.as_str().into(),
            );
        }
        Request::post([it.phone_number_id.as_str(), "register"])
            .json(body)
            .hide(&it.pin)
    }
}

endpoint! {
    /// `POST /{phone number}/deregister`: takes the number off the Cloud API. It counts towards the
    /// same limit as [`RegisterPhone`](super::RegisterPhone).
    pub struct DeregisterPhone {
        /// Meta's id of the number.
        phone_number_id,
    }
    Success: |it| Request::post([it.phone_number_id.as_str(), "deregister"])
}

endpoint! {
    /// `POST /{phone number}/smb_app_data`: asks for the contacts or the history of a number that is also in the WhatsApp
    /// Business app (coexistence). They come by webhook. Allowed once for each kind, within 24 hours of onboarding.
    pub struct SyncAppData {
        /// Meta's id of the number.
        phone_number_id,
        /// The data that is asked for.
        kind: SyncKind,
    }
    StartedSync: |it| Request::post([it.phone_number_id.as_str(), "smb_app_data"])
        .json(json!({"messaging_product": "whatsapp", "sync_type": it.kind}))
}

/// A synchronisation that was begun.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct StartedSync {
    /// Meta's id of the request, for its support.
    #[serde(default, deserialize_with = "lenient::optional_id")]
    pub request_id: Option<String>,
}

open_enum! {
    /// The data that a synchronisation brings.
    pub enum SyncKind {
        /// The app's contacts.
        Contacts = "smb_app_state_sync",
        /// The messages of up to 180 days.
        History = "history",
    }
}
