//! Returns from the dialog: by redirect, or by messages to the window that opened the popup.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;

use super::decision::{Decision, Session};
use super::request::DialogRequest;
use super::{html, page};

pub(crate) fn answer(
    request: &DialogRequest,
    decision: &Decision,
    code_first: bool,
) -> HttpResponse {
    match &request.redirect_uri {
        Some(uri) => redirect(uri, request, decision),
        None => popup(request, decision, code_first),
    }
}

fn redirect(uri: &str, request: &DialogRequest, decision: &Decision) -> HttpResponse {
    let mut query = Serializer::new(String::new());
    match decision {
        Decision::Approved { code, .. } => {
            query.append_pair("code", code);
        }
        Decision::Cancelled | Decision::Failed => {
            query
                .append_pair("error", "access_denied")
                .append_pair("error_code", "200")
                .append_pair("error_description", "Permissions error")
                .append_pair("error_reason", "user_denied");
        }
    }
    if let Some(state) = &request.state {
        query.append_pair("state", state);
    }
    let joint = if uri.contains('?') { '&' } else { '?' };
    HttpResponse::Found()
        .insert_header((LOCATION, format!("{uri}{joint}{}", query.finish())))
        .insert_header(("Cache-Control", "no-store"))
        .finish()
}

/// Makes a page that posts the messages that the opener waits for: Embedded Signup's session message as a JSON
/// string, as Meta does, and the answer of `FB.login` for `sdk.js`. Their order is not promised.
fn popup(request: &DialogRequest, decision: &Decision, code_first: bool) -> HttpResponse {
    let mut messages = Vec::new();
    if request.is_embedded_signup() {
        messages.push(Value::String(session_message(decision).to_string()));
    }
    let response = match decision {
        Decision::Approved { code, .. } => json!({
            "authResponse": { "code": code, "state": request.state },
            "status": "connected",
        }),
        Decision::Cancelled | Decision::Failed => {
            json!({ "authResponse": null, "status": "unknown" })
        }
    };
    messages.push(json!({
        "type": "SANDBOX_LOGIN",
        "cb": request.callback,
        "response": response,
    }));
    if code_first {
        messages.reverse();
    }
    let target = request.opener.as_deref().unwrap_or("*");
    let script = format!(
        "const target = {};\nfor (const message of {}) window.opener?.postMessage(message, target);\n\
         window.close();",
        html::script_json(&json!(target)),
        html::script_json(&Value::Array(messages)),
    );
    page::closing(&script)
}

fn session_message(decision: &Decision) -> Value {
    let (event, data) = match decision {
        Decision::Approved { session, .. } => (session.event.as_str(), assets(session)),
        Decision::Cancelled => ("CANCEL", json!({ "current_step": "PHONE_NUMBER_SETUP" })),
        Decision::Failed => (
            "CANCEL",
            json!({
                "error_message": "The phone number is already in use.",
                "error_code": "524126",
                "session_id": "sandbox-session",
                "timestamp": "0",
            }),
        ),
    };
    json!({ "type": "WA_EMBEDDED_SIGNUP", "event": event, "data": data })
}

fn assets(session: &Session) -> Value {
    let mut data = Map::new();
    let mut put = |name: &str, id: Option<&String>| {
        if let Some(id) = id {
            data.insert(name.to_owned(), id.clone().into());
        }
    };
    put("phone_number_id", session.targets.phone_numbers.first());
    put("waba_id", session.targets.wabas.first());
    put("business_id", session.targets.businesses.first());
    if session.targets.wabas.len() > 1 {
        data.insert("waba_ids".to_owned(), json!(session.targets.wabas));
    }
    Value::Object(data)
}
