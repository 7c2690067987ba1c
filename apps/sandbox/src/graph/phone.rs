//! Business phone numbers.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::fields::Node;
use super::subscriptions::callback_address;
use super::{GraphError, auth, paging, params, registration, sheets};
use crate::call::Call;
use crate::state::{Extras, NewName, Phone, Throughput, World};
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

/// Answers `POST {waba}/phone_numbers`: adds a number, which is then verified and registered. Each token that sees the
/// WABA sees the number.
pub(crate) fn create(world: &mut World, call: &Call, waba_id: &str) -> Result<Value, GraphError> {
    auth::waba_of(world, call, waba_id)?;
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let country = digits(params::required(call, "cc")?);
    let local = digits(params::required(call, "phone_number")?);
    let name = params::required(call, "verified_name")?;
    params::length("verified_name", name, 3, 512)?;
    let local = match local.strip_prefix(&country) {
        Some(rest) if local.len() > 10 => rest.to_owned(),
        _ => local,
    };
    let number = format!("{country}{local}");
    if country.is_empty() || country.len() > 3 || !(7..=15).contains(&number.len()) {
        let must = "a number in E.164 format";
        return Err(params::wrong("phone_number", must));
    }
    if world.phones.iter().any(|phone| phone.digits() == number) {
        let text = "Phone number is already registered with WhatsApp Business";
        return Err(GraphError::new(100, format!("(#100) {text}")).of_method());
    }
    let mut id = world.new_id(530);
    while world.phone(&id).is_some() {
        id = world.new_id(530);
    }
    world.phones.push(Phone {
        id: id.clone(),
        waba_id: waba_id.to_owned(),
        display_phone_number: format!("+{country} {local}"),
        verified_name: name.to_owned(),
        quality_rating: "UNKNOWN".to_owned(),
        code_verification_status: "NOT_VERIFIED".to_owned(),
        name_status: "PENDING_REVIEW".to_owned(),
        status: "UNVERIFIED".to_owned(),
        is_on_biz_app: false,
        pin: None,
        registrations: Vec::new(),
        verification_code: None,
        last_onboarded_time: None,
        override_callback_uri: None,
        throughput: Throughput::default(),
        extras: Extras::default(),
    });
    for token in world.tokens.values_mut() {
        if token.targets.wabas.iter().any(|each| each == waba_id) {
            token.targets.phone_numbers.push(id.clone());
        }
    }
    Ok(json!({ "id": id }))
}

/// Answers `POST /<phone>`: sets the two-step verification PIN or the number's own callback, or asks for another display
/// name.
pub(crate) fn update(
    world: &mut World,
    call: &Call,
    now: Time,
    id: &str,
) -> Result<(), GraphError> {
    let challenge = challenge(world, call, now, id)?;
    let pin = call.param("pin").map(registration::pin).transpose()?;
    let is_callback = call.param("webhook_configuration").is_some();
    let name = call.param("new_display_name");
    if pin.is_none() && !is_callback && name.is_none() {
        return Err(GraphError::parameter(
            "pin, new_display_name or webhook_configuration is required",
        ));
    }
    if let Some(name) = name {
        params::length("new_display_name", name, 3, 512)?;
    }
    if let Some(phone) = world.phone_mut(id) {
        if let Some(name) = name {
            phone.extras.new_name = Some(NewName {
                name: name.to_owned(),
                status: "PENDING_REVIEW".to_owned(),
            });
        }
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
    let new_name = phone.extras.new_name.as_ref();
    let automation = sheets::find("conversational_automation").map(|sheet| sheet.values(phone));
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
            "new_name_status": new_name.map_or("NONE", |new| new.status.as_str()),
            "new_display_name": new_name.map(|new| &new.name),
            "conversational_automation": automation,
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
            "eligibility_for_api_business_global_search",
            "is_preverified_number",
            "new_certificate",
            "quality_score",
            "unified_cert_status",
            "username",
        ],
        edges: &[
            "block_users",
            "business_compliance_info",
            "groups",
            "message_qrdls",
            "settings",
            "whatsapp_business_encryption",
            "whatsapp_business_profile",
            "whatsapp_commerce_settings",
        ],
    }
}
