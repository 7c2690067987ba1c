//! `{phone}/calls` and `{phone}/call_permissions`, as far as their answers are needed: no sound flows. The webhooks of a
//! call of the business follow the knob `calls`; what else the customer does is told by the control API.
//!
//! Source: OpenAPI v23 for the shapes (A), Meta's pages for the limits (A).

use chrono::Duration;
use serde_json::{Value, json};

use super::auth::{self, MESSAGE_WHATSAPP};
use super::{GraphError, params};
use crate::call::Call;
use crate::clock::Time;
use crate::context::Context;
use crate::customer::{Call as KnownCall, Person, contacts, digits};
use crate::put::Put as _;
use crate::sending::Pickup;
use crate::state::{Phone, World};
use crate::wamid;
use crate::webhooks::Update;

const ACTIONS: [&str; 5] = ["connect", "pre_accept", "accept", "reject", "terminate"];

/// Answers `POST {phone}/calls`, and tells what follows from it.
pub(super) fn act(context: &Context, call: &Call, id: &str) -> Result<Value, GraphError> {
    let (phone, action) = context.store.read(|world| check(world, call, id))?;
    if action != "connect" {
        let call_id = params::required(call, "call_id")?;
        if matches!(action, "reject" | "terminate") {
            let call = json!({ "id": call_id, "event": "terminate", "status": "COMPLETED" });
            tell(
                context,
                &phone,
                vec![("calls", with_time(context, call))],
                None,
            )?;
        }
        return Ok(json!({ "messaging_product": "whatsapp", "success": true }));
    }
    let to = params::required(call, "to")?;
    let number = digits(to).ok_or_else(|| params::wrong("to", "a phone number"))?;
    let (person, key, answers) = context.store.read(|world| {
        let business = world.business_of(&phone).map(|it| it.id.clone());
        let person = Person::of(world, &number, &business.unwrap_or_default());
        (person, world.key.clone(), world.sending.calls)
    });
    let id = wamid::call(&key, &person.number, &phone.digits());
    let known = KnownCall {
        id: id.clone(),
        is_over: answers == Pickup::Reject,
    };
    context.chat.keep_call(&person.number, &phone.id, known);
    let status = |status: &str| {
        let mut item = json!({ "id": id, "type": "call", "status": status });
        if person.tells_number() {
            item.put("recipient_id", json!(person.number));
        }
        if person.tells_user_id() {
            item.put("recipient_user_id", json!(person.user_id));
        }
        ("statuses", with_time(context, item))
    };
    let mut told = vec![status("RINGING")];
    match answers {
        Pickup::Ring => {}
        Pickup::Reject => told.push(status("REJECTED")),
        Pickup::Accept => {
            let sdp = "v=0\r\no=- 7602563789789945080 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
            let mut connect = json!({
                "id": id,
                "event": "connect",
                "from": phone.digits(),
                "direction": "BUSINESS_INITIATED",
                "session": { "sdp_type": "answer", "sdp": sdp },
            });
            if person.tells_number() {
                connect.put("to", json!(person.number));
            }
            if person.tells_user_id() {
                connect.put("to_user_id", json!(person.user_id));
            }
            told.push(("calls", with_time(context, connect)));
            told.push(status("ACCEPTED"));
        }
    }
    tell(context, &phone, told, Some(&person))?;
    Ok(json!({
        "messaging_product": "whatsapp",
        "calls": [{ "id": id }],
        "success": true,
    }))
}

fn with_time(context: &Context, item: Value) -> Value {
    let now = context.store.read(World::now);
    let mut item = item;
    item.put("timestamp", json!(now.timestamp().to_string()));
    item
}

/// Sends webhooks of the field `calls`, in this order.
fn tell(
    context: &Context,
    phone: &Phone,
    told: Vec<(&str, Value)>,
    person: Option<&Person>,
) -> Result<(), GraphError> {
    let update = |(list, item): (&str, Value)| {
        let mut value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": phone.digits(), "phone_number_id": phone.id },
            list: [item],
        });
        if let Some(person) = person {
            value.put("contacts", contacts(person));
        }
        Update {
            waba_id: phone.waba_id.clone(),
            phone_id: Some(phone.id.clone()),
            time: None,
            field: "calls".to_owned(),
            value,
        }
    };
    let updates: Vec<Update> = told.into_iter().map(update).collect();
    let emitted = context.webhooks.emit(&updates);
    emitted.map(|_| ()).map_err(|_| GraphError::of(2))
}

/// Checks a call's action and session, and returns the number and the action.
fn check(world: &World, call: &Call, id: &str) -> Result<(Phone, &'static str), GraphError> {
    let token = auth::holder(world, call, world.now())?;
    auth::require_scope(&token, MESSAGE_WHATSAPP)?;
    let phone = auth::phone(world, &token, id, "post")?;
    params::product(call)?;
    let action = params::one_of("action", params::required(call, "action")?, &ACTIONS)?;
    let settings = super::sheets::find("settings").map(|sheet| sheet.values(phone));
    let status = settings
        .as_ref()
        .and_then(|settings| settings.pointer("/calling/status"))
        .and_then(Value::as_str);
    if status != Some("ENABLED") {
        return Err(GraphError::of(138_000));
    }
    let session = match action {
        "connect" => Some("offer"),
        "accept" | "pre_accept" => Some("answer"),
        _ => None,
    };
    if let Some(kind) = session {
        let given = call.value("session");
        let given = given.ok_or_else(|| params::missing("session"))?;
        let has_sdp = given.get("sdp").is_some_and(Value::is_string);
        if given.get("sdp_type").and_then(Value::as_str) != Some(kind) || !has_sdp {
            let must = format!("an object of sdp_type {kind} with an sdp");
            return Err(params::wrong("session", &must));
        }
    }
    Ok((phone.clone(), action))
}

/// Answers `GET {phone}/call_permissions`: nobody has given one, and one may be asked for.
pub(super) fn permissions(
    world: &World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<Value, GraphError> {
    auth::phone_of(world, call, id)?;
    let user = call.param("user_wa_id").or_else(|| call.param("recipient"));
    user.ok_or_else(|| params::missing("user_wa_id"))?;
    let limit = |period: &str, most: u32, span: Duration| {
        json!({
            "time_period": period,
            "current_usage": 0,
            "max_allowed": most,
            "limit_expiration_time": (now + span).timestamp(),
        })
    };
    Ok(json!({
        "messaging_product": "whatsapp",
        "permission": { "status": "no_permission" },
        "actions": [
            {
                "action_name": "send_call_permission_request",
                "can_perform_action": true,
                "limits": [
                    limit("PT24H", 1, Duration::hours(24)),
                    limit("P7D", 2, Duration::days(7)),
                ],
            },
            { "action_name": "start_call", "can_perform_action": false },
        ],
    }))
}
