//! Checks interactive messages: each kind with its limits.

use super::check::Object;
use super::content::{self, MediaUse};
use crate::graph::GraphError;

type Checked<'a> = Result<Option<MediaUse<'a>>, GraphError>;

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

/// Checks the message and returns the media object in its header.
pub(super) fn check<'a>(object: &Object<'a>) -> Checked<'a> {
    object.only(&["type", "header", "body", "footer", "action"])?;
    let kind = object.one_of("type", &KINDS)?;
    let longest = match kind {
        "list" => 4_096,
        _ => 1_024,
    };
    let body = object.object_or_none("body")?;
    match &body {
        Some(body) => {
            body.text("text", longest)?;
        }
        None if matches!(kind, "product" | "call_permission_request") => {}
        None => {
            return Err(GraphError::missing(
                "The parameter interactive['body'] is required.",
            ));
        }
    }
    if let Some(footer) = object.object_or_none("footer")? {
        footer.text("text", 60)?;
    }
    let media = match object.object_or_none("header")? {
        Some(_) if kind == "product" => {
            return Err(GraphError::value(
                "interactive['header'] cannot be set for type product",
            ));
        }
        Some(header) => self::header(&header, kind)?,
        None if kind == "product_list" => {
            return Err(GraphError::missing(
                "The parameter interactive['header'] is required.",
            ));
        }
        None => None,
    };
    let action = object.object("action")?;
    match kind {
        "button" => buttons(&action)?,
        "list" => list(&action)?,
        "cta_url" => cta_url(&action)?,
        "flow" => flow(&action)?,
        "product" => {
            action.id("catalog_id")?;
            action.id("product_retailer_id")?;
        }
        "product_list" => products(&action)?,
        "catalog_message" => {
            named(&action, "catalog_message")?;
            if let Some(parameters) = action.object_or_none("parameters")? {
                // Public clients leave empty parameters out, because Meta refuses them.
                if parameters.is_empty() {
                    return Err(GraphError::value(
                        "interactive['action']['parameters'] must not be empty",
                    ));
                }
                parameters.id_or_none("thumbnail_product_retailer_id")?;
            }
        }
        "location_request_message" => {
            named(&action, "send_location")?;
            action.object_or_none("parameters")?;
        }
        "address_message" => {
            named(&action, "address_message")?;
            action.object("parameters")?.given("country", usize::MAX)?;
        }
        "carousel" => carousel(&action)?,
        "voice_call" => {
            named(&action, "voice_call")?;
            if let Some(parameters) = action.object_or_none("parameters")? {
                parameters.text_or_none("display_text", 20)?;
                parameters.whole("ttl_minutes", 1..=43_200)?;
            }
        }
        "order_details" => {
            named(&action, "review_and_pay")?;
            let parameters = action.object("parameters")?;
            parameters.given("reference_id", usize::MAX)?;
        }
        "order_status" => {
            named(&action, "review_order")?;
            let parameters = action.object("parameters")?;
            parameters.given("reference_id", usize::MAX)?;
            parameters.object("order")?.given("status", usize::MAX)?;
        }
        // A request for a call's permission, or for the phone number.
        _ => {
            named(&action, kind)?;
            action.object_or_none("parameters")?;
        }
    }
    Ok(media)
}

fn cta_url(action: &Object<'_>) -> Result<(), GraphError> {
    named(action, "cta_url")?;
    let parameters = action.object("parameters")?;
    parameters.only(&["display_text", "url"])?;
    parameters.text("display_text", 20)?;
    parameters.address("url")
}

fn carousel(action: &Object<'_>) -> Result<(), GraphError> {
    for card in action.list("cards", 2, 10)? {
        card.needs_whole("card_index", 0..=9)?;
        card.texts(&["type"])?;
        if let Some(header) = card.object_or_none("header")? {
            self::header(&header, "card")?;
        }
        if let Some(body) = card.object_or_none("body")? {
            let text = body.given("text", 160)?;
            if text.matches('\n').count() > 2 {
                return Err(GraphError::value(
                    "The text of a card has at most two line breaks",
                ));
            }
        }
        if let Some(action) = card.object_or_none("action")?
            && action.get("name").is_some_and(|name| name == "cta_url")
        {
            cta_url(&action)?;
        }
    }
    Ok(())
}

fn header<'a>(header: &Object<'a>, kind: &str) -> Checked<'a> {
    let allowed: &[&str] = match kind {
        "list" | "product_list" => &["text"],
        "card" => &["image", "video"],
        _ => &["text", "image", "video", "document"],
    };
    match header.one_of("type", allowed)? {
        "text" => {
            header.only(&["type", "text", "sub_text"])?;
            header.text("text", 60)?;
            header.text_or_none("sub_text", 60)?;
            Ok(None)
        }
        "image" => content::media("image", &header.object("image")?),
        "document" => content::media("document", &header.object("document")?),
        _ => content::media("video", &header.object("video")?),
    }
}

fn named(action: &Object<'_>, name: &str) -> Result<(), GraphError> {
    action.one_of("name", &[name]).map(|_| ())
}

fn buttons(action: &Object<'_>) -> Result<(), GraphError> {
    action.only(&["buttons"])?;
    let (mut ids, mut titles) = (Vec::new(), Vec::new());
    for button in action.list("buttons", 1, 3)? {
        button.only(&["type", "reply"])?;
        button.one_of("type", &["reply"])?;
        let reply = button.object("reply")?;
        reply.only(&["id", "title"])?;
        let id = reply.text("id", 256)?;
        if id.trim() != id {
            return Err(GraphError::value(
                "The id of a button has no leading or trailing spaces",
            ));
        }
        ids.push(id);
        titles.push(reply.text("title", 20)?.trim());
    }
    unlike(&ids, "ids of buttons")?;
    unlike(&titles, "titles of buttons")
}

fn list(action: &Object<'_>) -> Result<(), GraphError> {
    action.only(&["button", "sections"])?;
    action.text("button", 20)?;
    let mut ids = Vec::new();
    for section in sections(action)? {
        section.only(&["title", "rows"])?;
        for row in section.list("rows", 1, 10)? {
            row.only(&["id", "title", "description"])?;
            ids.push(row.text("id", 200)?);
            row.text("title", 24)?;
            row.text_or_none("description", 72)?;
        }
    }
    if ids.len() > 10 {
        let count = ids.len();
        return Err(GraphError::value(format!(
            "Total row count {count} exceeds the maximum of 10"
        )));
    }
    unlike(&ids, "ids of rows")
}

fn flow(action: &Object<'_>) -> Result<(), GraphError> {
    named(action, "flow")?;
    let parameters = action.object("parameters")?;
    parameters.one_of("flow_message_version", &["3"])?;
    parameters.text("flow_cta", 30)?;
    match (parameters.has("flow_id"), parameters.has("flow_name")) {
        (true, false) => parameters.id("flow_id").map(|_| ())?,
        (false, true) => parameters.given("flow_name", usize::MAX).map(|_| ())?,
        _ => {
            return Err(GraphError::value(
                "A flow is named by either its flow_id or its flow_name",
            ));
        }
    }
    parameters.texts(&["flow_token"])?;
    parameters.object_or_none("flow_action_payload")?;
    if parameters.has("flow_action") {
        parameters.one_of("flow_action", &["navigate", "data_exchange"])?;
    }
    if parameters.has("mode") {
        parameters.one_of("mode", &["draft", "published"])?;
    }
    Ok(())
}

fn products(action: &Object<'_>) -> Result<(), GraphError> {
    action.id("catalog_id")?;
    let mut count = 0;
    for section in sections(action)? {
        for item in section.list("product_items", 1, 30)? {
            item.id("product_retailer_id")?;
            count += 1;
        }
    }
    if count > 30 {
        return Err(GraphError::value("There are more than 30 products"));
    }
    Ok(())
}

/// Reads 1 to 10 sections. Each of several has a title.
fn sections<'a>(action: &Object<'a>) -> Result<Vec<Object<'a>>, GraphError> {
    let sections = action.list("sections", 1, 10)?;
    for section in &sections {
        if sections.len() > 1 {
            section.text("title", 24)?;
        } else {
            section.text_or_none("title", 24)?;
        }
    }
    Ok(sections)
}

fn unlike(texts: &[&str], what: &str) -> Result<(), GraphError> {
    let mut sorted = texts.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() == texts.len() {
        return Ok(());
    }
    Err(GraphError::value(format!("The {what} are not unique")))
}
