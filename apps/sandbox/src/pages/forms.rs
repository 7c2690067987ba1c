//! The form of each message type: its fields, and their places in the order.

use std::fmt::Write as _;

use crate::dialog::escape;

/// An input.
struct Field {
    /// The place of its value; names are separated by `.`.
    path: &'static str,
    label: &'static str,
    value: &'static str,
    kind: &'static str,
}

const fn field(path: &'static str, label: &'static str, value: &'static str) -> Field {
    Field {
        path,
        label,
        value,
        kind: "text",
    }
}

const fn number(path: &'static str, label: &'static str, value: &'static str) -> Field {
    Field {
        kind: "number",
        ..field(path, label, value)
    }
}

/// Makes an input for a file that replaces the sample.
const fn file(path: &'static str, accept: &'static str) -> Field {
    Field {
        path,
        label: "Another file than the sample",
        value: accept,
        kind: "file",
    }
}

type Form = (&'static str, &'static str, &'static [Field]);

const FORMS: &[Form] = &[
    (
        "text",
        "Text",
        &[Field {
            path: "text.body",
            label: "Message",
            value: "",
            kind: "area",
        }],
    ),
    (
        "image",
        "Image",
        &[
            field("image.caption", "Caption", ""),
            file("image", "image/*"),
        ],
    ),
    (
        "video",
        "Video",
        &[
            field("video.caption", "Caption", ""),
            file("video", "video/*"),
        ],
    ),
    (
        "document",
        "Document",
        &[
            field("document.caption", "Caption", ""),
            field("document.filename", "File name", "Invoice.pdf"),
            file("document", ""),
        ],
    ),
    ("voice", "Voice message", &[file("voice", "audio/*")]),
    (
        "voicemail",
        "Voicemail of a missed call",
        &[file("voicemail", "audio/*")],
    ),
    ("audio", "Audio file", &[file("audio", "audio/*")]),
    ("sticker", "Sticker", &[file("sticker", "image/webp")]),
    (
        "location",
        "Location",
        &[
            number("location.latitude", "Latitude", "52.5208"),
            number("location.longitude", "Longitude", "13.4094"),
            field("location.name", "Name", "Café am Turm"),
            field("location.address", "Address", "Panoramastraße 1A, Berlin"),
        ],
    ),
    ("contacts", "Contact card", &[]),
    (
        "reaction",
        "Reaction",
        &[
            field("reaction.emoji", "Emoji; none takes it back", "👍"),
            field(
                "reaction.message_id",
                "To the message (the latest, if empty)",
                "",
            ),
        ],
    ),
    (
        "button",
        "Quick reply of a template",
        &[
            field("button.text", "Text", "Confirm"),
            field("button.payload", "Payload", "CONFIRM"),
        ],
    ),
    (
        "button_reply",
        "Button",
        &[
            field("button_reply.title", "Title", "Yes, please"),
            field("button_reply.id", "Id", "yes"),
        ],
    ),
    (
        "list_reply",
        "List choice",
        &[
            field("list_reply.title", "Title", "Thursday 10:00"),
            field("list_reply.description", "Description", ""),
            field("list_reply.id", "Id", "slot-3"),
        ],
    ),
    (
        "nfm_reply",
        "Flow, finished",
        &[field(
            "nfm_reply.response_json",
            "Response (JSON)",
            "{\"flow_token\":\"flow-1\",\"guests\":\"2\"}",
        )],
    ),
    (
        "call_permission_reply",
        "Call permission",
        &[field(
            "call_permission_reply.response",
            "accept or reject",
            "accept",
        )],
    ),
    (
        "order",
        "Order",
        &[field("order.text", "Note", "Please before noon")],
    ),
    (
        "system",
        "Changed number",
        &[field("system.wa_id", "New number (made up, if empty)", "")],
    ),
    ("request_welcome", "Opens the chat", &[]),
    (
        "edit",
        "Edit",
        &[
            field("edit.message.text.body", "New text", "What I meant to say"),
            field(
                "edit.original_message_id",
                "Of the message (the latest, if empty)",
                "",
            ),
        ],
    ),
    (
        "revoke",
        "Delete for everyone",
        &[field(
            "revoke.original_message_id",
            "The message (the latest, if empty)",
            "",
        )],
    ),
    ("unsupported", "Poll (unsupported)", &[]),
];

/// Makes the options of the type menu.
pub(super) fn options() -> String {
    let option = |(name, label, _): &Form| format!(r#"<option value="{name}">{label}</option>"#);
    FORMS.iter().map(option).collect()
}

/// Makes a group of inputs for each type.
pub(super) fn fields() -> String {
    let mut out = String::new();
    for (name, _, fields) in FORMS {
        let hidden = if *name == "text" { "" } else { " hidden" };
        let _ = write!(out, r#"<div class="fields" data-type="{name}"{hidden}>"#);
        for field in *fields {
            out += &input(field);
        }
        out.push_str("</div>");
    }
    out
}

fn input(field: &Field) -> String {
    let Field { path, label, .. } = field;
    let value = escape(field.value);
    match field.kind {
        "area" => format!(
            r#"<label class="wide"><span>{label}</span><textarea rows="1" data-path="{path}">{value}</textarea></label>"#
        ),
        "file" => format!(
            r#"<label><span>{label}</span><input type="file" accept="{value}" data-path="{path}"></label>"#
        ),
        "number" => format!(
            r#"<label><span>{label}</span><input type="number" step="any" value="{value}" data-path="{path}"></label>"#
        ),
        _ => format!(
            r#"<label><span>{label}</span><input value="{value}" data-path="{path}"></label>"#
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::FORMS;
    use crate::customer::KINDS;

    #[test]
    fn every_message_type_has_a_form() {
        // Two types are for programs only: any interactive object, and the placeholder of a history.
        let programs = ["interactive", "media_placeholder"];
        for kind in KINDS.iter().filter(|kind| !programs.contains(&kind.name)) {
            assert!(
                FORMS.iter().any(|(name, _, _)| *name == kind.name),
                "{}",
                kind.name
            );
        }
        for (name, _, fields) in FORMS {
            for field in *fields {
                assert_eq!(field.path.split('.').next(), Some(*name));
            }
        }
    }
}
