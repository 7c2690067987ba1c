//! Checks files, locations and contact cards.

use serde_json::Value;

use super::node::Node;

/// Checks a file of this kind by `id` or `link`, and the fields that not every kind has.
pub(super) fn file(part: &Node<'_>, kind: &str) {
    let (id, link) = (part.get("id"), part.get("link"));
    match (id.is_there(), link.is_there()) {
        (true, true) => link.refuse("Give `id` or `link`, not both."),
        (false, false) => id.refuse("Give the `id` of an uploaded file, or a `link`."),
        (true, false) => {
            id.id();
        }
        (false, true) => page(&link),
    }
    let (caption, filename, voice) = (part.get("caption"), part.get("filename"), part.get("voice"));
    if matches!(kind, "audio" | "sticker") && caption.is_there() {
        caption.refuse("Remove it: sound and stickers have no caption.");
    } else {
        caption.text_upto(1024);
    }
    if kind != "document" && filename.is_there() {
        filename.refuse("Remove it: only a document has a file name.");
    } else {
        filename.text();
    }
    if kind != "audio" && voice.is_there() {
        voice.refuse("Remove it: only an audio file can be a voice note.");
    } else {
        voice.boolean();
    }
}

/// Checks a web address: `http` or `https`, and a host. Meta judges the rest.
pub(super) fn page(link: &Node<'_>) {
    let has_host = |rest: &str| {
        let host = rest.split(['/', '?', '#']).next();
        host.is_some_and(|host| !host.trim().is_empty())
    };
    let is_web = |link: &str| match link.split_once("://") {
        Some((scheme, rest)) => {
            matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") && has_host(rest)
        }
        None => false,
    };
    if link
        .required()
        .is_some_and(|link| !link.is_empty() && !is_web(link))
    {
        link.refuse("Give a whole address that begins with https://.");
    }
}

/// Checks a message of the type `kind`.
pub(super) fn media(part: &Node<'_>, kind: &str) {
    if part.object() {
        file(part, kind);
    }
}

pub(super) fn location(part: &Node<'_>) {
    if !part.object() {
        return;
    }
    part.get("latitude").number(-90.0..=90.0);
    part.get("longitude").number(-180.0..=180.0);
    part.get("name").text();
    part.get("address").text();
}

pub(super) fn contacts(part: &Node<'_>) {
    for card in part.items(1..=257) {
        if !card.object() {
            continue;
        }
        name(&card.get("name"));
        texts_of(&card, "phones", &["phone", "type"]);
        if card.get("phones").value().is_some_and(Value::is_array) {
            for phone in card.get("phones").optional_items() {
                phone.get("wa_id").optional_id();
            }
        }
        texts_of(&card, "emails", &["email", "type"]);
        texts_of(&card, "urls", &["url", "type"]);
        let address = [
            "street",
            "city",
            "state",
            "zip",
            "country",
            "country_code",
            "type",
        ];
        texts_of(&card, "addresses", &address);
        let org = card.get("org");
        if org.is_there() && org.object() {
            texts(&org, &["company", "department", "title"]);
        }
        card.get("birthday").text();
    }
}

fn name(name: &Node<'_>) {
    const PARTS: [&str; 5] = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
    if !name.object() {
        return;
    }
    name.get("formatted_name").required();
    texts(name, &PARTS);
    if !PARTS.iter().any(|part| name.get(part).is_there()) {
        name.refuse(
            "Give one more part of the name beside `formatted_name`, such as `first_name`.",
        );
    }
}

fn texts(node: &Node<'_>, keys: &[&'static str]) {
    for key in keys {
        node.get(key).text();
    }
}

fn texts_of(card: &Node<'_>, list: &'static str, keys: &[&'static str]) {
    for item in card.get(list).optional_items() {
        if item.object() {
            texts(&item, keys);
        }
    }
}
