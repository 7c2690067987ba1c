//! `{phone}/block_users`: the customers that a number blocks.
//!
//! Source: OpenAPI v23 for the shapes (A). Only customers who wrote in the last 24 hours can be blocked, and 64,000 of
//! them (A). A customer who cannot be blocked is told in `failed_users` and the answer is 200: pages and libraries
//! differ on the status (?).

use serde_json::{Value, json};

use super::messages::number_of;
use super::{GraphError, auth, codes, paging, params};
use crate::call::Call;
use crate::context::Context;
use crate::customer::{Person, digits};
use crate::put::Put as _;
use crate::state::{Phone, World};

const MOST: usize = 64_000;

/// Tells whether the number blocks the customer.
pub(crate) fn is_blocked(world: &World, phone_id: &str, number: &str) -> bool {
    let phone = world.phone(phone_id);
    phone.is_some_and(|phone| phone.extras.blocked.contains(number))
}

/// Answers `GET`: the blocked customers.
pub(super) fn list(world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
    let phone = auth::phone_of(world, call, id)?;
    let business = world.business_of(phone).map(|it| it.id.as_str());
    let view = |number: &String| {
        let person = Person::of(world, number, business.unwrap_or_default());
        let mut item = json!({ "messaging_product": "whatsapp" });
        put_ids(&mut item, &person);
        item
    };
    paging::page(call, phone.extras.blocked.iter().map(view).collect())
}

/// Answers `POST` and `DELETE`: blocks or unblocks customers.
pub(super) fn change(
    context: &Context,
    call: &Call,
    id: &str,
    blocks: bool,
) -> Result<Value, GraphError> {
    let (phone, business) = context.store.read(|world| {
        let phone = auth::phone_of(world, call, id)?;
        let business = world.business_of(phone).map(|it| it.id.clone());
        Ok((phone.clone(), business.unwrap_or_default()))
    })?;
    params::product(call)?;
    let users = params::list(call, "block_users")?;
    let users = users.ok_or_else(|| params::missing("block_users"))?;
    if blocks && phone.extras.blocked.len() + users.len() > MOST {
        return Err(GraphError::of(139_101));
    }
    let (mut done, mut failed, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for user in &users {
        let input = input(user).ok_or_else(|| params::wrong("block_users", "a list of users"))?;
        let mut item = json!({ "input": input });
        let number = find(context, &business, id, user);
        let Some(number) = number else {
            item.put("errors", json!([error(131_026)]));
            failed.push(item);
            continue;
        };
        let person = context
            .store
            .read(|world| Person::of(world, &number, &business));
        put_ids(&mut item, &person);
        if blocks && !may_block(context, &phone, &number) {
            item.put("errors", json!([error(131_047)]));
            failed.push(item);
            continue;
        }
        done.push(item);
        numbers.push(number);
    }
    context.store.change(|world| {
        let Some(phone) = world.phone_mut(id) else {
            return;
        };
        for number in numbers {
            if blocks {
                phone.extras.blocked.insert(number);
            } else {
                phone.extras.blocked.remove(&number);
            }
        }
    });
    let name = if blocks {
        "added_users"
    } else {
        "removed_users"
    };
    let mut answer = json!({ name: done });
    if !failed.is_empty() {
        answer.put("failed_users", failed.into());
    }
    Ok(json!({ "messaging_product": "whatsapp", "block_users": answer }))
}

/// Returns what names the customer. A phone goes before a business-scoped id.
fn input(user: &Value) -> Option<&str> {
    let field = |name| user.get(name).and_then(Value::as_str);
    field("user").or_else(|| field("user_id"))
}

fn find(context: &Context, business: &str, phone_id: &str, user: &Value) -> Option<String> {
    let field = |name| user.get(name).and_then(Value::as_str);
    match (field("user"), field("user_id")) {
        (Some(number), _) => digits(number),
        (None, Some(id)) => number_of(context, business, phone_id, id),
        (None, None) => None,
    }
}

fn may_block(context: &Context, phone: &Phone, number: &str) -> bool {
    let now = context.store.read(World::now);
    let last = context.chat.last_from(number, &phone.id);
    phone.extras.blocked.contains(number)
        || last.is_some_and(|last| last <= now && now - last < chrono::Duration::hours(24))
}

/// Puts the ids into an item that Meta tells of a person.
pub(super) fn put_ids(item: &mut Value, person: &Person) {
    if person.tells_number() {
        item.put("wa_id", json!(person.number));
    }
    if person.tells_user_id() {
        item.put("user_id", json!(person.user_id));
    }
}

/// Returns the error of one item of a list.
pub(super) fn error(code: i64) -> Value {
    let (title, details) = codes::words(code);
    json!({
        "message": format!("(#{code}) {title}"),
        "code": code,
        "error_data": { "details": details },
    })
}
