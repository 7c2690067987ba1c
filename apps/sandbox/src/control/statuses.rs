//! `/_sandbox/phones/{number}/statuses` and `/payments`: statuses on demand.

use actix_web::web::{Data, Json, Path, ServiceConfig, post, resource};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::{Answer, ControlError};
use super::phones::{answer, both_ends, update};
use crate::context::Context;
use crate::customer::{By, Event, Identity, Person, contact, contact_of_sent};
use crate::put::Put as _;
use crate::state::{MessageIds, Phone, World};
use crate::wamid;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(resource("/phones/{number}/statuses").route(post().to(status)))
        .service(resource("/phones/{number}/payments").route(post().to(payment)));
}

/// A status of a message from the business to the customer.
#[derive(Deserialize)]
struct StatusOrder {
    from: String,
    /// The message. The default is the newest of the business in the thread.
    id: Option<String>,
    status: String,
    timestamp: Option<i64>,
    identity: Option<Identity>,
    /// The spelling of the id. The default leaves it as it is.
    #[serde(rename = "messageIds")]
    message_ids: Option<MessageIds>,
    /// Further fields of the status, in Meta's names.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// Puts the recipient into a status, as far as the customer's identity shows.
pub(super) fn recipient(status: &mut Value, person: &Person) {
    if person.tells_number() {
        status.put("recipient_id", json!(person.number));
    }
    if person.tells_user_id() {
        status.put("recipient_user_id", json!(person.user_id));
        if let Some(parent) = &person.parent_user_id {
            status.put("recipient_parent_user_id", json!(parent));
        }
    }
}

/// Puts further fields into an object. A null takes a field away.
pub(super) fn overlay(object: &mut Value, rest: Map<String, Value>) {
    if let Value::Object(fields) = object {
        for (name, value) in rest {
            match value {
                Value::Null => fields.remove(&name),
                value => fields.insert(name, value),
            };
        }
    }
}

/// Returns the given id or that of the newest fitting message of the business.
fn message_of(
    context: &Context,
    (person, phone): (&Person, &Phone),
    given: Option<String>,
    fits: impl Fn(&Value) -> bool,
) -> Result<String, ControlError> {
    let newest = || {
        let chat = &context.chat;
        let message = chat.newest(&person.number, &phone.id, By::Business, fits)?;
        Some(message.get("id")?.as_str()?.to_owned())
    };
    let missing = || ControlError::Invalid("id is missing, and the thread is empty".to_owned());
    given.or_else(newest).ok_or_else(missing)
}

async fn status(context: Data<Context>, number: Path<String>, order: Json<StatusOrder>) -> Answer {
    let order = order.into_inner();
    let (person, phone) = both_ends(&context, &number, &order.from, order.identity)?;
    let (now, quirks) = context
        .store
        .read(|world: &World| (world.now(), world.quirks.clone()));
    let id = message_of(&context, (&person, &phone), order.id, |_| true)?;
    let timestamp = order.timestamp.unwrap_or_else(|| now.timestamp());
    let spelled = match order.message_ids.unwrap_or(quirks.message_ids) {
        MessageIds::AsAddressed => id.clone(),
        ids => wamid::spelled(&id, person.scope(ids)),
    };
    let mut status = json!({
        "id": spelled,
        "status": order.status,
        "timestamp": timestamp.to_string(),
    });
    recipient(&mut status, &person);
    let is_of_message = !order.rest.contains_key("type");
    overlay(&mut status, order.rest);
    let mut parts = vec![("statuses", json!([status]))];
    let told = match order.status.as_str() {
        _ if !is_of_message => None,
        "sent" => Some(contact_of_sent(&person)),
        "failed" if !quirks.failed_contacts => None,
        "delivered" | "read" | "played" | "failed" => Some(contact(&person)),
        _ => None,
    };
    if let Some(contact) = told {
        parts.push(("contacts", json!([contact])));
    }
    let emission = context
        .webhooks
        .emit(&[update(&phone, "messages", &parts)])?;
    if is_of_message {
        let event = Event::Status {
            id: id.clone(),
            status: order.status,
        };
        context
            .chat
            .add(&person.number, &phone.id, now, vec![event])?;
    }
    Ok(Json(answer(&[id], emission)))
}

/// The status of the customer's payment for an order of the business.
#[derive(Deserialize)]
struct PaymentOrder {
    from: String,
    /// The message with the order. The default is the newest one.
    id: Option<String>,
    /// `captured`, `pending` or `failed`.
    #[serde(default = "captured")]
    status: String,
    timestamp: Option<i64>,
    identity: Option<Identity>,
    /// Fields of `payment` that replace those of the sample. A null takes one away.
    #[serde(default)]
    payment: Map<String, Value>,
}

fn captured() -> String {
    "captured".to_owned()
}

/// Tells a payment, in the form of Meta's pages on payments in India (grade C, the shape is from vendors that hand it
/// on).
async fn payment(
    context: Data<Context>,
    number: Path<String>,
    order: Json<PaymentOrder>,
) -> Answer {
    let order = order.into_inner();
    let (person, phone) = both_ends(&context, &number, &order.from, order.identity)?;
    let now = context.store.read(World::now).timestamp();
    let asks = |message: &Value| {
        let inner = message.pointer("/interactive/type");
        inner.is_some_and(|it| it == "order_details") || message["type"] == "template"
    };
    let id = message_of(&context, (&person, &phone), order.id, asks)?;
    let outcome = match order.status.as_str() {
        "captured" => "success",
        other => other,
    };
    let mut payment = json!({
        "reference_id": "order-4711",
        "amount": { "value": 21_000, "offset": 100 },
        "currency": "INR",
        "transaction": {
            "id": "pay_4711",
            "type": "upi",
            "status": outcome,
            "created_timestamp": now - 60,
            "updated_timestamp": now,
        },
    });
    overlay(&mut payment, order.payment);
    let timestamp = order.timestamp.unwrap_or(now);
    let mut status = json!({
        "id": id,
        "type": "payment",
        "status": order.status,
        "timestamp": timestamp.to_string(),
        "payment": payment,
    });
    recipient(&mut status, &person);
    let told = update(&phone, "messages", &[("statuses", json!([status]))]);
    let emission = context.webhooks.emit(&[told])?;
    Ok(Json(answer(&[id], emission)))
}
