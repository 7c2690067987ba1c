//! System messages: a customer's change of number or of business-scoped ids.
//!
//! Meta's pages on system messages and on business-scoped ids (grade A), `previous_user_id` from their openings (grade
//! A*). The author is named by the old number alone. Where no number can be told it is named by the new ids, which is
//! from public payloads (grade C).

use serde_json::{Map, Value, json};

use super::person::{Person, digits, other_number};
use crate::put::Put as _;
use crate::state::{Phone, World};

/// The types that tell of a change of number.
const NUMBER: [&str; 2] = ["user_changed_number", "customer_changed_number"];
/// The type that tells of a change of ids to a business that cannot see the number.
const USER_ID: &str = "user_changed_user_id";

/// Adds what the content does not say: the new number, the new and old ids, and the text.
pub(super) fn complete(world: &World, person: &Person, phone: &Phone, content: &mut Value) {
    let kind = content["type"].as_str().unwrap_or_default().to_owned();
    let (is_of_number, is_of_id) = (NUMBER.contains(&kind.as_str()), kind == USER_ID);
    let missing = |content: &Value, name: &str| content.get(name).is_none();
    if is_of_number && missing(content, "wa_id") {
        content.put("wa_id", json!(other_number(&person.number)));
    }
    let is_known = is_of_id || (is_of_number && person.tells_user_id());
    if is_known {
        let business = world.business_of(phone).map(|it| it.id.clone());
        let to = content["wa_id"].as_str().and_then(digits);
        let to = to.unwrap_or_else(|| person.number.clone());
        let after = Person::moved(world, &person.number, &to, &business.unwrap_or_default());
        let ids = [
            ("user_id", Some(after.user_id)),
            ("previous_user_id", Some(person.user_id.clone())),
            ("parent_user_id", after.parent_user_id),
            ("previous_parent_user_id", person.parent_user_id.clone()),
        ];
        for (name, id) in ids {
            if let Some(id) = id.filter(|_| missing(content, name)) {
                content.put(name, json!(id));
            }
        }
    }
    if missing(content, "body") {
        let name = &person.name;
        let to = |name: &str| content[name].as_str().unwrap_or_default().to_owned();
        let body = if is_of_number {
            format!(
                "User {name} changed from {} to {}",
                person.number,
                to("wa_id")
            )
        } else if is_of_id {
            format!(
                "User {name} changed from {} to {}",
                to("previous_user_id"),
                to("user_id")
            )
        } else {
            format!("The security code of {name} changed")
        };
        content.put("body", json!(body));
    }
}

/// Tells whether the content is a change of ids, which comes only where no number can be told.
pub(super) fn hides_number(content: &Value) -> bool {
    content["type"] == USER_ID
}

/// Names the author by the number alone or, where there is none, by the ids.
pub(super) fn name_author(content: &Value, message: &mut Map<String, Value>) {
    let ids = [
        ("from_user_id", "user_id"),
        ("from_parent_user_id", "parent_user_id"),
    ];
    if hides_number(content) {
        message.remove("from");
        for (from, name) in ids {
            if let Some(id) = content.get(name) {
                message.insert(from.to_owned(), id.clone());
            }
        }
    } else if message.contains_key("from") {
        for (from, _) in ids {
            message.remove(from);
        }
    }
}

/// Returns the number under which the customer goes on after this message, where it tells of a change.
pub(crate) fn moves_to(message: &Value, number: &str) -> Option<String> {
    let system = &message["system"];
    let kind = system["type"].as_str()?;
    if NUMBER.contains(&kind) {
        return system["wa_id"].as_str().and_then(digits);
    }
    (kind == USER_ID).then(|| number.to_owned())
}
