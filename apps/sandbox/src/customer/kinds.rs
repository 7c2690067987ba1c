//! The message types that a customer can send, with the default content of each.

use serde_json::{Value, json};

use crate::media::Sample;

/// A message type of the control API.
pub(crate) struct Kind {
    /// Its name, which is also the name of the field with its content.
    pub(crate) name: &'static str,
    /// Meta's type.
    pub(crate) meta_type: &'static str,
    pub(crate) content: Content,
}

/// The content of a type.
#[derive(Clone, Copy)]
pub(crate) enum Content {
    /// An object or list under Meta's type.
    Plain,
    /// A media object.
    Media(Sample),
    /// A reply inside `interactive`.
    Interactive,
    /// A reference to another message, whose id is in this field.
    About(&'static str),
    /// Nothing.
    None,
}

const fn kind(name: &'static str, meta_type: &'static str, content: Content) -> Kind {
    Kind {
        name,
        meta_type,
        content,
    }
}

pub(crate) const KINDS: [Kind; 24] = [
    kind("text", "text", Content::Plain),
    kind("image", "image", Content::Media(Sample::Image)),
    kind("video", "video", Content::Media(Sample::Video)),
    kind("document", "document", Content::Media(Sample::Document)),
    kind("audio", "audio", Content::Media(Sample::Audio)),
    kind("voice", "audio", Content::Media(Sample::Audio)),
    // A message with the id of a missed call.
    kind("voicemail", "audio", Content::Media(Sample::Audio)),
    kind("sticker", "sticker", Content::Media(Sample::Sticker)),
    kind("location", "location", Content::Plain),
    kind("contacts", "contacts", Content::Plain),
    kind("reaction", "reaction", Content::About("message_id")),
    kind("button", "button", Content::Plain),
    kind("button_reply", "interactive", Content::Interactive),
    kind("list_reply", "interactive", Content::Interactive),
    kind("nfm_reply", "interactive", Content::Interactive),
    kind("call_permission_reply", "interactive", Content::Interactive),
    kind("interactive", "interactive", Content::Plain),
    kind("order", "order", Content::Plain),
    kind("system", "system", Content::Plain),
    kind("request_welcome", "request_welcome", Content::None),
    kind("edit", "edit", Content::About("original_message_id")),
    kind("revoke", "revoke", Content::About("original_message_id")),
    kind("unsupported", "unsupported", Content::Plain),
    kind("media_placeholder", "media_placeholder", Content::None),
];

/// Returns the default content of a type.
pub(crate) fn sample(name: &str) -> Value {
    match name {
        "text" => json!({ "body": "Hello! Are you open on Sunday?" }),
        "image" => json!({ "caption": "This is what arrived" }),
        "video" => json!({ "caption": "See for yourself" }),
        "document" => json!({ "filename": "Invoice 2026-11.pdf" }),
        "voice" | "voicemail" => json!({ "voice": true }),
        "audio" => json!({ "voice": false }),
        "sticker" => json!({ "animated": false }),
        "location" => json!({
            "latitude": 52.5208, "longitude": 13.4094,
            "name": "Café am Turm", "address": "Panoramastraße 1A, Berlin",
        }),
        "contacts" => json!([{
            "name": { "formatted_name": "Inés Castillo", "first_name": "Inés", "last_name": "Castillo" },
            "phones": [{ "phone": "+34 655 010 203", "wa_id": "34655010203", "type": "CELL" }],
            "emails": [{ "email": "ines@example.com", "type": "WORK" }],
            "org": { "company": "Castillo S.L." },
        }]),
        "reaction" => json!({ "emoji": "👍" }),
        "button" => json!({ "payload": "CONFIRM", "text": "Confirm" }),
        "button_reply" => json!({ "id": "yes", "title": "Yes, please" }),
        "list_reply" => json!({
            "id": "slot-3", "title": "Thursday 10:00", "description": "With Dr. Haddad",
        }),
        "nfm_reply" => json!({
            "name": "flow", "body": "Sent",
            "response_json": "{\"flow_token\":\"flow-1\",\"guests\":\"2\"}",
        }),
        "call_permission_reply" => json!({
            "response": "accept", "response_source": "user_action", "is_permanent": false,
        }),
        "interactive" => json!({
            "type": "button_reply", "button_reply": { "id": "yes", "title": "Yes, please" },
        }),
        "order" => json!({
            "catalog_id": "194836987003835", "text": "Please before noon",
            "product_items": [
                { "product_retailer_id": "beans-250", "quantity": 2, "item_price": 8.5, "currency": "EUR" },
            ],
        }),
        "system" => json!({ "type": "user_changed_number" }),
        "edit" => {
            json!({ "message": { "type": "text", "text": { "body": "Hello! Are you open on Monday?" } } })
        }
        "unsupported" => json!({ "type": "poll_creation" }),
        _ => json!({}),
    }
}

/// Tells whether the message is one by itself, that others can be about, and not about another one.
pub(crate) fn is_own(message: &Value) -> bool {
    let kind = message["type"].as_str().unwrap_or_default();
    !matches!(kind, "edit" | "revoke" | "reaction" | "system" | "pin")
}

/// Tells whether a customer answers this message of the business with a message of this type. `inner` is the type
/// inside of `interactive`.
pub(crate) fn answers(name: &str, inner: &str, message: &Value) -> bool {
    let kind = message["type"].as_str().unwrap_or_default();
    let of_interactive: &[&str] = match (name, inner) {
        ("button", _) => &[],
        ("button_reply", _) | ("interactive", "button_reply") => &["button"],
        ("list_reply", _) | ("interactive", "list_reply") => &["list"],
        ("nfm_reply", _) | ("interactive", "nfm_reply") => &["flow", "address_message"],
        ("call_permission_reply", _) | ("interactive", "call_permission_reply") => {
            &["call_permission_request"]
        }
        ("order", _) => &["product", "product_list", "catalog_message"],
        ("location", _) => &["location_request_message"],
        ("contacts", _) => &["request_contact_info"],
        _ => return false,
    };
    // Buttons of templates open flows and catalogues, and ask for permissions and contacts.
    let of_template = !matches!(name, "button_reply" | "list_reply" | "location")
        && !matches!(inner, "button_reply" | "list_reply");
    match kind {
        "template" => of_template,
        "interactive" => {
            let asked = message.pointer("/interactive/type").and_then(Value::as_str);
            asked.is_some_and(|asked| of_interactive.contains(&asked))
        }
        _ => false,
    }
}

/// Returns the content of an answer that picks the first choice of the message, where it has choices.
pub(crate) fn first_choice(name: &str, message: &Value) -> Option<Value> {
    let first = match name {
        "button_reply" => "/interactive/action/buttons/0/reply",
        "list_reply" => "/interactive/action/sections/0/rows/0",
        _ => return None,
    };
    message.pointer(first).filter(|it| it.is_object()).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_fits_the_message_that_asks_for_it() {
        let asks = |kind: &str| json!({ "type": "interactive", "interactive": { "type": kind } });
        let template = json!({ "type": "template" });
        for (name, kind, of_template) in [
            ("button_reply", "button", false),
            ("list_reply", "list", false),
            ("nfm_reply", "flow", true),
            ("nfm_reply", "address_message", true),
            ("call_permission_reply", "call_permission_request", true),
            ("order", "product_list", true),
            ("location", "location_request_message", false),
            ("contacts", "request_contact_info", true),
        ] {
            assert!(answers(name, "", &asks(kind)), "{name}");
            assert!(!answers(name, "", &asks("cta_url")), "{name}");
            assert_eq!(answers(name, "", &template), of_template, "{name}");
        }
        assert!(answers("button", "", &template));
        assert!(answers("interactive", "list_reply", &asks("list")));
        assert!(!answers("interactive", "list_reply", &template));
        for name in ["text", "image", "reaction", "edit", "system"] {
            assert!(!answers(name, "", &asks("button")), "{name}");
        }
    }
}
