//! The recipient of a message.

use serde_json::{Map, Value};

use crate::context::Context;
use crate::customer::{Person, digits};
use crate::graph::GraphError;

pub(super) enum To {
    /// A customer, by the digits of the number.
    Number(String),
    /// A customer, by a business-scoped id.
    User(String),
    Group(String),
}

/// The recipient in the request.
pub(super) struct Input {
    pub(super) text: String,
    /// Tells whether it is a number, and not a business-scoped id.
    pub(super) is_number: bool,
}

pub(super) fn read(body: &Map<String, Value>) -> Result<(To, Input), GraphError> {
    let is_group = match body.get("recipient_type") {
        None | Some(Value::Null) => false,
        Some(kind) if kind == "individual" => false,
        Some(kind) if kind == "group" => true,
        Some(_) => {
            return Err(GraphError::parameter(
                "Param recipient_type must be one of {INDIVIDUAL, GROUP}",
            ));
        }
    };
    match body.get("recipient_identity_key_hash") {
        None | Some(Value::Null | Value::String(_)) => {}
        Some(_) => {
            return Err(GraphError::parameter(
                "Param recipient_identity_key_hash must be a string",
            ));
        }
    }
    if let Some(text) = given(body, "to")? {
        let to = if is_group {
            To::Group(text.clone())
        } else {
            let wrong = || GraphError::value("to is not a phone number");
            To::Number(number(&text).ok_or_else(wrong)?)
        };
        // The number wins. The user id beside it only has to be a text.
        given(body, "recipient")?;
        let is_number = true;
        return Ok((to, Input { text, is_number }));
    }
    let text = given(body, "recipient")?
        .ok_or_else(|| GraphError::new(100, "(#100) The parameter to is required."))?;
    if is_group || !is_user_id(&text) {
        return Err(GraphError::value(
            "recipient is not a business-scoped user ID",
        ));
    }
    let is_number = false;
    Ok((To::User(text.clone()), Input { text, is_number }))
}

/// Reads a text or a whole number that names a recipient. An empty text names nobody.
fn given(body: &Map<String, Value>, name: &str) -> Result<Option<String>, GraphError> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(Value::Number(number)) if number.is_u64() => Ok(Some(number.to_string())),
        Some(_) => Err(GraphError::parameter(format!(
            "Param {name} must be a string"
        ))),
    }
}

/// Reads the digits of an international number: 7 to 15, written with `+`, hyphens, brackets, dots and spaces or
/// without. No country's code begins with 0.
///
/// Meta puts the sender's country code before a number without `+`. The sandbox takes such a number as it is.
fn number(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix('+').unwrap_or(text);
    let found = digits(text).filter(|_| !text.contains('+'))?;
    (found.len() >= 7 && !found.starts_with('0')).then_some(found)
}

/// Tells whether a text is `CC.` or `CC.ENT.` with up to 128 letters and digits.
fn is_user_id(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Finds the number of the customer with this business-scoped id. For an id that was never told, it searches the
/// customers who have written or were set.
pub(in crate::graph) fn number_of(
    context: &Context,
    business_id: &str,
    phone_id: &str,
    user_id: &str,
) -> Option<String> {
    let is_it = |number: &String| {
        let person = context
            .store
            .read(|world| Person::of(world, number, business_id));
        person.user_id == user_id || person.parent_user_id.as_deref() == Some(user_id)
    };
    // The id may have gone to another number, with the person.
    let remembered = context.sending.people.number(user_id);
    if let Some(number) = remembered.filter(is_it) {
        return Some(number);
    }
    let known = context
        .store
        .read(|world| world.customers.keys().cloned().collect::<Vec<String>>());
    let writers = context.chat.writers(phone_id);
    known.into_iter().chain(writers).find(is_it)
}
