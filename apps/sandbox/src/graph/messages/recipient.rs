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
    /// Whether it is a number, and not a business-scoped id.
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
    let given = |name: &str| match body.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    if let Some(text) = given("to") {
        let to = if is_group {
            To::Group(text.clone())
        } else {
            let wrong = || GraphError::value("to is not a phone number");
            To::Number(digits(&text).ok_or_else(wrong)?)
        };
        let is_number = true;
        return Ok((to, Input { text, is_number }));
    }
    let text = given("recipient")
        .ok_or_else(|| GraphError::new(100, "(#100) The parameter to is required."))?;
    if is_group || !is_user_id(&text) {
        return Err(GraphError::value(
            "recipient is not a business-scoped user ID",
        ));
    }
    let is_number = false;
    Ok((To::User(text.clone()), Input { text, is_number }))
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
pub(super) fn number_of(
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
