//! Checks interactive messages.

use super::{
    media::{file, page},
    node::{Node, Unique},
};

const KINDS: [&str; 15] = [
    "button",
    "list",
    "cta_url",
    "flow",
    "product",
    "product_list",
    "catalog_message",
    "location_request_message",
    "address_message",
    "carousel",
    "voice_call",
    "call_permission_request",
    "request_contact_info",
    "order_details",
    "order_status",
];

pub(super) fn interactive(part: &Node<'_>) {
    if !part.object() {
        return;
    }
    let Some(kind) = part.get("type").one_of(&KINDS) else {
        return;
    };
    words(part, kind);
    let action = part.get("action");
    if !action.object() {
        return;
    }
    let parameters = action.get("parameters");
    match kind {
        "button" => buttons(&action.get("buttons"), "reply"),
        "list" => list(&action),
        "cta_url" => cta_url(&action),
        "flow" => {
            action.get("name").one_of(&["flow"]);
            flow(&parameters);
        }
        "product" => {
            action.get("catalog_id").id();
            action.get("product_retailer_id").id();
        }
        "product_list" => products(&action),
        "carousel" => carousel(&action),
        "catalog_message" => {
            action.get("name").one_of(&["catalog_message"]);
            optional_object(&parameters);
            if parameters.is_there() && parameters.is_empty() {
                parameters.refuse("Remove it: Meta refuses empty parameters.");
            }
            parameters
                .get("thumbnail_product_retailer_id")
                .optional_id();
        }
        "location_request_message" => {
            action.get("name").one_of(&["send_location"]);
            optional_object(&parameters);
        }
        "address_message" => {
            action.get("name").one_of(&["address_message"]);
            if parameters.object() {
                parameters.get("country").required();
            }
        }
        "order_details" => {
            action.get("name").one_of(&["review_and_pay"]);
            if parameters.object() {
                parameters.get("reference_id").required();
            }
        }
        "order_status" => {
            action.get("name").one_of(&["review_order"]);
            if parameters.object() {
                parameters.get("reference_id").required();
                let order = parameters.get("order");
                if order.object() {
                    order.get("status").required();
                }
            }
        }
        "voice_call" => {
            action.get("name").one_of(&["voice_call"]);
            optional_object(&parameters);
            parameters.get("display_text").text_upto(20);
            parameters.get("ttl_minutes").whole(1..=43_200);
        }
        // `call_permission_request` and `request_contact_info`.
        _ => {
            action.get("name").one_of(&[kind]);
            optional_object(&parameters);
        }
    }
}

fn optional_object(node: &Node<'_>) {
    if node.is_there() {
        node.object();
    }
}

/// Checks header, body and footer.
fn words(part: &Node<'_>, kind: &str) {
    let header = part.get("header");
    match kind {
        "product" if header.is_there() => {
            header.refuse("Remove it: a single product has no header.");
        }
        "list" | "product_list" if header.is_there() => head(&header, &["text"]),
        "product_list" => {
            header.refuse("Give a header of type `text`: a list of products needs one.");
        }
        _ if header.is_there() => head(&header, &["text", "image", "video", "document"]),
        _ => {}
    }
    let body = part.get("body");
    let most = if kind == "list" { 4096 } else { 1024 };
    // Meta also accepts a product and a request to call without a text.
    let is_optional = matches!(kind, "product" | "call_permission_request");
    if (body.is_there() || !is_optional) && body.object() {
        body.get("text").shown_of(most);
    }
    let footer = part.get("footer");
    if footer.is_there() && footer.object() {
        footer.get("text").shown_of(60);
    }
}

fn head(header: &Node<'_>, kinds: &[&str]) {
    if !header.object() {
        return;
    }
    match header.get("type").one_of(kinds) {
        Some("text") => {
            header.get("text").shown_of(60);
            header.get("sub_text").text_upto(60);
        }
        Some(kind) => {
            let media = header.named(kind);
            if media.object() {
                file(&media, kind);
            }
        }
        None => {}
    }
}

/// Checks reply buttons. `kind` is their type, and the key of their content.
fn buttons(list: &Node<'_>, kind: &str) {
    let (mut ids, mut titles) = (Unique::default(), Unique::default());
    for button in list.items(1..=3) {
        if !button.object() {
            continue;
        }
        button.get("type").one_of(&[kind]);
        let reply = button.named(kind);
        if reply.object() {
            let id = reply.get("id");
            let told = id.shown_of(256);
            if told.is_some_and(|told| !told.is_empty() && told.trim() != told) {
                id.refuse("Remove the white space around it.");
            }
            ids.see(&id, told.map(str::trim));
            let title = reply.get("title");
            titles.see(&title, title.shown_of(20).map(str::trim));
        }
    }
}

fn list(action: &Node<'_>) {
    action.get("button").shown_of(20);
    let sections = action.get("sections");
    let mut ids = Unique::default();
    let mut rows = 0;
    for section in titled(&sections) {
        for row in section.get("rows").items(1..=10) {
            rows += 1;
            if !row.object() {
                continue;
            }
            let id = row.get("id");
            ids.see(&id, id.shown_of(200));
            row.get("title").shown_of(24);
            row.get("description").text_upto(72);
        }
    }
    if rows > 10 {
        sections.refuse(format!("Give at most 10 rows in all: there are {rows}."));
    }
}

/// Checks 1 to 10 sections. If there are several, each needs a title.
fn titled<'a>(list: &Node<'a>) -> Vec<Node<'a>> {
    let sections = list.items(1..=10);
    let are_several = sections.len() > 1;
    (sections.into_iter())
        .filter(|section| {
            let is_object = section.object();
            let title = section.get("title");
            match is_object && are_several {
                true => title.shown_of(24),
                false => title.text_upto(24),
            };
            is_object
        })
        .collect()
}

fn products(action: &Node<'_>) {
    action.get("catalog_id").id();
    let sections = action.get("sections");
    let mut products = 0;
    for section in titled(&sections) {
        for item in section.get("product_items").items(1..=30) {
            products += 1;
            if item.object() {
                item.get("product_retailer_id").id();
            }
        }
    }
    if products > 30 {
        sections.refuse(format!(
            "Give at most 30 products in all: there are {products}."
        ));
    }
}

fn cta_url(action: &Node<'_>) {
    action.get("name").one_of(&["cta_url"]);
    let parameters = action.get("parameters");
    if parameters.object() {
        parameters.get("display_text").shown_of(20);
        page(&parameters.get("url"));
    }
}

fn flow(parameters: &Node<'_>) {
    if !parameters.object() {
        return;
    }
    parameters.get("flow_message_version").one_of(&["3"]);
    let (id, name) = (parameters.get("flow_id"), parameters.get("flow_name"));
    match (id.is_there(), name.is_there()) {
        (true, true) => name.refuse("Give `flow_id` or `flow_name`, not both."),
        (false, false) => id.refuse("Say which flow: `flow_id` or `flow_name`."),
        (true, false) => {
            id.id();
        }
        (false, true) => {
            name.required();
        }
    }
    parameters.get("flow_cta").shown_of(30);
    parameters.get("flow_token").text();
    optional_object(&parameters.get("flow_action_payload"));
    let action = parameters.get("flow_action");
    if action.is_there() {
        action.one_of(&["navigate", "data_exchange"]);
    }
    let mode = parameters.get("mode");
    if mode.is_there() {
        mode.one_of(&["draft", "published"]);
    }
}

fn carousel(action: &Node<'_>) {
    for card in action.get("cards").items(2..=10) {
        if !card.object() {
            continue;
        }
        let index = card.get("card_index");
        index.needs_whole(0..=9, "Give the card's place, from 0.");
        card.get("type").text();
        let header = card.get("header");
        if header.is_there() {
            head(&header, &["image", "video"]);
        }
        let body = card.get("body");
        if body.is_there() && body.object() {
            let text = body.get("text");
            let breaks = |text: &str| text.matches('\n').count();
            if text.text_of(160).is_some_and(|text| breaks(text) > 2) {
                text.refuse("Give at most two line breaks.");
            }
        }
        let action = card.get("action");
        optional_object(&action);
        if action
            .get("name")
            .value()
            .is_some_and(|name| name == "cta_url")
        {
            cta_url(&action);
        }
    }
}
