//! `/_sandbox/phones`: customers and their messages to businesses.

use std::time::Instant;

use actix_web::web::{Data, Json, Path, Query, ServiceConfig, get, post, resource};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::{Answer, ControlError};
use crate::context::Context;
use crate::customer::{
    Event, Identity, KINDS, MessageOrder, Person, Scene, Settings, compose, contact_of_echo,
    contacts, digits, free_number, moves_to, pass_on,
};
use crate::graph::blocks;
use crate::put::Put as _;
use crate::state::{Phone, World};
use crate::wamid::Side;
use crate::webhooks::{Emission, Silence, Update};

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
        .service(resource("/phones/{number}/pass_on").route(post().to(hand_over)))
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
    Ok(Json(context.store.read(|world| view(world, &number))))
}

fn view(world: &World, number: &str) -> Value {
    let settings = world.customers.get(number).cloned().unwrap_or_default();
    let of = |business: &str| Person::of(world, number, business);
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
        "idsOf": settings.ids_of,
        "identityHash": settings.identity_hash,
        "userIds": user_ids,
    })
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

/// The new owner of a number, and the former owner's next number.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct PassOn {
    /// The number under which the former owner goes on. The default is another one.
    to: Option<String>,
    /// The new owner's name.
    name: Option<String>,
}

/// Gives the number to another person, without a system message.
async fn hand_over(context: Data<Context>, number: Path<String>, order: Json<PassOn>) -> Answer {
    let number = number_of(&number)?;
    let PassOn { to, name } = order.into_inner();
    let to = match to {
        Some(to) => number_of(&to)?,
        None => context.store.read(|world| free_number(world, &number)),
    };
    if to == number {
        let text = "the former owner goes on under another number";
        return Err(ControlError::Invalid(text.to_owned()));
    }
    context
        .store
        .change(|world| pass_on(world, &number, &to, name));
    context.store.flush().await?;
    context.chat.pass_on(&number, &to);
    Ok(Json(context.store.read(
        |world| json!({ "owner": view(world, &number), "formerOwner": view(world, &to) }),
    )))
}

pub(super) fn number_of(text: &str) -> Result<String, ControlError> {
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

/// Returns the result of what a blocked customer does: nothing arrives.
pub(super) fn blocked() -> Emission {
    Emission {
        silence: Some(Silence::Blocked),
        ..Emission::default()
    }
}

pub(super) fn answer(ids: &[String], emission: Emission) -> Value {
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
    if context
        .store
        .read(|world| blocks::is_blocked(world, &phone.id, &person.number))
    {
        return Ok(Json(json!(blocked())));
    }
    let quirks = context.store.read(|world| world.quirks.clone());
    let scene = Scene {
        context: &context,
        person: &person,
        phone: &phone,
        side: Side::Customer,
        ids: quirks.message_ids,
    };
    let answered = scene.answered(&order);
    let tells_contacts =
        !order.without_contacts && (order.kind != "system" || quirks.system_contacts);
    let (mut ids, mut updates, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for n in 1..=order.count {
        let written = compose(&scene, &order, &answered, n)?;
        let mut parts = vec![("messages", json!([written.message]))];
        if tells_contacts {
            parts.push(("contacts", contacts(&person)));
        }
        updates.push(update(&phone, "messages", &parts));
        events.push(Event::Received {
            message: written.message,
        });
        ids.push(written.id);
    }
    let moved = match events.last() {
        Some(Event::Received { message }) => moves_to(message, &person.number),
        _ => None,
    };
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

/// Moves the person to another number: the name stays, the business-scoped ids do not.
async fn change_number(context: &Context, from: &str, to: String) -> Result<(), ControlError> {
    context.store.change(|world| {
        let settings = Settings::moved(world, from);
        world.customers.remove(from);
        world.customers.insert(to, settings);
    });
    Ok(context.store.flush().await?)
}

/// Writes a message of the business in the WhatsApp Business app (coexistence).
async fn echo(context: Data<Context>, number: Path<String>, order: Json<MessageOrder>) -> Answer {
    let order = order.into_inner();
    let (person, phone) = both_ends(&context, &number, &order.to, order.identity)?;
    let quirks = context.store.read(|world| world.quirks.clone());
    let scene = Scene {
        context: &context,
        person: &person,
        phone: &phone,
        side: Side::Business,
        ids: quirks.message_ids,
    };
    let written = compose(&scene, &order, &scene.answered(&order), 1)?;
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
    let mut parts = vec![("message_echoes", json!([message]))];
    if !order.without_contacts && !quirks.no_echo_contacts {
        parts.push(("contacts", json!([contact_of_echo(&person)])));
    }
    let echo = update(&phone, "smb_message_echoes", &parts);
    let emission = context.webhooks.emit(&[echo])?;
    let now = context.store.read(World::now);
    let events = vec![Event::Sent { message }];
    context.chat.add(&person.number, &phone.id, now, events)?;
    Ok(Json(answer(&[written.id], emission)))
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
