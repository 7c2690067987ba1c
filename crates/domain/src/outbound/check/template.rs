//! Checks templates by the rules that hold for all. Only the template itself knows how many values it takes.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    media::{file, location},
    node::Node,
};
use crate::outbound::template::ButtonIndex;

/// The most characters of a body's value.
const TEXT: usize = 32_768;

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

pub(super) fn components(list: &Node<'_>, may_have_cards: bool) {
    let mut places = HashSet::new();
    let mut buttons = 0;
    for component in list.optional_items() {
        if !component.object() {
            continue;
        }
        let kind = component.get("type");
        let word = kind.required().unwrap_or_default();
        if word.is_empty() {
            continue;
        }
        let parameters = component.get("parameters");
        component.get("sub_type").text();
        let place = place(&component.get("index"));
        let cards = component.get("cards");
        // Meta also accepts the types in capitals.
        let word = word.to_ascii_lowercase();
        if word != "carousel" && cards.is_there() {
            cards.refuse("Remove it: only a carousel has cards.");
        }
        match word.as_str() {
            "header" => {
                values(&parameters, 60);
                let many = parameters.value().and_then(Value::as_array);
                if many.is_some_and(|many| many.len() > 1) {
                    parameters.refuse("Give one value: a header has one place.");
                }
            }
            "button" => {
                buttons += 1;
                button(&component, place, &mut places);
            }
            "carousel" => {
                objects(&parameters);
                match may_have_cards {
                    true => self::cards(&cards),
                    false => kind.refuse("Remove it: a card holds no carousel."),
                }
            }
            "limited_time_offer" => offer(&parameters),
            _ => values(&parameters, TEXT),
        }
    }
    if buttons > 10 {
        list.refuse(format!(
            "Give values for at most 10 buttons: there are {buttons}."
        ));
    }
}

/// Reads the place of a button, if it is given.
fn place(index: &Node<'_>) -> Option<ButtonIndex> {
    let place = ButtonIndex::read(index.value()?);
    if place.is_none() {
        index.refuse(PLACE);
    }
    place
}

const PLACE: &str = "Give the button's place among the buttons, \"0\" to \"9\".";

fn button(component: &Node<'_>, place: Option<ButtonIndex>, places: &mut HashSet<u8>) {
    let (sub_type, index) = (component.get("sub_type"), component.get("index"));
    if !sub_type.is_there() || sub_type.value().is_some_and(|text| text == "") {
        sub_type.refuse("Give it: it is missing.");
    }
    if !index.is_there() {
        index.refuse(PLACE);
    }
    if place.is_some_and(|place| !places.insert(place.0)) {
        index.refuse("Give another: an earlier one has the same.");
    }
    values(&component.get("parameters"), 2000);
}

fn objects(list: &Node<'_>) {
    for item in list.optional_items() {
        item.object();
    }
}

fn cards(list: &Node<'_>) {
    for card in list.items(2..=10) {
        if !card.object() {
            continue;
        }
        let index = card.get("card_index");
        index.needs_whole(0..=9, "Give the card's place, from 0.");
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
            parameter.get("type").one_of(&["limited_time_offer"]);
            let end = offer.get("expiration_time_ms");
            end.needs_whole(
                1..=u64::MAX,
                "Give the offer's end in milliseconds since 1970.",
            );
        }
    }
}

/// Checks the values of one part. Texts have at most `most` characters.
fn values(list: &Node<'_>, most: usize) {
    let (mut named, mut plain) = (0, 0);
    for value in list.optional_items() {
        if !value.object() {
            continue;
        }
        let Some(kind) = value.get("type").required() else {
            continue;
        };
        let of_kind = value.named(kind);
        match kind {
            "text" => {
                of_kind.in_line_of(most);
                match value.get("parameter_name").text() {
                    Some(_) => named += 1,
                    None => plain += 1,
                }
            }
            "currency" if of_kind.object() => {
                of_kind.get("fallback_value").in_line_of(usize::MAX);
                of_kind.get("code").required();
                let amount = of_kind.get("amount_1000");
                if !amount.value().is_some_and(Value::is_i64) {
                    amount.refuse("Give the amount times 1000, as a whole number.");
                }
            }
            "date_time" if of_kind.object() => {
                of_kind.get("fallback_value").in_line_of(usize::MAX);
            }
            "image" | "video" | "document" | "gif" if of_kind.object() => {
                file(&of_kind, kind);
            }
            "location" => location(&of_kind),
            "payload" => {
                of_kind.required();
            }
            "coupon_code" => {
                // Meta's pages say 15 or 20.
                of_kind.in_line_of(20);
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
