//! The buttons of a template.

use super::{TemplateText, read::Place};

/// A button of a template or of a card.
#[derive(Clone, PartialEq, Debug)]
pub struct TemplateButton {
    /// The label. Some kinds have one of Meta's own.
    pub text: Option<String>,
    /// The kind, with what belongs to it.
    pub kind: TemplateButtonKind,
}

/// The kind of a button.
#[derive(Clone, PartialEq, Debug)]
pub enum TemplateButtonKind {
    /// `QUICK_REPLY`: sends its text and a payload back.
    QuickReply,
    /// `URL`: opens an address, which may end with one variable.
    Url(TemplateText),
    /// `PHONE_NUMBER`: calls a number.
    PhoneNumber(Option<String>),
    /// `COPY_CODE`: copies the code that each message brings.
    CopyCode {
        /// The example.
        example: Option<String>,
    },
    /// `OTP`: hands over a one-time code. Meta gives it back as `URL`.
    Otp {
        /// `COPY_CODE`, `ONE_TAP`, `ZERO_TAP`.
        otp_type: Option<String>,
    },
    /// `FLOW`: opens a form.
    Flow,
    /// `VOICE_CALL`: calls the business in WhatsApp.
    VoiceCall,
    /// `REQUEST_CONTACT_INFO`: asks for the person's number.
    RequestContactInfo,
    /// `CATALOG`: opens the catalog.
    Catalog,
    /// `MPM`: shows several products.
    Products,
    /// `SPM`: shows one product.
    Product,
    /// A kind that is not known here, or could not be read, in capitals.
    Other(String),
}

impl TemplateButtonKind {
    /// Returns Meta's word for the kind in a definition.
    pub fn as_str(&self) -> &str {
        match self {
            Self::QuickReply => "QUICK_REPLY",
            Self::Url(_) => "URL",
            Self::PhoneNumber(_) => "PHONE_NUMBER",
            Self::CopyCode { .. } => "COPY_CODE",
            Self::Otp { .. } => "OTP",
            Self::Flow => "FLOW",
            Self::VoiceCall => "VOICE_CALL",
            Self::RequestContactInfo => "REQUEST_CONTACT_INFO",
            Self::Catalog => "CATALOG",
            Self::Products => "MPM",
            Self::Product => "SPM",
            Self::Other(word) => word,
        }
    }

    /// Tells whether the button hands over a one-time code, in either of Meta's forms.
    pub fn is_one_time_code(&self) -> bool {
        match self {
            Self::Otp { .. } => true,
            Self::Url(url) => url.as_str().starts_with("https://www.whatsapp.com/otp/"),
            _ => false,
        }
    }
}

pub(super) fn read(place: &Place<'_>) -> TemplateButton {
    use TemplateButtonKind as Kind;
    let word = place
        .get("type")
        .text()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let kind = match word.as_str() {
        "QUICK_REPLY" => Kind::QuickReply,
        "URL" => Kind::Url(url(place)),
        "PHONE_NUMBER" => Kind::PhoneNumber(place.get("phone_number").text()),
        "COPY_CODE" => Kind::CopyCode {
            example: place
                .get("example")
                .texts()
                .first()
                .map(ToString::to_string),
        },
        "OTP" => Kind::Otp {
            otp_type: place.get("otp_type").text(),
        },
        "FLOW" => Kind::Flow,
        "VOICE_CALL" => Kind::VoiceCall,
        "REQUEST_CONTACT_INFO" => Kind::RequestContactInfo,
        "CATALOG" => Kind::Catalog,
        "MPM" => Kind::Products,
        "SPM" => Kind::Product,
        _ => {
            place.note(format!("Buttons of type {word:?} are not known here."));
            Kind::Other(word)
        }
    };
    TemplateButton {
        text: place.get("text").text(),
        kind,
    }
}

/// Reads an address. Its example is a whole address or the end that the variable takes.
fn url(place: &Place<'_>) -> TemplateText {
    let mut url = TemplateText::new(place.get("url").text().unwrap_or_default());
    let given = place.get("example").texts();
    if let Some(example) = given.first() {
        let fixed = url.as_str().split("{{").next().unwrap_or_default();
        let end = example.strip_prefix(fixed).unwrap_or(example).to_owned();
        url.set_example(0, &end);
    }
    url
}
