//! Source: Meta, WhatsApp Business Management API, "QR codes".

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Success;
use super::table::endpoint;
use crate::endpoint::Request;
use crate::paging::Page;
use crate::wire::{Extra, open_enum};

endpoint! {
    /// `GET /{phone number}/message_qrdls`: lists the number's QR codes.
    pub struct ListQrCodes {
        /// Meta's id of the number.
        phone_number_id,
    }
    Page<QrCode>: |it| Request::get([it.phone_number_id.as_str(), "message_qrdls"])
}

endpoint! {
    /// `GET /{phone number}/message_qrdls/{code}`: reads one QR code, as a list of one.
    pub struct GetQrCode {
        /// Meta's id of the number.
        phone_number_id,
        /// The code.
        code,
    }
    Page<QrCode>: |it| Request::get([it.phone_number_id.as_str(), "message_qrdls", it.code.as_str()])
}

endpoint! {
    /// `POST /{phone number}/message_qrdls`: creates a QR code and its link. A number has at most 2,000, which do not
    /// expire.
    pub struct CreateQrCode {
        /// Meta's id of the number.
        phone_number_id,
        /// The text that the person's app is filled with, at most 140 characters.
        prefilled_message,
        /// The format of the picture, if one is wanted.
        image: Option<QrImageFormat>,
    }
    QrCode: |it| {
        let image = it.image.as_ref().map(|format| ("generate_qr_image", format.as_str()));
        post(&it.phone_number_id, &it.prefilled_message, image)
    }
}

endpoint! {
    /// `POST /{phone number}/message_qrdls` with `code`: changes the text of a QR code.
    pub struct UpdateQrCode {
        /// Meta's id of the number.
        phone_number_id,
        /// The code.
        code,
        /// The new text, at most 140 characters.
        prefilled_message,
    }
    QrCode: |it| post(&it.phone_number_id, &it.prefilled_message, Some(("code", &it.code)))
        .idempotent(true)
}

endpoint! {
    /// `DELETE /{phone number}/message_qrdls/{code}`: deletes a QR code. Its link stops working.
    pub struct DeleteQrCode {
        /// Meta's id of the number.
        phone_number_id,
        /// The code.
        code,
    }
    Success: |it| Request::delete([it.phone_number_id.as_str(), "message_qrdls", it.code.as_str()])
}

fn post(phone_number_id: &str, message: &str, more: Option<(&str, &str)>) -> Request {
    let fields = more.into_iter().chain([("prefilled_message", message)]);
    let body: Map<_, _> = fields
        .map(|(key, value)| (key.to_owned(), value.into()))
        .collect();
    Request::post([phone_number_id, "message_qrdls"]).json(Value::Object(body))
}

/// A QR code that opens a chat with the number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct QrCode {
    /// The code.
    pub code: String,
    /// The text that the person's app is filled with.
    #[serde(default)]
    pub prefilled_message: Option<String>,
    /// The link that the QR code holds.
    #[serde(default)]
    pub deep_link_url: Option<String>,
    /// The picture.
    #[serde(default)]
    pub qr_image_url: Option<String>,
    /// Fields that this crate does not know.
    #[serde(flatten)]
    pub extra: Extra,
}

open_enum! {
    /// The format of a QR code's picture.
    pub enum QrImageFormat {
        /// SVG.
        Svg = "SVG",
        /// PNG.
        Png = "PNG",
    }
}
