//! `{phone}/calls` and `{phone}/call_permissions`, as far as their answers are needed: no sound flows, and what the
//! customer does is told by the control API.
//!
//! Source: OpenAPI v23 for the shapes (A), Meta's pages for the limits (A).

use chrono::Duration;
use serde_json::{Value, json};

use super::auth::{self, MESSAGE_WHATSAPP};
use super::{GraphError, params};
use crate::call::Call;
use crate::clock::Time;
use crate::customer::digits;
use crate::secrets;
use crate::state::World;

const ACTIONS: [&str; 5] = ["connect", "pre_accept", "accept", "reject", "terminate"];

/// Answers `POST {phone}/calls`.
pub(super) fn act(world: &mut World, call: &Call, id: &str) -> Result<Value, GraphError> {
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
    if action != "connect" {
        params::required(call, "call_id")?;
        return Ok(json!({ "messaging_product": "whatsapp", "success": true }));
    }
    let to = params::required(call, "to")?;
    digits(to).ok_or_else(|| params::wrong("to", "a phone number"))?;
    let count = world.count();
    let mark = secrets::short(&world.key, &format!("call:{count}"), 44);
    Ok(json!({
        "messaging_product": "whatsapp",
        "calls": [{ "id": format!("wacid.{mark}") }],
        "success": true,
    }))
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
