//! `/_sandbox/phones`: customers and their messages to businesses.

use std::time::Instant;

use actix_web::web::{Data, Json, Path, Query, ServiceConfig, get, post, resource};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::{Answer, ControlError};
use crate::context::Context;
use crate::customer::{
    Event, Identity, KINDS, MessageOrder, Person, Settings, compose, contacts, digits, message_id,
};
use crate::put::Put as _;
use crate::state::{Phone, World};
use crate::webhooks::{Emission, Update};

/// The most messages that one order makes.
const MOST: usize = 10_000;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/phones").route(get().to(list)))
        .service(
            resource("/phones/{number}")
                .route(get().to(show))
                .route(post().to(set)),
        )
        .service(resource("/phones/{number}/messages").route(post().to(write)))
        .service(resource("/phones/{number}/echoes").route(post().to(echo)))
        .service(resource("/phones/{number}/statuses").route(post().to(status)))
        .service(resource("/phones/{number}/calls").route(post().to(call)))
        .service(resource("/phones/{number}/thread").route(get().to(thread)));
}

/// Lists customers who have written or who were set.
async fn list(context: Data<Context>) -> Answer {
    let mut numbers = context.chat.customers();
    context.store.read(|world| {
        for number in world.customers.keys() {
            if !numbers.contains(number) {
                numbers.push(number.clone());
            }
        }
    });
    let types: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    Ok(Json(json!({ "data": numbers, "types": types })))
}

async fn show(context: Data<Context>, number: Path<String>) -> Answer {
    let number = number_of(&number)?;
    Ok(Json(context.store.read(|world| {
        let settings = world.customers.get(&number).cloned().unwrap_or_default();
        let of = |business: &str| Person::of(world, &number, business);
        let user_ids: Map<String, Value> = world
            .businesses
            .iter()
            .map(|business| (business.id.clone(), json!(of(&business.id).user_id)))
            .collect();
        let person = of("");
        json!({
            "number": number,
            "name": person.name,
            "username": person.username,
            "identity": settings.identity,
            "hasParentId": settings.has_parent_id,
            "generation": settings.generation,
            "userIds": user_ids,
        })
    })))
}

/// Sets a customer's identity. Omitted parts are derived from the number.
async fn set(context: Data<Context>, number: Path<String>, settings: Json<Settings>) -> Answer {
    let digits = number_of(&number)?;
    context
        .store
        .change(|world| world.customers.insert(digits, settings.into_inner()));
    context.store.flush().await?;
    show(context, number).await
}

fn number_of(text: &str) -> Result<String, ControlError> {
    digits(text).ok_or_else(|| ControlError::Invalid("a number has 5 to 15 digits".to_owned()))
}

/// Returns the business number, and the customer as its business sees them.
pub(super) fn both_ends(
    context: &Context,
    customer: &str,
    phone_id: &str,
    identity: Option<Identity>,
) -> Result<(Person, Phone), ControlError> {
    let number = number_of(customer)?;
    context.store.read(|world| {
        let phone = world.phone(phone_id).cloned();
        let phone =
            phone.ok_or_else(|| ControlError::NotFound(format!("no phone number {phone_id}")))?;
        let business = world
            .waba(&phone.waba_id)
            .map(|waba| waba.business_id.clone());
        let mut person = Person::of(world, &number, &business.unwrap_or_default());
        person.identity = identity.unwrap_or(person.identity);
        Ok((person, phone))
    })
}

/// Makes an update of the number, with its metadata.
pub(super) fn update(phone: &Phone, field: &str, parts: &[(&str, Value)]) -> Update {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": phone.digits(), "phone_number_id": phone.id },
    });
    for (name, part) in parts {
        value.put(name, part.clone());
    }
    Update {
        waba_id: phone.waba_id.clone(),
        phone_id: Some(phone.id.clone()),
        time: None,
        field: field.to_owned(),
        value,
    }
}

fn answer(ids: &[String], emission: Emission) -> Value {
    let mut view = json!(emission);
    view.put("id", json!(ids.first()));
    view.put("ids", json!(ids));
    view
}

/// Writes a customer's message to the business.
async fn write(context: Data<Context>, number: Path<String>, order: Json<MessageOrder>) -> Answer {
    let order = order.into_inner();
    let (person, phone) = both_ends(&context, &number, &order.to, order.identity)?;
    if !phone.is_connected() {
        return Err(ControlError::Invalid(format!(
            "nobody can write to {}: it is not registered",
            phone.display_phone_number
        )));
    }
    if !(1..=MOST).contains(&order.count) {
        return Err(ControlError::Invalid(format!(
            "count must be from 1 to {MOST}"
        )));
    }
    let (mut ids, mut updates, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for n in 1..=order.count {
        let written = compose(&context, &person, &phone, &order, n)?;
        let mut parts = vec![("messages", json!([written.message]))];
        if !order.without_contacts {
            parts.push(("contacts", contacts(&person)));
        }
        updates.push(update(&phone, "messages", &parts));
        events.push(Event::Received {
            message: written.message,
        });
        ids.push(written.id);
    }
    let moved = moved_to(&events);
    context.sending.people.remember(&person);
    let rate = phone.messages_a_second();
    let limits = &context.sending.limits;
    limits.take_inbound(&phone.id, rate, order.count, Instant::now());
    let emission = context.webhooks.emit(&updates)?;
    let now = context.store.read(World::now);
    context.chat.add(&person.number, &phone.id, now, events)?;
    if let Some(to) = moved {
        change_number(&context, &person.number, to).await?;
    }
    Ok(Json(answer(&ids, emission)))
}

/// Returns the customer's new number, from a system message.
fn moved_to(events: &[Event]) -> Option<String> {
    let Some(Event::Received { message }) = events.last() else {
        return None;
    };
    let system = &message["system"];
    let moves = system["type"] == "user_changed_number";
    moves
        .then(|| system["wa_id"].as_str().and_then(digits))
        .flatten()
}

/// Moves the person to another number: the name stays, the business-scoped ids do not.
async fn change_number(context: &Context, from: &str, to: String) -> Result<(), ControlError> {
    context.store.change(|world| {
        let person = Person::of(world, from, "");
        let mut settings = world.customers.remove(from).unwrap_or_default();
        settings.name = Some(person.name);
        settings.generation += 1;
        world.customers.insert(to, settings);
    });
    Ok(context.store.flush().await?)
}

/// Writes a message of the business in the WhatsApp Business app (coexistence).
async fn echo(context: Data<Context>, number: Path<String>, order: Json<MessageOrder>) -> Answer {
    let order = order.into_inner();
    let (person, phone) = both_ends(&context, &number, &order.to, order.identity)?;
    let written = compose(&context, &person, &phone, &order, 1)?;
    let mut message = written.message;
    if let Some(fields) = message.as_object_mut() {
        for (old, new) in [
            ("from", "to"),
            ("from_user_id", "to_user_id"),
            ("from_parent_user_id", "to_parent_user_id"),
        ] {
            if let Some(value) = fields.remove(old) {
                fields.insert(new.to_owned(), value);
            }
        }
        fields.insert("from".to_owned(), json!(phone.digits()));
    }
    let echo = update(
        &phone,
        "smb_message_echoes",
        &[("message_echoes", json!([message]))],
    );
    let emission = context.webhooks.emit(&[echo])?;
    let now = context.store.read(World::now);
    let events = vec![Event::Sent { message }];
    context.chat.add(&person.number, &phone.id, now, events)?;
    Ok(Json(answer(&[written.id], emission)))
}

/// A status of a message from the business to the customer.
#[derive(Deserialize)]
struct StatusOrder {
    from: String,
    id: String,
    status: String,
    timestamp: Option<i64>,
    identity: Option<Identity>,
    /// Further fields of the status, in Meta's names.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

async fn status(context: Data<Context>, number: Path<String>, order: Json<StatusOrder>) -> Answer {
    let order = order.into_inner();
    let (person, phone) = both_ends(&context, &number, &order.from, order.identity)?;
    let now = context.store.read(World::now);
    let timestamp = order.timestamp.unwrap_or_else(|| now.timestamp());
    let mut status = json!({
        "id": order.id,
        "status": order.status,
        "timestamp": timestamp.to_string(),
    });
    if person.tells_number() {
        status.put("recipient_id", json!(person.number));
    }
    if person.tells_user_id() {
        status.put("recipient_user_id", json!(person.user_id));
        if let Some(parent) = &person.parent_user_id {
            status.put("recipient_parent_user_id", json!(parent));
        }
    }
    for (name, value) in order.rest {
        status.put(name.as_str(), value);
    }
    let mut parts = vec![("statuses", json!([status]))];
    if matches!(order.status.as_str(), "sent" | "delivered" | "read") {
        parts.push(("contacts", contacts(&person)));
    }
    let emission = context
        .webhooks
        .emit(&[update(&phone, "messages", &parts)])?;
    let event = Event::Status {
        id: order.id.clone(),
        status: order.status,
    };
    context
        .chat
        .add(&person.number, &phone.id, now, vec![event])?;
    Ok(Json(answer(&[order.id], emission)))
}

/// A call from the customer, or the status of a call to the customer.
#[derive(Deserialize)]
struct CallOrder {
    to: String,
    id: Option<String>,
    /// `connect` or `terminate`.
    event: Option<String>,
    /// Instead of an event: `RINGING`, `ACCEPTED`, `REJECTED`.
    #[serde(rename = "callStatus")]
    call_status: Option<String>,
    identity: Option<Identity>,
    /// Further fields, in Meta's names.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

async fn call(context: Data<Context>, number: Path<String>, order: Json<CallOrder>) -> Answer {
    let order = order.into_inner();
    let (person, phone) = both_ends(&context, &number, &order.to, order.identity)?;
    let (now, key) = context.store.read(|world| (world.now(), world.key.clone()));
    let id = order
        .id
        .unwrap_or_else(|| message_id(&key, &person.number).replacen("wamid", "wacid", 1));
    let timestamp = now.timestamp().to_string();
    let (list, mut item) = match order.call_status {
        Some(status) => (
            "statuses",
            json!({ "id": id, "type": "call", "status": status, "timestamp": timestamp, "recipient_id": person.number }),
        ),
        None => {
            let event = order.event.unwrap_or_else(|| "connect".to_owned());
            let mut call = json!({
                "id": id, "to": phone.digits(), "event": event, "timestamp": timestamp,
                "direction": "USER_INITIATED",
            });
            if person.tells_number() {
                call.put("from", json!(person.number));
            }
            if person.tells_user_id() {
                call.put("from_user_id", json!(person.user_id));
            }
            match event.as_str() {
                "connect" => {
                    call.put("session", json!({ "sdp_type": "offer", "sdp": "v=0\r\no=- 7602563789789945080 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" }));
                }
                _ => {
                    call.put("status", json!("COMPLETED"));
                    call.put("start_time", json!((now.timestamp() - 42).to_string()));
                    call.put("end_time", json!(timestamp));
                    call.put("duration", json!(42));
                }
            }
            ("calls", call)
        }
    };
    for (name, value) in order.rest {
        item.put(name.as_str(), value);
    }
    if list == "calls" {
        context.chat.called(&person.number, &phone.id, now);
    }
    let parts = [(list, json!([item])), ("contacts", contacts(&person))];
    let emission = context.webhooks.emit(&[update(&phone, "calls", &parts)])?;
    Ok(Json(answer(&[id], emission)))
}

#[derive(Deserialize)]
struct ThreadOf {
    /// The business number's id.
    with: String,
    #[serde(default)]
    after: u64,
}

/// Returns the messages between customer and business.
async fn thread(context: Data<Context>, number: Path<String>, of: Query<ThreadOf>) -> Answer {
    let number = number_of(&number)?;
    let events = context.chat.thread(&number, &of.with, of.after);
    Ok(Json(json!({ "data": events })))
}
