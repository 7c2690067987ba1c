//! Bodies in Meta's form, and the facts that they give.

use serde_json::{Value, json};
use wabakit_domain::{
    Time,
    inbound::{Call, Fact, Management, MessageContent, MessageFact, Party, StatusUpdate},
};
use wabakit_webhooks::{ItemError, parse, split};

pub(crate) const WABA: &str = "102290129340398";
pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const DISPLAY: &str = "15550783881";
pub(crate) const PERSON: &str = "16505551234";
pub(crate) const USER: &str = "US.13491208655302741918";
pub(crate) const PARENT: &str = "US.ENT.11815799212886844830";

/// Writes JSON as Meta does: `/` and characters beyond ASCII are escaped.
pub(crate) fn meta(value: &Value) -> String {
    let mut text = String::new();
    for char in value.to_string().chars() {
        match char {
            '/' => text.push_str("\\/"),
            char if char.is_ascii() => text.push(char),
            char => {
                for unit in char.encode_utf16(&mut [0; 2]) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    text
}

pub(crate) fn metadata() -> Value {
    json!({"display_phone_number": DISPLAY, "phone_number_id": NUMBER})
}

/// Adds to `value` the fields that every value for a number has.
pub(crate) fn of_number(mut value: Value) -> Value {
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = metadata();
    value
}

pub(crate) fn body(field: &str, value: &Value) -> String {
    meta(&json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": WABA, "time": 1739321024, "changes": [{"value": value, "field": field}]}],
    }))
}

/// Reads a body, item by item: the bytes and the fact.
pub(crate) fn items_of(body: &str) -> Vec<(String, Result<Fact, ItemError>)> {
    let mut found = Vec::new();
    for change in split(body.as_bytes()).unwrap() {
        for item in parse(&change.field, change.raw) {
            found.push((String::from_utf8(item.raw.to_vec()).unwrap(), item.fact));
        }
    }
    found
}

pub(crate) fn items(field: &str, value: &Value) -> Vec<(String, Result<Fact, ItemError>)> {
    items_of(&body(field, value))
}

/// Returns the extras of a value's items.
pub(crate) fn extras(field: &str, value: &Value) -> Vec<Option<Value>> {
    let body = body(field, value);
    let changes = split(body.as_bytes()).unwrap();
    let items = changes
        .iter()
        .flat_map(|change| parse(&change.field, change.raw));
    items.map(|item| item.extra).collect()
}

/// Reads all facts. None may fail.
pub(crate) fn facts(field: &str, value: &Value) -> Vec<Fact> {
    let items = items(field, value).into_iter();
    items.map(|(_, fact)| fact.unwrap()).collect()
}

pub(crate) fn fact(field: &str, value: &Value) -> Fact {
    let mut facts = facts(field, value);
    assert_eq!(facts.len(), 1, "{facts:?}");
    facts.remove(0)
}

/// Adds the fields that every message has, unless they are given.
pub(crate) fn with_base(message: &Value) -> Value {
    let mut whole = json!({"from": PERSON, "id": "wamid.HBgL", "timestamp": "1749416383"});
    for (name, value) in message.as_object().unwrap() {
        whole[name] = value.clone();
    }
    whole
}

/// Reads one message of the field `messages`, without `contacts`.
pub(crate) fn message(message: Value) -> MessageFact {
    message_with(json!([]), message)
}

/// Reads one message of the field `messages`, with `contacts`.
pub(crate) fn message_with(contacts: Value, message: Value) -> MessageFact {
    let value = json!({"contacts": contacts, "messages": [with_base(&message)]});
    as_message(fact("messages", &of_number(value)))
}

pub(crate) fn content(of: Value) -> MessageContent {
    message(of).content
}

pub(crate) fn as_message(fact: Fact) -> MessageFact {
    match fact {
        Fact::Message(message) => *message,
        other => panic!("{other:?}"),
    }
}

/// Reads one status. Adds the fields that every status has, unless they are given.
pub(crate) fn status(of: Value) -> StatusUpdate {
    let mut whole = json!({
        "id": "wamid.HBgL", "status": "sent", "timestamp": "1750263773", "recipient_id": PERSON,
    });
    for (name, value) in of.as_object().unwrap() {
        whole[name] = value.clone();
    }
    match fact("messages", &of_number(json!({"statuses": [whole]}))) {
        Fact::Status(status) => *status,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn call(value: Value) -> Call {
    match fact("calls", &of_number(value)) {
        Fact::Call(call) => *call,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn management(field: &str, value: Value) -> Management {
    match fact(field, &value) {
        Fact::Management(management) => *management,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn at(seconds: i64) -> Time {
    Time::from_timestamp(seconds, 0).unwrap()
}

pub(crate) fn phone(number: &str) -> Party {
    Party {
        phone: Some(number.to_owned()),
        ..Party::default()
    }
}

pub(crate) fn text(body: &str) -> MessageContent {
    MessageContent::Text {
        body: body.to_owned(),
    }
}

pub(crate) fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}
