//! The webhook of a status.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use super::knobs::Status;
use super::plan::Step;
use crate::clock::Time;
use crate::customer::{Person, contacts};
use crate::graph::codes;
use crate::webhooks::{Said, escaped};

/// The facts about an accepted message that its statuses need.
pub(crate) struct Sent {
    pub(crate) wamid: String,
    pub(crate) phone_id: Arc<str>,
    pub(crate) waba_id: Arc<str>,
    pub(crate) display_phone_number: String,
    pub(crate) recipient: Recipient,
    pub(crate) opaque: Option<String>,
    /// The pricing category. `service` is free of charge.
    pub(crate) category: &'static str,
    /// When it was accepted, in the sandbox's time.
    pub(crate) time: Time,
}

/// The recipient of a message.
pub(crate) enum Recipient {
    /// `by_number`: the webhook has the number, whatever the customer's identity.
    Person {
        person: Person,
        by_number: bool,
    },
    Group(String),
}

#[derive(Serialize)]
struct Body<'a> {
    messaging_product: &'static str,
    metadata: Metadata<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<Value>,
    statuses: [StatusBody<'a>; 1],
}

#[derive(Serialize)]
struct Metadata<'a> {
    display_phone_number: &'a str,
    phone_number_id: &'a str,
}

#[derive(Serialize)]
struct StatusBody<'a> {
    id: &'a str,
    status: Status,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_parent_user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    biz_opaque_callback_data: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pricing: Option<Pricing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<Value>,
}

#[derive(Serialize)]
struct Pricing {
    billable: bool,
    pricing_model: &'static str,
    category: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
}

/// Makes the update's value in the form of v24.0 and later: without a conversation, with pricing at `sent` and
/// `delivered`, with contacts except for `failed`.
pub(super) fn said(sent: &Sent, step: &Step) -> Said {
    let time = sent.time.timestamp_millis() + i64::try_from(step.at_ms).unwrap_or_default();
    let is_free = sent.category == "service";
    let has_price = matches!(step.status, Status::Sent | Status::Delivered);
    let mut status = StatusBody {
        id: &sent.wamid,
        status: step.status,
        timestamp: (time / 1_000).to_string(),
        recipient_id: None,
        recipient_user_id: None,
        recipient_parent_user_id: None,
        recipient_type: None,
        biz_opaque_callback_data: sent.opaque.as_deref(),
        pricing: has_price.then_some(Pricing {
            billable: !is_free,
            pricing_model: "PMP",
            category: sent.category,
            kind: if is_free {
                "free_customer_service"
            } else {
                "regular"
            },
        }),
        errors: step.error.map(errors),
    };
    let mut told = None;
    match &sent.recipient {
        Recipient::Group(id) => {
            status.recipient_id = Some(id);
            status.recipient_type = Some("group");
        }
        Recipient::Person { person, by_number } => {
            if *by_number || person.tells_number() {
                status.recipient_id = Some(&person.number);
            }
            if person.tells_user_id() {
                status.recipient_user_id = Some(&person.user_id);
                status.recipient_parent_user_id = person.parent_user_id.as_deref();
            }
            told = (step.status != Status::Failed).then(|| contacts(person));
        }
    }
    let body = Body {
        messaging_product: "whatsapp",
        metadata: Metadata {
            display_phone_number: &sent.display_phone_number,
            phone_number_id: &sent.phone_id,
        },
        contacts: told,
        statuses: [status],
    };
    Said {
        waba_id: Arc::clone(&sent.waba_id),
        phone_id: Arc::clone(&sent.phone_id),
        value: escaped(&body),
    }
}

/// Makes the `errors` of a failed message.
fn errors(code: i64) -> Value {
    let (title, details) = codes::words(code);
    json!([{
        "code": code,
        "title": title,
        "message": title,
        "error_data": { "details": details },
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }])
}
