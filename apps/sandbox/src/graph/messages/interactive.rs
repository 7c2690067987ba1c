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
        None if matches!(kind, "product" | "voice_call" | "call_permission_request") => {}
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
        "cta_url" => {
            named(&action, "cta_url")?;
            let parameters = action.object("parameters")?;
            parameters.only(&["display_text", "url"])?;
            parameters.text("display_text", 20)?;
            parameters.address("url")?;
        }
        "flow" => flow(&action)?,
        "product" => {
            action.text("catalog_id", 256)?;
            action.text("product_retailer_id", 256)?;
        }
        "product_list" => products(&action)?,
        "catalog_message" => named(&action, "catalog_message")?,
        "location_request_message" => named(&action, "send_location")?,
        "address_message" => {
            named(&action, "address_message")?;
            action.object("parameters")?.text("country", 2)?;
        }
        "carousel" => {
            for card in action.list("cards", 2, 10)? {
                if let Some(body) = card.object_or_none("body")? {
                    body.text("text", 160)?;
                }
            }
        }
        "order_details" | "order_status" => {
            action.text("name", 256)?;
            action.object("parameters")?;
        }
        _ => {
            action.text("name", 256)?;
        }
    }
    Ok(media)
}

fn header<'a>(header: &Object<'a>, kind: &str) -> Checked<'a> {
    let allowed: &[&str] = match kind {
        "list" | "product_list" => &["text"],
        _ => &["text", "image", "video", "document", "gif"],
    };
    match header.one_of("type", allowed)? {
        "text" => {
            header.only(&["type", "text", "sub_text"])?;
            header.text("text", 60)?;
            Ok(None)
        }
        "image" => content::media("image", &header.object("image")?),
        "document" => content::media("document", &header.object("document")?),
        "video" => content::media("video", &header.object("video")?),
        _ => content::media("video", &header.object("gif")?),
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
        ids.push(reply.text("id", 256)?);
        titles.push(reply.text("title", 20)?);
    }
    unlike(&ids, "ids of buttons")?;
    unlike(&titles, "titles of buttons")
}

fn list(action: &Object<'_>) -> Result<(), GraphError> {
    action.only(&["button", "sections"])?;
    action.text("button", 20)?;
    let sections = action.list("sections", 1, 10)?;
    let mut ids = Vec::new();
    for section in &sections {
        section.only(&["title", "rows"])?;
        if sections.len() > 1 {
            section.text("title", 24)?;
        } else {
            section.text_or_none("title", 24)?;
        }
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
        (true, false) => parameters.text("flow_id", 256)?,
        (false, true) => parameters.text("flow_name", 256)?,
        _ => {
            return Err(GraphError::value(
                "A flow is named by either its flow_id or its flow_name",
            ));
        }
    };
    if parameters.has("flow_action") {
        parameters.one_of("flow_action", &["navigate", "data_exchange"])?;
    }
    if parameters.has("mode") {
        parameters.one_of("mode", &["draft", "published"])?;
    }
    Ok(())
}

fn products(action: &Object<'_>) -> Result<(), GraphError> {
    action.text("catalog_id", 256)?;
    let mut count = 0;
    for section in action.list("sections", 1, 10)? {
        for item in section.list("product_items", 1, 30)? {
            item.text("product_retailer_id", 256)?;
            count += 1;
        }
    }
    if count > 30 {
        return Err(GraphError::value("There are more than 30 products"));
    }
    Ok(())
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
