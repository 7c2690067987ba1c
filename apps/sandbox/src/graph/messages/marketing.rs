//! The fields of `POST {phone}/marketing_messages` beside those of a message.
//!
//! Source: OpenAPI v23.0 and Meta's page on marketing messages (A). That `STRICT` ends in 134102 is a convention: Meta's
//! page says that it fails, not how.

use serde_json::{Map, Value};

use super::Sender;
use super::content::Content;
use crate::graph::GraphError;

/// Checks that the message is a template to one person, and the fields of this route.
pub(super) fn check(
    body: &Map<String, Value>,
    content: &Content<'_>,
    sender: &Sender,
) -> Result<(), GraphError> {
    let field = |name: &str| body.get(name).filter(|value| !value.is_null());
    if content.template.is_none() {
        return Err(GraphError::of(134_100));
    }
    if field("recipient_type").is_some_and(|kind| kind != "individual") {
        let text = "Param recipient_type must be individual";
        return Err(GraphError::parameter(text));
    }
    if field("to").is_some() && field("recipient").is_some() {
        let text = "Give either to or recipient, not both";
        return Err(GraphError::parameter(text));
    }
    let sharing = field("message_activity_sharing");
    if sharing.is_some_and(|sharing| !sharing.is_boolean()) {
        let text = "Param message_activity_sharing must be a boolean";
        return Err(GraphError::parameter(text));
    }
    if let Some(spec) = field("bid_spec") {
        let factor = spec.get("per_message_bid_multiplier");
        let is_right = factor.is_none_or(|it| it.as_f64().is_some_and(|factor| factor > 0.0));
        if !spec.is_object() || !is_right {
            let text = "bid_spec['per_message_bid_multiplier'] must be a number above 0";
            return Err(GraphError::parameter(text));
        }
    }
    match field("product_policy").map(Value::as_str) {
        None | Some(Some("CLOUD_API_FALLBACK")) => Ok(()),
        Some(Some("STRICT")) if sender.is_onboarded => Ok(()),
        Some(Some("STRICT")) => Err(GraphError::of(134_102)),
        Some(_) => Err(GraphError::parameter(
            "Param product_policy must be one of {CLOUD_API_FALLBACK, STRICT}",
        )),
    }
}
