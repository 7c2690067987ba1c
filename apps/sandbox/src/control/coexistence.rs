//! `/_sandbox/coexistence`: the history and the contact book of a number that is also used in the WhatsApp Business
//! app.

use actix_web::web::{Data, Json, ServiceConfig, post, resource};
use chrono::Duration;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, ControlError};
use super::phones::{both_ends, update};
use crate::clock::Time;
use crate::context::Context;
use crate::customer::{Identity, Person};
use crate::put::Put as _;
use crate::state::{MessageIds, Phone, World};
use crate::wamid::{self, Side};

/// The most messages that one order makes.
const MOST: usize = 100_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct HistoryOrder {
    phone_number_id: String,
    /// The customers. The default is a few.
    #[serde(default)]
    customers: Vec<String>,
    /// The values that webhooks tell instead of each one's own.
    identity: Option<Identity>,
    /// Messages in each thread.
    #[serde(default = "messages")]
    messages: usize,
    /// Threads in each webhook.
    #[serde(default = "chunk")]
    chunk: usize,
    /// Tells whether the business declined to share it.
    #[serde(default)]
    declined: bool,
}

fn messages() -> usize {
    9
}

fn chunk() -> usize {
    2
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StateOrder {
    phone_number_id: String,
    #[serde(default)]
    customers: Vec<String>,
    /// The values that the webhook tells instead of each one's own.
    identity: Option<Identity>,
    /// `add` or `remove`.
    action: Option<String>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/coexistence/history").route(post().to(history)))
        .service(resource("/coexistence/state_sync").route(post().to(state_sync)));
}

fn people(
    context: &Context,
    customers: &[String],
    phone_id: &str,
    identity: Option<Identity>,
) -> Result<(Vec<Person>, Phone), ControlError> {
    let usual = ["4915117700001", "34655010203", "5511987650001"].map(str::to_owned);
    let numbers = if customers.is_empty() {
        &usual[..]
    } else {
        customers
    };
    let mut people = Vec::new();
    let mut phone = None;
    for number in numbers {
        let (person, found) = both_ends(context, number, phone_id, identity)?;
        people.push(person);
        phone = Some(found);
    }
    let phone = phone.ok_or_else(|| ControlError::Invalid("no customers".to_owned()))?;
    Ok((people, phone))
}

/// Tells the history of a number, as its owner would share it.
pub(crate) fn tell_history(context: &Context, phone_id: &str) -> Result<(), ControlError> {
    send_history(
        context,
        HistoryOrder {
            phone_number_id: phone_id.to_owned(),
            customers: Vec::new(),
            identity: None,
            messages: messages(),
            chunk: chunk(),
            declined: false,
        },
    )
    .map(|_| ())
}

/// Tells the contact book of a number.
pub(crate) fn tell_contacts(context: &Context, phone_id: &str) -> Result<(), ControlError> {
    send_contacts(
        context,
        StateOrder {
            phone_number_id: phone_id.to_owned(),
            customers: Vec::new(),
            identity: None,
            action: None,
        },
    )
    .map(|_| ())
}

async fn history(context: Data<Context>, order: Json<HistoryOrder>) -> Answer {
    send_history(&context, order.into_inner())
}

async fn state_sync(context: Data<Context>, order: Json<StateOrder>) -> Answer {
    send_contacts(&context, order.into_inner())
}

/// Makes half a year of messages, in Meta's three phases.
fn send_history(context: &Context, order: HistoryOrder) -> Answer {
    let (people, phone) = people(
        context,
        &order.customers,
        &order.phone_number_id,
        order.identity,
    )?;
    if order.messages * people.len() > MOST || order.chunk == 0 {
        return Err(ControlError::Invalid(format!(
            "at most {MOST} messages, and chunk must be 1 or more"
        )));
    }
    if order.declined {
        let errors = json!([{
            "code": 2_593_109,
            "title": "History sharing is turned off by the business from the WhatsApp Business App",
            "message": "History sharing is turned off by the business from the WhatsApp Business App",
            "error_data": { "details": "History sharing is turned off by the business" },
        }]);
        let declined = update(
            &phone,
            "history",
            &[("history", json!([{ "errors": errors }]))],
        );
        return Ok(Json(json!(context.webhooks.emit(&[declined])?)));
    }
    let (now, key, ids) = context.store.read(|world: &World| {
        let ids = world.quirks.message_ids;
        (world.now(), world.key.clone(), ids)
    });
    let chunks: Vec<&[Person]> = people.chunks(order.chunk).collect();
    let total = chunks.len() * 3;
    let mut updates = Vec::new();
    for (phase, (newest, oldest)) in [(0, 24), (24, 2_160), (2_160, 4_320)]
        .into_iter()
        .enumerate()
    {
        let each = (order.messages + 2 - phase) / 3;
        for (number, chunk) in chunks.iter().enumerate() {
            let threads: Vec<Value> = chunk
                .iter()
                .map(|person| {
                    let span = (now - Duration::hours(oldest), now - Duration::hours(newest));
                    thread((&key, ids), person, &phone, span, each)
                })
                .collect();
            let progress = (updates.len() + 1) * 100 / total;
            let part = json!([{
                "metadata": { "phase": phase, "chunk_order": number + 1, "progress": progress },
                "threads": threads,
            }]);
            updates.push(update(&phone, "history", &[("history", part)]));
        }
    }
    Ok(Json(json!(context.webhooks.emit(&updates)?)))
}

/// Makes a thread of alternating messages, spread evenly over the time, oldest first.
fn thread(
    (key, ids): (&str, MessageIds),
    person: &Person,
    phone: &Phone,
    span: (Time, Time),
    count: usize,
) -> Value {
    let scope = person.scope(ids);
    let step = (span.1 - span.0) / i32::try_from(count + 1).unwrap_or(i32::MAX);
    let mut messages = Vec::with_capacity(count);
    let mut at = span.0;
    for n in 0..count {
        at += step;
        let is_theirs = n % 2 == 0;
        let side = if is_theirs {
            Side::Customer
        } else {
            Side::Business
        };
        let mut message = json!({
            "id": wamid::fresh(key, side, scope),
            "timestamp": at.timestamp().to_string(),
            "history_context": { "status": if is_theirs { "READ" } else { "DELIVERED" } },
        });
        let business = phone.digits();
        // Meta's page on business-scoped ids has the ids of the author, and none of the recipient (grade A).
        if !is_theirs {
            message.put("from", json!(business));
        }
        if person.tells_number() {
            let name = if is_theirs { "from" } else { "to" };
            message.put(name, json!(person.number));
        }
        if is_theirs && person.tells_user_id() {
            message.put("from_user_id", json!(person.user_id));
            if let Some(parent) = &person.parent_user_id {
                message.put("from_parent_user_id", json!(parent));
            }
        }
        if n % 5 == 4 {
            message.put("type", json!("media_placeholder"));
        } else {
            message.put("type", json!("text"));
            message.put(
                "text",
                json!({ "body": format!("From earlier times, message {}", n + 1) }),
            );
        }
        messages.push(message);
    }
    let mut about = json!({});
    if person.tells_user_id() {
        about.put("user_id", json!(person.user_id));
        if let Some(parent) = &person.parent_user_id {
            about.put("parent_user_id", json!(parent));
        }
    }
    if person.tells_number() {
        about.put("wa_id", json!(person.number));
    }
    if let Some(username) = &person.username {
        about.put("username", json!(username));
    }
    let mut thread = json!({ "context": about, "messages": messages });
    if person.tells_number() {
        thread.put("id", json!(person.number));
    }
    thread
}

/// Sends the contact book of the WhatsApp Business app, or changes in it.
fn send_contacts(context: &Context, order: StateOrder) -> Answer {
    let (people, phone) = people(
        context,
        &order.customers,
        &order.phone_number_id,
        order.identity,
    )?;
    let action = order.action.unwrap_or_else(|| "add".to_owned());
    let now = context.store.read(World::now).timestamp();
    let entries: Vec<Value> = people
        .iter()
        .map(|person| {
            let mut contact = json!({});
            if person.tells_user_id() {
                contact.put("user_id", json!(person.user_id));
            }
            if person.tells_number() {
                contact.put("phone_number", json!(person.number));
            }
            if action != "remove" {
                let first = person.name.split(' ').next().unwrap_or_default();
                contact.put("full_name", json!(person.name));
                contact.put("first_name", json!(first));
            }
            if let Some(username) = &person.username {
                contact.put("username", json!(username));
            }
            json!({
                "type": "contact", "contact": contact, "action": action,
                "metadata": { "timestamp": now.to_string() },
            })
        })
        .collect();
    let sync = update(
        &phone,
        "smb_app_state_sync",
        &[("state_sync", json!(entries))],
    );
    Ok(Json(json!(context.webhooks.emit(&[sync])?)))
}
