//! Checks Meta's limits on the JSON that Meta would get, so that built messages and messages from HTTP follow the
//! same rules. It reports all faults, not only the first.

mod interactive;
mod media;
mod node;
mod template;

use serde_json::Value;

use self::node::{Found, Node};
use super::{Invalid, OutboundContent, recipient};

/// The fields of a message besides its content.
const ENVELOPE: [&str; 7] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "recipient_identity_key_hash",
];

/// The types that a group accepts.
const OF_GROUPS: [&str; 8] = [
    "text", "image", "video", "audio", "document", "sticker", "template", "pin",
];

/// Checks that a message in Meta's form keeps Meta's limits.
pub(super) fn message(message: &Value) -> Result<(), Vec<Invalid>> {
    let found = Found::default();
    let root = Node::root(message, &found);
    if root.object() {
        envelope(&root);
        let is_group = root.get("recipient_type").value().and_then(Value::as_str) == Some("group");
        content(&root, is_group);
        root.without_nul();
    }
    let found = found.into_faults();
    if found.is_empty() { Ok(()) } else { Err(found) }
}

/// Checks the form of a template's values by the rules that hold for every template. Pointers begin with
/// `/components`.
pub(crate) fn template_values(components: &Value) -> Vec<Invalid> {
    let found = Found::default();
    let list = Node::within(components, "components", &found);
    template::components(&list, true);
    list.without_nul();
    found.into_faults()
}

fn envelope(root: &Node<'_>) {
    if root.get("messaging_product").is_there() {
        root.get("messaging_product").one_of(&["whatsapp"]);
    }
    let (to, user) = (root.get("to"), root.get("recipient"));
    let kind = root.get("recipient_type");
    if kind.is_there() {
        kind.one_of(&["individual", "group"]);
    }
    let is_group = kind.value().and_then(Value::as_str) == Some("group");
    // A client that keeps both sends an empty number for a person of whom it has the user id alone.
    let is_empty = to.value().and_then(Value::as_str) == Some("");
    let has_number = to.is_there() && !(is_empty && user.is_there() && !is_group);
    if has_number {
        let number = to.id();
        let number = number.as_deref();
        if !is_group && number.is_some_and(|number| recipient::read(number).is_none()) {
            to.refuse(match number {
                Some(id) if recipient::is_user_id(id) => {
                    "This is a user id: give it as `recipient` instead."
                }
                _ => "Give the phone number in international form: +, the country's code, then the number. A user id is given as `recipient`, and a group's id with the `recipient_type` `group`.",
            });
        }
    }
    // Meta takes both, and the number counts.
    match (has_number, user.is_there()) {
        (true, _) => user.optional_id(),
        (false, false) => to.refuse(
            "Say for whom the message is: `to` with a phone number or a group's id, or `recipient` with a user id.",
        ),
        (false, true) if is_group => user.refuse("Give the group's id as `to`."),
        (false, true) => match user.id().as_deref() {
            Some(id) if recipient::read(id).is_some() => {
                user.refuse("This is a phone number: give it as `to` instead.");
            }
            Some(id) if !id.is_empty() && !recipient::is_scoped_id(id) => user.refuse(
                "Give the user id as Meta told it: the country's two capitals, a dot, then letters and digits.",
            ),
            _ => {}
        },
    }
    root.get("recipient_identity_key_hash").text();
    let context = root.get("context");
    if context.is_there() && context.object() {
        let quoted = context.get("message_id");
        if quoted.is_there() {
            quoted.required();
        }
        context.only(&["message_id"], "A context has `message_id` only.");
    }
}

fn content(root: &Node<'_>, is_group: bool) {
    let tag = root.get("type");
    // Meta's default type.
    let kind = match tag.is_there() {
        true => tag.one_of(&OutboundContent::TYPES),
        false => Some("text"),
    };
    for (key, field) in root.entries() {
        if ENVELOPE.contains(&key) || Some(key) == kind {
            continue;
        }
        match kind {
            _ if key == "biz_opaque_callback_data" => {
                field.refuse("Remove it: it is used here. What you want to find again goes into `clientReference`.");
            }
            Some(kind) if OutboundContent::TYPES.contains(&key) => {
                field.refuse(format!(
                    "Remove it, or change `type`: it does not belong to a message of type `{kind}`."
                ));
            }
            None if OutboundContent::TYPES.contains(&key) => {}
            _ => field.refuse("Remove it or correct its name: a message has no such field."),
        }
    }
    let Some(kind) = kind else { return };
    if is_group && !OF_GROUPS.contains(&kind) {
        tag.refuse("Send something else: a group takes text, files, templates and pins only.");
    }
    let part = root.named(kind);
    match kind {
        "text" if part.object() => {
            part.get("body").text_of(4096);
            part.get("preview_url").boolean();
        }
        "image" | "video" | "audio" | "document" | "sticker" => media::media(&part, kind),
        "location" => media::location(&part),
        "contacts" => media::contacts(&part),
        "reaction" if part.object() => {
            part.get("message_id").required();
            let emoji = part.get("emoji");
            if emoji.is_there() {
                emoji.text();
            } else {
                emoji.refuse("Give an emoji, or an empty text to take the reaction back.");
            }
        }
        "template" => template::template(&part),
        "interactive" => interactive::interactive(&part),
        "pin" if part.object() => {
            part.get("type").one_of(&["pin", "unpin"]);
            part.get("message_id").required();
            part.get("expiration_days").whole(1..=30);
            if !is_group {
                tag.refuse("Send it to a group: only there messages are pinned.");
            }
        }
        _ => {}
    }
}
