//! Pins the form of every webhook that the sandbox sends, each with Meta's page that it is from.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use super::callback::{Callback, TOKEN};
use super::support::*;

const AVA: &str = "4915112345678";
const BRUNO: &str = "34655010203";
const GROUP: &str = "Y2FwaV9ncm91cDox";

/// A form: its name, Meta's page that it is from, the page's grade, and the order that makes it.
type Form = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Value,
);

/// The paths of orders. `send` is a message of the business.
const WRITE: &str = "phones/4915112345678/messages";
const STATUS: &str = "phones/4915112345678/statuses";
const PAY: &str = "phones/4915112345678/payments";
const CALL: &str = "phones/4915112345678/calls";
const ECHO: &str = "phones/4915112345678/echoes";
const SEND: &str = "send";
/// A message of the business by the route for marketing.
const MARKET: &str = "market";
const CLICK: &str = "phones/4915112345678/clicks";
/// The ids of templates.
const VISIT: &str = "920000000000001";
const OFFER: &str = "920000000000002";

fn write(name: &'static str, page: &'static str, grade: &'static str, order: Value) -> Form {
    let mut order = order;
    order["to"] = json!(CONNECTED);
    (name, page, grade, WRITE, order)
}

/// The forms of customers' messages.
fn of_customers() -> Vec<Form> {
    let simple = |kind: &'static str, page: &'static str, grade: &'static str| {
        write(kind, page, grade, json!({ "type": kind }))
    };
    let system = |kind: &str| json!({ "type": "system", "system": { "type": kind } });
    vec![
        simple("text", "webhooks, messages, text; OpenAPI v23.0", "A"),
        write(
            "text, by number alone",
            "webhooks, messages, text",
            "A",
            json!({ "identity": "phone" }),
        ),
        write(
            "text, by user id alone",
            "business-scoped user IDs, incoming messages",
            "A",
            json!({ "identity": "bsuid" }),
        ),
        write(
            "text, a reply",
            "webhooks, messages, text; OpenAPI v23.0",
            "A",
            json!({ "replyTo": "wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI0RTJEOTc2ODVERUY5RDlGNkYA" }),
        ),
        write(
            "text, from an ad",
            "webhooks, messages, text; OpenAPI v23.0",
            "A",
            json!({ "referral": true }),
        ),
        write(
            "text, in a group",
            "Groups API, webhooks; business-scoped user IDs, incoming messages",
            "A",
            json!({ "groupId": GROUP }),
        ),
        simple("image", "webhooks, messages, image; OpenAPI v23.0", "A"),
        simple("video", "webhooks, messages, video; OpenAPI v23.0", "A"),
        simple(
            "document",
            "webhooks, messages, document; OpenAPI v23.0",
            "A",
        ),
        simple("audio", "webhooks, messages, audio; OpenAPI v23.0", "A"),
        simple("voice", "webhooks, messages, audio; OpenAPI v23.0", "A"),
        simple("sticker", "webhooks, messages, sticker; OpenAPI v23.0", "A"),
        simple(
            "location",
            "webhooks, messages, location; OpenAPI v23.0",
            "A",
        ),
        simple(
            "contacts",
            "webhooks, messages, contacts; OpenAPI v23.0",
            "A",
        ),
        write(
            "contacts, asked for",
            "business-scoped user IDs, contact request",
            "A",
            json!({ "type": "contacts", "origin": "contact_request" }),
        ),
        simple(
            "reaction",
            "webhooks, messages, reaction; OpenAPI v23.0",
            "A",
        ),
        simple("button", "webhooks, messages, button; OpenAPI v23.0", "A"),
        simple(
            "button_reply",
            "webhooks, messages, interactive, button reply",
            "A",
        ),
        simple(
            "list_reply",
            "webhooks, messages, interactive, list reply",
            "A",
        ),
        simple("nfm_reply", "Flows, receiving the response", "B"),
        simple(
            "call_permission_reply",
            "Calling API, user calling permission request webhook",
            "A",
        ),
        simple("order", "webhooks, messages, order; OpenAPI v23.0", "A"),
        simple("edit", "webhooks, messages, edit", "B"),
        simple("revoke", "webhooks, messages, revoke", "B"),
        simple(
            "unsupported",
            "webhooks, messages, unsupported; OpenAPI v23.0",
            "A",
        ),
        simple(
            "request_welcome",
            "webhooks, messages (ended in March 2026)",
            "B",
        ),
        simple("media_placeholder", "webhooks, history", "B"),
        write(
            "system, another identity",
            "webhooks, messages, system (the type is met by others)",
            "B",
            system("user_identity_changed"),
        ),
        write(
            "system, another user id",
            "business-scoped user IDs, system; changelog of August 2026",
            "A*",
            system("user_changed_user_id"),
        ),
        write(
            "system, another number",
            "webhooks, messages, system; business-scoped user IDs, system",
            "A",
            system("user_changed_number"),
        ),
    ]
}

/// The forms of statuses and payments, on order and by themselves.
fn of_statuses() -> Vec<Form> {
    let page = "webhooks, messages, status; business-scoped user IDs, status messages";
    let on_order = |name: &'static str, more: Value| {
        let mut order = json!({ "from": CONNECTED, "id": "wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBI0RTJEOTc2ODVERUY5RDlGNkYA" });
        for (field, value) in more.as_object().unwrap() {
            order[field] = value.clone();
        }
        (name, page, "A", STATUS, order)
    };
    let errors = json!([{ "code": 131_049, "title": "Not delivered" }]);
    let text =
        json!({ "type": "text", "text": { "body": "Hello" }, "biz_opaque_callback_data": "m-1" });
    let send = |name: &'static str, page: &'static str, grade: &'static str, to: Value| {
        let mut message = text.clone();
        for (field, value) in to.as_object().unwrap() {
            message[field] = value.clone();
        }
        (name, page, grade, SEND, message)
    };
    vec![
        on_order("status sent", json!({ "status": "sent" })),
        on_order("status delivered", json!({ "status": "delivered" })),
        on_order(
            "status read, by user id alone",
            json!({ "status": "read", "identity": "bsuid" }),
        ),
        on_order("status played", json!({ "status": "played" })),
        on_order(
            "status failed",
            json!({ "status": "failed", "errors": errors }),
        ),
        send("statuses of a message", page, "A", json!({ "to": AVA })),
        send(
            "a closed window",
            "support, error codes; public threads",
            "C",
            json!({ "to": BRUNO, "biz_opaque_callback_data": "closed" }),
        ),
        send(
            "an id of nobody",
            "support, error codes (that this tells it is a convention)",
            "?",
            json!({ "recipient": "DE.99999" }),
        ),
        send(
            "statuses of a group's message",
            "Groups API, webhooks, group message status; business-scoped user IDs, groups",
            "A",
            json!({ "to": GROUP, "recipient_type": "group" }),
        ),
        (
            "payment",
            "payments in India, payment status; vendors that hand it on",
            "C",
            PAY,
            json!({ "from": CONNECTED }),
        ),
    ]
}

/// The forms of calls and of the WhatsApp Business app.
fn of_calls_and_coexistence() -> Vec<Form> {
    let call = |name: &'static str, page: &'static str, more: Value| {
        let mut order = more;
        order["to"] = json!(CONNECTED);
        (name, page, "A", CALL, order)
    };
    let coexistence = |path: &'static str, name: &'static str, page: &'static str, more: Value| {
        let mut order = more;
        order["phoneNumberId"] = json!(COEXISTENCE);
        order["customers"] = json!([AVA]);
        (name, page, "A", path, order)
    };
    let history = "coexistence/history";
    let sync = "coexistence/state_sync";
    vec![
        call(
            "call_created",
            "Calling API, call created webhook",
            json!({ "event": "call_created" }),
        ),
        call(
            "connect",
            "Calling API, call connect webhook; business-scoped user IDs, calls",
            json!({ "event": "connect" }),
        ),
        call(
            "call status",
            "Calling API, call status webhook; business-scoped user IDs, calls",
            json!({ "callStatus": "RINGING" }),
        ),
        call(
            "terminate",
            "Calling API, call terminate webhook; business-scoped user IDs, calls",
            json!({ "event": "terminate" }),
        ),
        call(
            "terminate, failed",
            "Calling API, call terminate webhook",
            json!({ "event": "terminate", "status": "FAILED", "valueErrors": true }),
        ),
        call(
            "call_recording_available",
            "Calling API, call recording webhook",
            json!({ "event": "call_recording_available" }),
        ),
        call(
            "call_transcription_available",
            "Calling API, call transcription webhook",
            json!({ "event": "call_transcription_available" }),
        ),
        write(
            "voicemail",
            "Calling API, voicemail (as noted by others)",
            "B",
            json!({ "type": "voicemail" }),
        ),
        (
            "echo",
            "webhooks, smb_message_echoes; business-scoped user IDs, smb_message_echoes",
            "A",
            ECHO,
            json!({ "from": COEXISTENCE, "type": "text", "text": "From the shop" }),
        ),
        coexistence(
            history,
            "history",
            "webhooks, history; business-scoped user IDs, history",
            json!({ "messages": 6 }),
        ),
        coexistence(
            history,
            "history, by user id alone",
            "business-scoped user IDs, history",
            json!({ "messages": 6, "identity": "bsuid" }),
        ),
        coexistence(
            history,
            "history, declined",
            "webhooks, history",
            json!({ "declined": true }),
        ),
        coexistence(
            sync,
            "state_sync, added",
            "webhooks, smb_app_state_sync; business-scoped user IDs, smb_app_state_sync",
            json!({}),
        ),
        coexistence(
            sync,
            "state_sync, removed",
            "webhooks, smb_app_state_sync",
            json!({ "action": "remove" }),
        ),
    ]
}

/// The forms of marketing messages, Direct Send and templates.
fn of_templates() -> Vec<Form> {
    let reference = |field: &str, name: &'static str, path: &'static str, order: Value| {
        let page = match field {
            "status" => "webhooks, reference, message_template_status_update",
            "quality" => "webhooks, reference, message_template_quality_update",
            _ => "webhooks, reference, template_category_update",
        };
        (name, page, "A", path, order)
    };
    let review = "templates/920000000000001/review";
    let category = "templates/920000000000001/category";
    let template = json!({ "name": "offer", "language": { "code": "en_US" } });
    let direct = json!({
        "to": BRUNO, "category": "utility", "type": "text", "text": { "body": "Your parcel is here." },
    });
    vec![
        (
            "statuses of a marketing message",
            "marketing messages, status (category marketing_lite)",
            "A",
            MARKET,
            json!({ "to": AVA, "type": "template", "template": template }),
        ),
        (
            "statuses of Direct Send",
            "Direct Send, status (as noted by others)",
            "B",
            SEND,
            direct,
        ),
        (
            "click in a marketing message",
            "marketing messages, click events (as noted by others)",
            "B",
            CLICK,
            json!({ "from": CONNECTED }),
        ),
        (
            "view of a landing page",
            "marketing messages, click events (as noted by others)",
            "B",
            CLICK,
            json!({ "from": CONNECTED, "action": "landing_page_view", "data": { "click_component": null, "tracking_token": null } }),
        ),
        reference(
            "status",
            "template rejected",
            review,
            json!({ "outcome": "reject" }),
        ),
        reference(
            "status",
            "template rejected for its category",
            review,
            json!({ "outcome": "reject", "reason": "INCORRECT_CATEGORY" }),
        ),
        reference(
            "status",
            "template approved",
            review,
            json!({ "outcome": "approve" }),
        ),
        reference(
            "quality",
            "template rated",
            "templates/920000000000001/quality",
            json!({ "score": "YELLOW" }),
        ),
        reference(
            "category",
            "category to come",
            category,
            json!({ "category": "MARKETING", "notice": true }),
        ),
        reference(
            "category",
            "category changed",
            category,
            json!({ "category": "MARKETING" }),
        ),
        reference(
            "status",
            "template paused",
            "templates/920000000000001/pause",
            json!({}),
        ),
        reference(
            "status",
            "template paused by pacing",
            "templates/920000000000001/pause",
            json!({ "pacing": true }),
        ),
        reference(
            "status",
            "template disabled",
            "templates/920000000000001/disable",
            json!({}),
        ),
    ]
}

fn forms() -> Vec<Form> {
    let lists = [
        of_customers(),
        of_statuses(),
        of_calls_and_coexistence(),
        of_templates(),
    ];
    lists.into_iter().flatten().collect()
}

/// Replaces what differs from run to run: times, ids and hashes.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(plain_text(text)),
        Value::Number(number) if number.as_i64().is_some_and(|n| n > 1_500_000_000) => {
            json!(1_700_000_000)
        }
        Value::Array(items) => items.iter().map(plain).collect(),
        Value::Object(fields) => {
            let each = |(name, item): (&String, &Value)| (name.clone(), plain(item));
            Value::Object(fields.iter().map(each).collect())
        }
        other => other.clone(),
    }
}

fn plain_text(text: &str) -> String {
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((kind @ ("wamid" | "wacid"), encoded)) = text.split_once('.')
        && let Ok(bytes) = STANDARD.decode(encoded)
    {
        let (who, rest) = bytes[3..].split_at(usize::from(bytes[2]));
        let who = plain_text(std::str::from_utf8(who).unwrap());
        let side = if rest[3] == 0x11 {
            "business"
        } else {
            "customer"
        };
        return format!("{kind} of the {side}, {who}");
    }
    let scoped = |text: &str| {
        let (country, id) = text.split_once('.')?;
        let is_parent = id.starts_with("ENT.");
        let id = id.trim_start_matches("ENT.");
        let is_id = country.len() == 2 && id.len() > 5 && id.bytes().all(|it| it.is_ascii_digit());
        is_id.then_some(if is_parent {
            "parent user id"
        } else {
            "user id"
        })
    };
    match text {
        _ if is_number && text.len() == 10 && text.starts_with('1') => "1700000000".to_owned(),
        _ if is_number && text.len() == 15 && text.starts_with("76") => "media id".to_owned(),
        _ if is_number && text.len() == 15 && text.starts_with("92") => "template id".to_owned(),
        _ if text.len() == 44 && text.ends_with('=') => "sha256".to_owned(),
        _ if scoped(text).is_some() => scoped(text).unwrap().to_owned(),
        // The sentence of a change of ids has both of them.
        _ if text.contains(" changed from DE.") => "User … changed from … to …".to_owned(),
        _ => text.to_owned(),
    }
}

async fn send(meta: &Meta, token: &str, message: Value) {
    send_by("messages", meta, token, message).await;
}

async fn send_by(edge: &str, meta: &Meta, token: &str, message: Value) {
    let mut message = message;
    message["messaging_product"] = json!("whatsapp");
    let path = format!("{CONNECTED}/{edge}");
    meta.post(token, &path, message).await.ok();
}

/// Makes the templates and the account that the forms are about.
async fn prepare_templates(meta: &Meta) {
    let known = |id: &str, name: &str, category: &str| {
        json!({
            "id": id, "wabaId": DENTAL_WABA, "name": name, "language": "en_US", "category": category,
        })
    };
    let all = json!([
        known(VISIT, "visit", "UTILITY"),
        known(OFFER, "offer", "MARKETING")
    ]);
    meta.order("templates", all).await;
    let order = json!({ "directSend": true, "marketingMessages": "ONBOARDED" });
    meta.order(&format!("wabas/{DENTAL_WABA}"), order).await;
}

/// Sends Ava what customers' answers are about.
async fn ask(meta: &Meta, token: &str) {
    let interactive = |content: Value| {
        let mut content = content;
        content["body"] = json!({ "text": "Please choose" });
        json!({ "to": AVA, "type": "interactive", "interactive": content })
    };
    let reply = json!({ "type": "reply", "reply": { "id": "yes", "title": "Yes, please" } });
    let rows =
        json!([{ "id": "slot-3", "title": "Thursday 10:00", "description": "With Dr. Haddad" }]);
    let flow = json!({ "flow_message_version": "3", "flow_id": "1", "flow_cta": "Open" });
    for content in [
        json!({ "type": "button", "action": { "buttons": [reply] } }),
        json!({ "type": "list", "action": { "button": "Slots", "sections": [{ "title": "All", "rows": rows }] } }),
        json!({ "type": "flow", "action": { "name": "flow", "parameters": flow } }),
        json!({ "type": "call_permission_request", "action": { "name": "call_permission_request" } }),
        json!({ "type": "request_contact_info", "action": { "name": "request_contact_info" } }),
    ] {
        send(meta, token, interactive(content)).await;
    }
    let template = json!({ "name": "hello", "language": { "code": "en_US" } });
    let template = json!({ "to": AVA, "type": "template", "template": template });
    send(meta, token, template).await;
}

#[tokio::test]
async fn every_form_is_as_metas_page_has_it() {
    let callback = Callback::start();
    let meta = Meta::start();
    meta.running()
        .subscribe(APP, &callback.url, TOKEN)
        .await
        .unwrap();
    let token = meta.token_for_all().await;
    let path = format!("{DENTAL_WABA}/subscribed_apps");
    meta.post(&token, &path, json!({})).await.ok();
    let bruno = json!({ "name": "Bruno Castillo" });
    meta.order(&format!("phones/{BRUNO}"), bruno).await;
    let group = json!({ "id": GROUP, "phoneNumberId": CONNECTED, "participants": [AVA, BRUNO] });
    meta.order("groups", group).await;
    meta.order("sending/knobs", json!({ "window": "open", "statuses": [] }))
        .await;
    ask(&meta, &token).await;
    prepare_templates(&meta).await;
    meta.order("sending/knobs", json!({})).await;
    let mut shown = String::new();
    for (name, page, grade, path, order) in forms() {
        // A change of ids or number before makes no difference to the next form.
        let ava = json!({ "name": "Ava Gupta", "username": "ava.gupta", "hasParentId": true });
        meta.order(&format!("phones/{AVA}"), ava).await;
        let before = callback.received().len();
        match path {
            SEND => send(&meta, &token, order).await,
            MARKET => send_by("marketing_messages", &meta, &token, order).await,
            path => {
                meta.order(path, order).await;
            }
        }
        meta.order("webhooks/settle", json!({})).await;
        let _ = writeln!(shown, "## {name}\nMeta: WhatsApp, {page} ({grade})");
        for received in &callback.received()[before..] {
            for change in received.json()["entry"][0]["changes"].as_array().unwrap() {
                let value = serde_json::to_string_pretty(&plain(&change["value"])).unwrap();
                let _ = writeln!(shown, "{}: {value}", text(&change["field"]));
            }
        }
        shown.push('\n');
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("forms", shown);
    });
}

#[tokio::test]
async fn every_sample_is_as_metas_page_has_it() {
    let meta = Meta::start();
    let mut shown = String::new();
    for (name, sample) in meta.look("webhooks/samples").await.as_object().unwrap() {
        let (source, grade) = (text(&sample["source"]), text(&sample["grade"]));
        let value = serde_json::to_string_pretty(&sample["value"]).unwrap();
        let field = text(&sample["field"]);
        let _ = writeln!(shown, "## {name}\n{source} ({grade})\n{field}: {value}\n");
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("samples", shown);
    });
}

#[tokio::test]
async fn every_sample_can_be_sent_without_saying_more() {
    let callback = Callback::start();
    let meta = Meta::start();
    meta.running()
        .subscribe(APP, &callback.url, TOKEN)
        .await
        .unwrap();
    let samples = meta.look("webhooks/samples").await;
    for name in samples.as_object().unwrap().keys() {
        let order = json!({ "appId": APP, "phoneNumberId": CONNECTED, "sample": name });
        let sent = meta.control_raw(Method::POST, "webhooks/raw", order).await;
        assert_eq!(sent.status.as_u16(), 200, "{name}");
    }
    meta.order("webhooks/settle", json!({})).await;
    let received = callback.received();
    assert_eq!(received.len(), samples.as_object().unwrap().len());
    for each in received {
        let body = each.json().to_string();
        assert!(!body.contains("\"$"), "a mark is left: {body}");
    }
}

/// The page with the source of each form and sample lists them all.
#[tokio::test]
async fn the_page_of_forms_has_each_with_its_source() {
    let meta = Meta::start();
    let mut table = String::new();
    for (name, page, grade, _, _) in forms() {
        let _ = writeln!(table, "| {name} | Meta: WhatsApp, {page} | {grade} |");
    }
    let page = include_str!("../../FORMS.md");
    let mut samples = String::new();
    for (name, sample) in meta.look("webhooks/samples").await.as_object().unwrap() {
        let (source, grade) = (text(&sample["source"]), text(&sample["grade"]));
        assert!(
            ["A", "A*", "B", "C", "?"].contains(&grade.as_str()),
            "{name}"
        );
        assert!(source.len() > 10, "{name} has no source");
        let _ = writeln!(samples, "| `{name}` | {source} | {grade} |");
    }
    for expected in [table, samples] {
        assert!(
            page.contains(&expected),
            "FORMS.md does not have:\n{expected}"
        );
    }
}
