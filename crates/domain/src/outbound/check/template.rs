//! Checks templates by the rules that hold for all. Only the template itself knows how many values it takes.

use super::{
    media::{file, location},
    node::{Node, Unique},
};
use crate::outbound::template::ButtonIndex;

pub(super) fn template(part: &Node<'_>) {
    if !part.object() {
        return;
    }
    let name = part.get("name");
    let is_plain = |name: &str| {
        name.bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
    };
    if name.text_of(512).is_some_and(|name| !is_plain(name)) {
        name.refuse("Give the template's name: it has small letters, digits and underscores only.");
    }
    let language = part.get("language");
    if language.object() {
        language.get("code").required();
    }
    components(&part.get("components"), true);
}

fn components(list: &Node<'_>, may_have_cards: bool) {
    let mut places = Unique::default();
    let mut buttons = 0;
    for component in list.optional_items() {
        if !component.object() {
            continue;
        }
        let kind = component.get("type");
        let Some(word) = kind.required() else {
            continue;
        };
        let parameters = component.get("parameters");
        // Meta also accepts the types in capitals.
        match word.to_ascii_lowercase().as_str() {
            "header" => {
                if parameters.optional_items().len() > 1 {
                    parameters.refuse("Give one value: a header has one place.");
                }
                values(&parameters, Some(60));
            }
            "button" => {
                buttons += 1;
                button(&component, &mut places);
            }
            "carousel" if may_have_cards => cards(&component.get("cards")),
            "carousel" => kind.refuse("Remove it: a card holds no carousel."),
            "limited_time_offer" => offer(&parameters),
            _ => values(&parameters, None),
        }
    }
    if buttons > 10 {
        list.refuse(format!(
            "Give values for at most 10 buttons: there are {buttons}."
        ));
    }
}

fn button<'a>(component: &Node<'a>, places: &mut Unique<'a>) {
    let (sub_type, index) = (component.get("sub_type"), component.get("index"));
    sub_type.required();
    match index.value() {
        None => index.refuse("Give the button's place among the buttons, \"0\" to \"9\"."),
        Some(value) if ButtonIndex::read(value).is_none() => {
            index.refuse("Give the button's place among the buttons, \"0\" to \"9\".");
        }
        Some(value) => places.see(&index, value.as_str()),
    }
    values(&component.get("parameters"), Some(2000));
}

fn cards(list: &Node<'_>) {
    for card in list.items(2..=10) {
        if !card.object() {
            continue;
        }
        let index = card.get("card_index");
        match index.is_there() {
            true => index.whole(0..=9),
            false => index.refuse("Give the card's place, from 0."),
        }
        let parts = card.get("components");
        match parts.is_there() {
            true => components(&parts, false),
            false => parts.refuse("Give it: it is missing."),
        }
    }
}

fn offer(parameters: &Node<'_>) {
    for parameter in parameters.items(1..=1) {
        let offer = parameter.get("limited_time_offer");
        if parameter.object() && offer.object() {
            let end = offer.get("expiration_time_ms");
            match end.is_there() {
                true => end.whole(1..=u64::MAX),
                false => end.refuse("Give the offer's end in milliseconds since 1970."),
            }
        }
    }
}

/// Checks the values of one part. Texts have at most `most` characters.
fn values(list: &Node<'_>, most: Option<usize>) {
    let (mut named, mut plain) = (0, 0);
    for value in list.optional_items() {
        if !value.object() {
            continue;
        }
        let Some(kind) = value.get("type").required() else {
            continue;
        };
        let of_kind = value.get(kind);
        match kind {
            "text" => {
                of_kind.in_line_of(most.unwrap_or(usize::MAX));
                match value.get("parameter_name").text() {
                    Some(_) => named += 1,
                    None => plain += 1,
                }
            }
            "currency" if of_kind.object() => {
                of_kind.get("fallback_value").in_line_of(usize::MAX);
                of_kind.get("code").required();
                let amount = of_kind.get("amount_1000");
                if !amount.value().is_some_and(serde_json::Value::is_i64) {
                    amount.refuse("Give the amount times 1000, as a whole number.");
                }
            }
            "date_time" if of_kind.object() => {
                of_kind.get("fallback_value").in_line_of(usize::MAX);
            }
            "image" | "video" | "document" if of_kind.object() => {
                file(&of_kind);
                of_kind.get("caption").text_upto(1024);
            }
            "location" => location(&of_kind),
            "payload" => {
                of_kind.required();
            }
            "coupon_code" => {
                of_kind.in_line_of(15);
            }
            "action" => {
                of_kind.object();
            }
            _ => {}
        }
    }
    if named > 0 && plain > 0 {
        list.refuse(
            "Give a `parameter_name` to each text, or to none: a template has names or places.",
        );
    }
}
