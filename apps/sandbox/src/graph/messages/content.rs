//! Checks the content of messages: each type with its limits.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::check::Object;
use super::interactive;
use super::template::{self, Used};
use crate::clock::Time;
use crate::context::Context;
use crate::graph::GraphError;

/// The most cards in one message.
const CONTACTS: usize = 257;

/// A message with valid content.
pub(super) struct Content<'a> {
    pub(super) kind: &'static str,
    pub(super) value: &'a Value,
    pub(super) media: Option<MediaUse<'a>>,
    pub(super) template: Option<Used<'a>>,
    pub(super) is_for_groups: bool,
}

/// A media object in a message.
pub(super) struct MediaUse<'a> {
    pub(super) kind: &'static str,
    pub(super) id: Cow<'a, str>,
}

pub(super) fn read(body: &Map<String, Value>) -> Result<Content<'_>, GraphError> {
    let named = match body.get("type") {
        None | Some(Value::Null) => "text",
        Some(Value::String(named)) => named.as_str(),
        Some(_) => return Err(GraphError::parameter("Param type must be a string")),
    };
    if body.get("context").is_some_and(|it| !it.is_null()) {
        let holder = Object::of_body(body, "context")?;
        holder.only(&["message_id"])?;
        if holder.has("message_id") {
            holder.given("message_id", usize::MAX)?;
        }
    }
    let kinds = [
        "text",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "location",
        "contacts",
        "reaction",
        "template",
        "interactive",
        "pin",
    ];
    let known = kinds.iter().find(|kind| **kind == named);
    let kind = *known.ok_or_else(|| {
        let details = format!("Message type {named} is not supported.");
        GraphError::detailed(131_051, details)
    })?;
    let missing = || GraphError::missing(format!("The parameter {kind} is required."));
    let value = body
        .get(kind)
        .filter(|it| !it.is_null())
        .ok_or_else(missing)?;
    let mut content = Content {
        kind,
        value,
        media: None,
        template: None,
        is_for_groups: matches!(
            kind,
            "text" | "image" | "video" | "audio" | "document" | "sticker" | "template" | "pin"
        ),
    };
    if kind == "contacts" {
        contacts(body)?;
        return Ok(content);
    }
    let object = Object::of_body(body, kind)?;
    match kind {
        "text" => {
            object.only(&["body", "preview_url"])?;
            object.given("body", 4_096)?;
            object.flag("preview_url")?;
        }
        "location" => {
            object.only(&["latitude", "longitude", "name", "address"])?;
            place(&object)?;
        }
        "reaction" => {
            object.only(&["message_id", "emoji"])?;
            object.given("message_id", usize::MAX)?;
            let emoji = object.text_or_none("emoji", usize::MAX)?;
            emoji.ok_or_else(|| {
                GraphError::missing("The parameter reaction['emoji'] is required.")
            })?;
        }
        "template" => content.template = Some(template::read(&object)?),
        "interactive" => content.media = interactive::check(&object)?,
        "pin" => {
            object.only(&["type", "message_id", "expiration_days"])?;
            object.one_of("type", &["pin", "unpin"])?;
            object.given("message_id", usize::MAX)?;
            object.whole("expiration_days", 1..=30)?;
            let is_group = body.get("recipient_type").is_some_and(|it| it == "group");
            if !is_group {
                return Err(GraphError::value("A pin belongs to a group"));
            }
        }
        _ => content.media = media(kind, &object)?,
    }
    Ok(content)
}

/// Checks an image, video, audio, document or sticker: an id or a link, and the fields that its kind allows.
pub(super) fn media<'a>(
    kind: &'static str,
    object: &Object<'a>,
) -> Result<Option<MediaUse<'a>>, GraphError> {
    object.only(match kind {
        "image" | "video" => &["id", "link", "caption"],
        "audio" => &["id", "link", "voice"],
        "document" => &["id", "link", "caption", "filename"],
        _ => &["id", "link"],
    })?;
    object.text_or_none("caption", 1_024)?;
    object.texts(&["filename"])?;
    object.flag("voice")?;
    match (object.has("id"), object.has("link")) {
        (true, true) => Err(GraphError::parameter(format!(
            "Param {kind} must have either id or link, not both"
        ))),
        (true, false) => {
            let id = object.id("id")?;
            Ok(Some(MediaUse { kind, id }))
        }
        (false, true) => object.address("link").map(|()| None),
        (false, false) => Err(GraphError::missing(format!(
            "{kind} must have an id or a link"
        ))),
    }
}

/// Checks the coordinates, name and address of a place.
pub(super) fn place(object: &Object<'_>) -> Result<(), GraphError> {
    object.number("latitude", 90.0)?;
    object.number("longitude", 180.0)?;
    object.texts(&["name", "address"])
}

/// Refuses a media object that does not exist, has expired, or belongs to another number or kind.
pub(super) fn own_media(
    context: &Context,
    phone_id: &str,
    now: Time,
    used: &MediaUse<'_>,
) -> Result<(), GraphError> {
    let kind = used.kind;
    let found = context.media.get(&used.id, now);
    let media = found
        .filter(|media| media.phone_id == phone_id)
        .ok_or_else(|| {
            GraphError::new(
                100,
                format!(
                    "(#100) Param {kind}['id'] is not a valid whatsapp business account media \
                     attachment ID"
                ),
            )
        })?;
    if crate::graph::media::suits(kind, &media.mime_type) {
        return Ok(());
    }
    let mime_type = &media.mime_type;
    let details = format!("A file of type {mime_type} cannot be sent as {kind}.");
    Err(GraphError::detailed(131_053, details))
}

fn contacts(body: &Map<String, Value>) -> Result<(), GraphError> {
    for card in Object::body(body).list("contacts", 1, CONTACTS)? {
        card.only(&[
            "name",
            "phones",
            "emails",
            "addresses",
            "org",
            "urls",
            "birthday",
        ])?;
        let name = card.object("name")?;
        name.given("formatted_name", usize::MAX)?;
        let parts = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
        name.texts(&parts)?;
        if !parts.iter().any(|part| name.has(part)) {
            return Err(GraphError::missing(
                "A name needs one part more beside its formatted_name",
            ));
        }
        let lists: [(&str, &[&str]); 4] = [
            ("phones", &["phone", "type"]),
            ("emails", &["email", "type"]),
            ("urls", &["url", "type"]),
            (
                "addresses",
                &[
                    "street",
                    "city",
                    "state",
                    "zip",
                    "country",
                    "country_code",
                    "type",
                ],
            ),
        ];
        for (list, texts) in lists {
            if !card.has(list) {
                continue;
            }
            for item in card.list(list, 0, usize::MAX)? {
                item.texts(texts)?;
                if list == "phones" {
                    item.id_or_none("wa_id")?;
                }
            }
        }
        if let Some(org) = card.object_or_none("org")? {
            org.texts(&["company", "department", "title"])?;
        }
        card.texts(&["birthday"])?;
    }
    Ok(())
}
