//! Flows: `{waba}/flows`, `{flow}`, its assets, publishing and deprecating.
//!
//! Source: OpenAPI v23 for paths and shapes (A), Meta's pages for the states. The codes 139001 to 139004 are Meta's; which
//! refusal has which is C. A Flow JSON is checked for being JSON with a version and screens, no further.

use actix_web::http::Method;
use chrono::Duration;
use serde_json::{Value, json};

use super::fields::Node;
use super::params::{self, length, one_of, required};
use super::{GraphError, auth, paging};
use crate::call::Call;
use crate::clock::Time;
use crate::media::Form;
use crate::put::Put as _;
use crate::secrets;
use crate::state::{Flow, World};
use crate::webhooks::Update;

/// The flows that a WABA can have.
const MOST: usize = 2_000;
/// The largest Flow JSON, in bytes.
const LARGEST: usize = 10 << 20;
const CATEGORIES: [&str; 8] = [
    "SIGN_UP",
    "SIGN_IN",
    "APPOINTMENT_BOOKING",
    "LEAD_GENERATION",
    "CONTACT_US",
    "CUSTOMER_SUPPORT",
    "SURVEY",
    "OTHER",
];

/// Answers `GET {waba}/flows`.
pub(super) fn list(world: &World, call: &Call, waba_id: &str) -> Result<Value, GraphError> {
    auth::waba_of(world, call, waba_id)?;
    let flows = world.flows.iter().filter(|flow| flow.waba_id == waba_id);
    let items: Result<Vec<Value>, GraphError> = flows
        .map(|flow| view(world, call, flow).pick(world, call))
        .collect();
    paging::page(call, items?)
}

/// Answers `GET {flow}`.
pub(super) fn node(world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
    view(world, call, find(world, call, id)?).pick(world, call)
}

/// Answers `POST {waba}/flows`.
pub(super) fn create(
    world: &mut World,
    call: &Call,
    now: Time,
    waba_id: &str,
) -> Result<Value, GraphError> {
    auth::waba_of(world, call, waba_id)?;
    let flows = || world.flows.iter().filter(|flow| flow.waba_id == waba_id);
    if flows().count() >= MOST {
        let text = format!("A WhatsApp Business Account has at most {MOST} flows");
        return Err(GraphError::parameter(text));
    }
    let name = required(call, "name")?;
    length("name", name, 1, 200)?;
    if flows().any(|flow| flow.name == name) {
        let text = "The name of a flow must be unique in its WhatsApp Business Account.";
        return Err(GraphError::parameter(text).with_subcode(4_016_019));
    }
    let copied = match call.param("clone_flow_id") {
        Some(id) => find(world, call, id)?.json.clone(),
        None => None,
    };
    let json = match call.param("flow_json") {
        Some(text) => Some(text.to_owned()),
        None => copied,
    };
    let mut flow = Flow {
        id: String::new(),
        waba_id: waba_id.to_owned(),
        name: name.to_owned(),
        status: "DRAFT".to_owned(),
        categories: categories(call)?.ok_or_else(|| params::missing("categories"))?,
        endpoint_uri: call.param("endpoint_uri").map(str::to_owned),
        json,
        updated_at: now,
    };
    let faults = faults(&flow);
    let publishes = call.param("publish") == Some("true");
    if publishes && !faults.is_empty() {
        return Err(not_publishable());
    }
    flow.id = world.new_id(870);
    let id = flow.id.clone();
    if publishes {
        shift(world, &mut flow, "PUBLISHED", now);
    }
    world.flows.push(flow);
    Ok(json!({ "id": id, "success": true, "validation_errors": faults }))
}

/// Answers `POST {flow}`: changes name, categories or endpoint.
pub(super) fn update(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let mut flow = find(world, call, id)?.clone();
    if flow.status != "DRAFT" && call.param("endpoint_uri").is_none() {
        return Err(refused(
            139_001,
            "Flow cannot be updated",
            "A published flow cannot change.",
        ));
    }
    if let Some(name) = call.param("name") {
        length("name", name, 1, 200)?;
        name.clone_into(&mut flow.name);
    }
    if let Some(categories) = categories(call)? {
        flow.categories = categories;
    }
    if let Some(uri) = call.param("endpoint_uri") {
        flow.endpoint_uri = Some(uri.to_owned());
    }
    flow.updated_at = now;
    keep(world, flow);
    Ok(())
}

/// Answers `DELETE {flow}`. Only a draft can be deleted.
pub(super) fn remove(world: &mut World, call: &Call, id: &str) -> Result<(), GraphError> {
    if find(world, call, id)?.status != "DRAFT" {
        let details = "A flow that was published can be deprecated, not deleted.";
        return Err(refused(139_004, "Flow cannot be deleted", details));
    }
    world.flows.retain(|flow| flow.id != id);
    Ok(())
}

/// Answers `POST {flow}/publish`.
pub(super) fn publish(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let mut flow = find(world, call, id)?.clone();
    if flow.status != "DRAFT" || !faults(&flow).is_empty() {
        return Err(not_publishable());
    }
    shift(world, &mut flow, "PUBLISHED", now);
    keep(world, flow);
    Ok(())
}

/// Answers `POST {flow}/deprecate`.
pub(super) fn deprecate(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let mut flow = find(world, call, id)?.clone();
    if flow.status != "PUBLISHED" {
        let details = "Only a published flow can be deprecated.";
        return Err(refused(139_003, "Flow cannot be deprecated", details));
    }
    shift(world, &mut flow, "DEPRECATED", now);
    keep(world, flow);
    Ok(())
}

/// Answers `GET {flow}/assets`.
pub(super) fn assets(world: &World, call: &Call, id: &str) -> Result<Value, GraphError> {
    let flow = find(world, call, id)?;
    let asset = json!({
        "id": flow.id,
        "name": "flow.json",
        "asset_type": "FLOW_JSON",
        "download_url": format!("{}/_sandbox/flows/{}", call.origin, flow.id),
    });
    let mut page = paging::page(call, flow.json.iter().map(|_| asset.clone()).collect())?;
    // An asset has no id of its own.
    let items = page.get_mut("data").and_then(Value::as_array_mut);
    for item in items.into_iter().flatten().filter_map(Value::as_object_mut) {
        item.remove("id");
    }
    Ok(page)
}

/// Answers `POST {flow}/assets`: brings the Flow JSON, as a file or as a text.
pub(super) fn upload(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<Value, GraphError> {
    let mut flow = find(world, call, id)?.clone();
    one_of("asset_type", required(call, "asset_type")?, &["FLOW_JSON"])?;
    let file = call.form.as_ref().and_then(Form::file);
    let text = match (file, call.param("file")) {
        (Some(file), _) => file.text(LARGEST).unwrap_or_default(),
        (None, Some(text)) => text.to_owned(),
        (None, None) => return Err(params::missing("file")),
    };
    if !matches!(flow.status.as_str(), "DRAFT" | "PUBLISHED") {
        return Err(refused(
            139_001,
            "Flow cannot be updated",
            "The flow is deprecated.",
        ));
    }
    flow.json = Some(text);
    flow.updated_at = now;
    let faults = faults(&flow);
    keep(world, flow);
    Ok(json!({ "success": true, "validation_errors": faults }))
}

/// Moves a flow to a status as Meta does, and tells it by webhook. `None` when there is no such flow.
pub(crate) fn shift_one(world: &mut World, id: &str, status: &str, now: Time) -> Option<()> {
    let mut flow = world.flows.iter().find(|flow| flow.id == id)?.clone();
    shift(world, &mut flow, status, now);
    keep(world, flow);
    Some(())
}

/// Moves a flow to a status, and tells it by webhook.
fn shift(world: &mut World, flow: &mut Flow, status: &str, now: Time) {
    let old = std::mem::replace(&mut flow.status, status.to_owned());
    flow.updated_at = now;
    let flow_id = flow.id.as_str();
    let name = flow.name.as_str();
    world.said.push(Update {
        waba_id: flow.waba_id.clone(),
        phone_id: None,
        time: Some(now.timestamp()),
        field: "flows".to_owned(),
        value: json!({
            "event": "FLOW_STATUS_CHANGE",
            "message": format!("Flow {name} changed status from {old} to {status}"),
            "flow_id": flow_id,
            "old_status": old,
            "new_status": status,
        }),
    });
}

/// Replaces the known flow of the same id.
fn keep(world: &mut World, flow: Flow) {
    if let Some(known) = world.flows.iter_mut().find(|known| known.id == flow.id) {
        *known = flow;
    }
}

fn find<'a>(world: &'a World, call: &Call, id: &str) -> Result<&'a Flow, GraphError> {
    let flow = world.flows.iter().find(|flow| flow.id == id);
    auth::of_waba(world, call, id, flow, |flow| &flow.waba_id)
}

fn categories(call: &Call) -> Result<Option<Vec<String>>, GraphError> {
    let Some(given) = params::texts(call, "categories")? else {
        return Ok(None);
    };
    if given.is_empty() {
        return Err(params::wrong(
            "categories",
            "an array of at least one category",
        ));
    }
    let known = |text: &String| one_of("categories", text, &CATEGORIES).map(str::to_owned);
    given.iter().map(known).collect::<Result<_, _>>().map(Some)
}

/// Returns Meta's `validation_errors`.
fn faults(flow: &Flow) -> Vec<Value> {
    let fault = |error: &str, kind: &str, message: &str, line: usize, column: usize| {
        vec![json!({
            "error": error,
            "error_type": kind,
            "message": message,
            "line_start": line,
            "line_end": line,
            "column_start": column,
            "column_end": column,
        })]
    };
    let Some(text) = &flow.json else {
        let message = "The flow has no Flow JSON.";
        return fault("MISSING_FLOW_JSON", "FLOW_JSON_ERROR", message, 1, 1);
    };
    match serde_json::from_str::<Value>(text) {
        Err(error) => {
            let message = format!("The Flow JSON is not JSON: {error}");
            let (line, column) = (error.line(), error.column());
            fault("INVALID_JSON", "JSON_SCHEMA_ERROR", &message, line, column)
        }
        Ok(json) => {
            let has_screens = json.get("screens").is_some_and(Value::is_array);
            let missing = match (json.get("version"), has_screens) {
                (None, _) => "version",
                (_, false) => "screens",
                _ => return Vec::new(),
            };
            let message = format!("The property \"{missing}\" is required at \"$root\".");
            fault(
                "REQUIRED_PROPERTY_MISSING",
                "JSON_SCHEMA_ERROR",
                &message,
                1,
                1,
            )
        }
    }
}

fn view(world: &World, call: &Call, flow: &Flow) -> Node {
    let parsed = flow.json.as_deref();
    let parsed = parsed.and_then(|text| serde_json::from_str::<Value>(text).ok());
    let part = |name: &str| parsed.as_ref().and_then(|json| json.get(name)).cloned();
    let waba = world.waba(&flow.waba_id);
    let mark = secrets::short(&world.key, &format!("preview:{}", flow.id), 22);
    let expires = world.now() + Duration::days(30);
    let mut values = json!({
        "id": flow.id,
        "name": flow.name,
        "status": flow.status,
        "categories": flow.categories,
        "validation_errors": faults(flow),
        "json_version": part("version"),
        "data_api_version": part("data_api_version"),
        "endpoint_uri": flow.endpoint_uri,
        "updated_at": flow.updated_at.format("%Y-%m-%dT%H:%M:%S+0000").to_string(),
        "preview": {
            "preview_url": format!("https://business.facebook.com/wa/manage/flows/{}/preview/?token={mark}", flow.id),
            "expires_at": expires.format("%Y-%m-%dT%H:%M:%S+0000").to_string(),
        },
        "whatsapp_business_account": waba.map(|waba| json!({
            "id": waba.id,
            "name": waba.name,
            "currency": waba.currency,
            "timezone_id": waba.timezone_id,
        })),
        "health_status": {
            "can_send_message": if flow.status == "PUBLISHED" { "AVAILABLE" } else { "BLOCKED" },
            "entities": [],
        },
    });
    let app = call
        .token()
        .and_then(|token| auth::app_of_token(world, token));
    values.put(
        "application",
        json!(app.map(|app| json!({ "id": app.id, "name": app.name }))),
    );
    Node {
        kind: "WhatsAppFlow",
        values,
        defaults: &["id", "name", "status", "categories", "validation_errors"],
        silent: &["metric"],
        edges: &["assets"],
    }
}

fn not_publishable() -> GraphError {
    let details = "Only a draft with a valid Flow JSON can be published.";
    refused(139_002, "Flow cannot be published", details)
}

fn refused(code: i64, title: &str, details: &str) -> GraphError {
    GraphError::whatsapp(code, title, details)
}

/// Answers an act on a flow. `None` for another path.
pub(super) fn act(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
    edge: Option<&str>,
) -> Option<Result<Value, GraphError>> {
    if !world.flows.iter().any(|flow| flow.id == id) {
        return None;
    }
    let success = |()| json!({ "success": true });
    let is_post = call.method == Method::POST;
    Some(match edge {
        None if is_post => update(world, call, now, id).map(success),
        None => remove(world, call, id).map(success),
        Some("publish") if is_post => publish(world, call, now, id).map(success),
        Some("deprecate") if is_post => deprecate(world, call, now, id).map(success),
        Some("assets") if is_post => upload(world, call, now, id),
        Some(_) => return None,
    })
}
