//! Business phone numbers.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::fields::Node;
use super::subscriptions::callback_address;
use super::{GraphError, auth, paging, registration};
use crate::call::Call;
use crate::state::{Phone, World};
use crate::webhooks::Challenge;

type Time = DateTime<Utc>;

pub(crate) fn of_waba(
    world: &World,
    call: &Call,
    now: Time,
    waba_id: &str,
) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, now)?;
    let waba = auth::waba(world, &token, waba_id, "get")?;
    let shared = world.phones.iter().filter(|phone| {
        phone.waba_id == waba.id && token.targets.phone_numbers.contains(&phone.id)
    });
    let items: Result<Vec<Value>, GraphError> = shared
        .map(|phone| view(world, phone).pick(world, call))
        .collect();
    paging::page(call, items?)
}

pub(crate) fn node(world: &World, call: &Call, now: Time, id: &str) -> Result<Value, GraphError> {
    let token = auth::holder(world, call, now)?;
    view(world, auth::phone(world, &token, id, "get")?).pick(world, call)
}

/// Answers `POST /<phone>`: sets the two-step verification PIN or the number's own callback.
pub(crate) fn update(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let challenge = challenge(world, call, now, id)?;
    let pin = call.param("pin").map(registration::pin).transpose()?;
    let is_callback = call.param("webhook_configuration").is_some();
    if pin.is_none() && !is_callback {
        return Err(GraphError::parameter(
            "pin or webhook_configuration is required",
        ));
    }
    if let Some(phone) = world.phone_mut(id) {
        if let Some(pin) = pin {
            phone.pin = Some(pin);
        }
        if is_callback {
            phone.override_callback_uri = challenge.map(|challenge| challenge.url);
        }
    }
    Ok(())
}

/// Returns the challenge that the number's own callback must pass. An empty address removes the callback.
pub(crate) fn challenge(
    world: &World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<Option<Challenge>, GraphError> {
    let token = auth::holder(world, call, now)?;
    auth::phone(world, &token, id, "post")?;
    let Some(text) = call.param("webhook_configuration") else {
        return Ok(None);
    };
    let invalid = || GraphError::parameter("webhook_configuration must be an object");
    let value: Value = serde_json::from_str(text).map_err(|_| invalid())?;
    let fields = value.as_object().ok_or_else(invalid)?;
    let field = |name: &str| {
        let text = fields.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let Some(url) = field("override_callback_uri") else {
        return Ok(None);
    };
    callback_address(&url, "override_callback_uri")?;
    let verify_token = field("verify_token")
        .ok_or_else(|| GraphError::parameter("verify_token is required with an override"))?;
    Ok(Some(Challenge { url, verify_token }))
}

fn view(world: &World, phone: &Phone) -> Node {
    let business = world.business_of(phone);
    let tier = business.map(|business| business.messaging_limit_tier.as_str());
    let level = if phone.is_connected() {
        json!(phone.throughput)
    } else {
        json!("NOT_APPLICABLE")
    };
    let is_connected = phone.is_connected();
    let mode = if is_connected {
        "CLOUD_API"
    } else {
        "NOT_APPLICABLE"
    };
    let can_send = if is_connected { "AVAILABLE" } else { "BLOCKED" };
    let override_uri = phone.override_callback_uri.as_deref();
    Node {
        kind: "WhatsAppBusinessPhoneNumber",
        values: json!({
            "id": phone.id,
            "display_phone_number": phone.display_phone_number,
            "verified_name": phone.verified_name,
            "quality_rating": phone.quality_rating,
            "code_verification_status": phone.code_verification_status,
            "name_status": phone.name_status,
            "new_name_status": "NONE",
            "status": phone.status,
            "platform_type": mode,
            "host_platform": mode,
            "account_mode": "LIVE",
            "throughput": { "level": level },
            "is_on_biz_app": phone.is_on_biz_app,
            "is_official_business_account": false,
            "is_pin_enabled": phone.pin.is_some(),
            "whatsapp_business_manager_messaging_limit": tier,
            "messaging_limit_tier": tier,
            "country_code": "US",
            "country_dial_code": "1",
            "search_visibility": "NON_VISIBLE",
            "last_onboarded_time": phone.last_onboarded_time.map(|time| time.format("%Y-%m-%dT%H:%M:%S+0000").to_string()),
            "webhook_configuration": override_uri.map(|uri| json!({ "phone_number": uri })),
            "health_status": {
                "can_send_message": can_send,
                "entities": [
                    { "entity_type": "PHONE_NUMBER", "id": phone.id, "can_send_message": can_send },
                    { "entity_type": "WABA", "id": phone.waba_id, "can_send_message": "AVAILABLE" },
                ],
            },
        }),
        defaults: &[
            "verified_name",
            "code_verification_status",
            "display_phone_number",
            "quality_rating",
            "platform_type",
            "throughput",
            "last_onboarded_time",
            "webhook_configuration",
            "id",
        ],
        silent: &[
            "certificate",
            "conversational_automation",
            "eligibility_for_api_business_global_search",
            "is_preverified_number",
            "new_certificate",
            "new_display_name",
            "quality_score",
            "unified_cert_status",
            "username",
        ],
        edges: &[],
    }
}
