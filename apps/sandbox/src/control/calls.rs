//! `/_sandbox/phones/{number}/calls`: the events of calls, in the forms of Meta's reference of the Calling API
//! (grade A).

use actix_web::web::{Data, Json, Path, ServiceConfig, post, resource};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::Answer;
use super::phones::{answer, blocked, both_ends, update};
use super::statuses::{overlay, recipient};
use crate::clock::Time;
use crate::context::Context;
use crate::customer::{Call, ComposeError, Identity, Person, attach, contacts};
use crate::graph::blocks;
use crate::media::{Content, Sample};
use crate::put::Put as _;
use crate::state::{Phone, World};
use crate::wamid;

/// The events that come when a call is over and its files are ready.
const RECORDING: &str = "call_recording_available";
const TRANSCRIPT: &str = "call_transcription_available";

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/phones/{number}/calls").route(post().to(call)));
}

/// An event of a call from the customer, or the status of a call to the customer.
#[derive(Deserialize)]
struct CallOrder {
    to: String,
    /// The call. The default for `connect` and `call_created` is a new one, else the newest.
    id: Option<String>,
    /// `call_created`, `connect`, `terminate`, `call_recording_available` or `call_transcription_available`.
    event: Option<String>,
    /// Instead of an event: `RINGING`, `ACCEPTED`, `REJECTED`.
    #[serde(rename = "callStatus")]
    call_status: Option<String>,
    identity: Option<Identity>,
    /// The value's `errors`, beside the call: `true` for a sample, or Meta's list.
    #[serde(rename = "valueErrors")]
    value_errors: Option<Value>,
    /// Tells whether to leave `contacts` out of the value.
    #[serde(rename = "withoutContacts", default)]
    without_contacts: bool,
    /// Further fields, in Meta's names. A null takes a field away.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

async fn call(context: Data<Context>, number: Path<String>, order: Json<CallOrder>) -> Answer {
    let mut order = order.into_inner();
    let (person, phone) = both_ends(&context, &number, &order.to, order.identity)?;
    if context
        .store
        .read(|world| blocks::is_blocked(world, &phone.id, &person.number))
    {
        return Ok(Json(json!(blocked())));
    }
    let now = context.store.read(World::now);
    let event = order.event.take().unwrap_or_else(|| "connect".to_owned());
    let id = id_of(&context, (&person, &phone), &order, &event);
    let timestamp = now.timestamp().to_string();
    let is_file = matches!(event.as_str(), RECORDING | TRANSCRIPT);
    let (list, mut item) = match &order.call_status {
        Some(status) => {
            let mut item =
                json!({ "id": id, "type": "call", "status": status, "timestamp": timestamp });
            recipient(&mut item, &person);
            ("statuses", item)
        }
        None => {
            let mut call = json!({ "id": id, "event": event, "timestamp": timestamp });
            ends(&mut call, &person, &phone, is_file);
            details(&context, &mut call, &phone, (&event, &order.rest), now)?;
            ("calls", call)
        }
    };
    overlay(&mut item, order.rest);
    if list == "calls" {
        context.chat.called(&person.number, &phone.id, now);
    }
    let mut parts = vec![(list, json!([item]))];
    if !is_file && !order.without_contacts {
        parts.push(("contacts", contacts(&person)));
    }
    match order.value_errors {
        Some(Value::Bool(true)) => parts.push(("errors", failure())),
        Some(Value::Bool(false)) | None => {}
        Some(errors) => parts.push(("errors", errors)),
    }
    let emission = context.webhooks.emit(&[update(&phone, "calls", &parts)])?;
    Ok(Json(answer(&[id], emission)))
}

/// Returns the call that the order is about, and remembers it as the newest.
fn id_of(
    context: &Context,
    (person, phone): (&Person, &Phone),
    order: &CallOrder,
    event: &str,
) -> String {
    let known = context.chat.call(&person.number, &phone.id);
    let is_status = order.call_status.is_some();
    let fitting = known.filter(|call| match event {
        _ if is_status => !call.is_over,
        RECORDING | TRANSCRIPT => true,
        "terminate" => !call.is_over,
        _ => false,
    });
    let given = order.id.clone();
    let id = given.or(fitting.map(|call| call.id)).unwrap_or_else(|| {
        let read = |world: &World| (world.key.clone(), world.quirks.message_ids);
        let (key, ids) = context.store.read(read);
        wamid::call(&key, person.scope(ids), &phone.digits())
    });
    let is_over = !is_status && matches!(event, "terminate" | RECORDING | TRANSCRIPT);
    let call = Call {
        id: id.clone(),
        is_over,
    };
    context.chat.keep_call(&person.number, &phone.id, call);
    id
}

/// Adds the customer as the caller and the business as the callee. The events of files name the customer alone.
fn ends(call: &mut Value, person: &Person, phone: &Phone, is_file: bool) {
    if person.tells_number() {
        call.put("from", json!(person.number));
    }
    if person.tells_user_id() {
        call.put("from_user_id", json!(person.user_id));
        if let Some(parent) = &person.parent_user_id {
            call.put("from_parent_user_id", json!(parent));
        }
    }
    if !is_file {
        call.put("to", json!(phone.digits()));
        call.put("direction", json!("USER_INITIATED"));
    }
}

/// Adds what the event is about.
fn details(
    context: &Context,
    call: &mut Value,
    phone: &Phone,
    (event, rest): (&str, &Map<String, Value>),
    now: Time,
) -> Result<(), ComposeError> {
    let sdp = "v=0\r\no=- 7602563789789945080 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
    match event {
        "connect" => call.put("session", json!({ "sdp_type": "offer", "sdp": sdp })),
        "terminate" => {
            let status = rest.get("status").and_then(Value::as_str);
            call.put("status", json!(status.unwrap_or("COMPLETED")));
            // Only of a call that was picked up.
            if status.is_none_or(|status| !status.eq_ignore_ascii_case("failed")) {
                call.put("start_time", json!((now.timestamp() - 42).to_string()));
                call.put("end_time", json!(now.timestamp().to_string()));
                call.put("duration", json!(42));
            }
        }
        RECORDING if !rest.contains_key("call_recording") => {
            let mut audio = json!({});
            let sample = Content::Sample(Sample::Audio);
            attach(context, phone, &mut audio, sample, now)?;
            call.put("call_recording", json!({ "type": "audio", "audio": audio }));
        }
        TRANSCRIPT if !rest.contains_key("call_transcript") => {
            let mut document = json!({});
            attach(context, phone, &mut document, transcript(), now)?;
            call.put("call_transcript", json!({ "document": document }));
        }
        _ => {}
    }
    Ok(())
}

fn transcript() -> Content<'static> {
    let text = "[Business] Hello? [Customer] Are you open on Sunday?";
    let segment = |id: i64, speaker: &str, text: &str| {
        let (start, end) = (id * 2 - 1, id * 2);
        json!({
            "id": id, "speaker": speaker, "channel": id - 1, "start": start, "end": end, "text": text,
            "confidence": 0.9,
        })
    };
    let document = json!({
        "metadata": {
            "processed_at": "2026-06-18T20:16:47Z",
            "audio": { "duration": 42, "sample_rate": 16_000, "channels": 2, "audio_format": "stereo" },
        },
        "transcript": {
            "text": text, "language": "en", "duration": 42, "confidence": 0.9,
            "segments": [
                segment(1, "Business", "Hello?"),
                segment(2, "Customer", "Are you open on Sunday?"),
            ],
        },
    });
    Content::Given {
        bytes: Bytes::from(document.to_string()),
        mime_type: "application/json".to_owned(),
    }
}

/// Makes the errors beside a call that failed.
fn failure() -> Value {
    json!([{
        "code": 138_001,
        "message": "Receiver uncallable",
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
        "error_data": { "details": "The person cannot be called." },
    }])
}
