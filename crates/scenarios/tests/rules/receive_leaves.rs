//! No value of a webhook is lost: each is in an event or a resource of the API.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use wabakit_domain::{Time, ids::ContactId};
use wabakit_ports::system::Clock;
use wabakit_services::wire;

use crate::support::{Receiver, delivery};

/// The samples that the sandbox sends.
const SAMPLES: &str = include_str!("../../../../apps/sandbox/src/webhooks/samples.json");

/// Members that no event has, each with the reason. With a word, only that word is missing.
const REASONS: [(&str, Option<&str>, &str); 8] = [
    (
        "sdp",
        None,
        "connection data of a call, for its endpoints alone",
    ),
    ("messaging_product", None, "it is always whatsapp"),
    (
        "url",
        None,
        "a file's link works for minutes; the file is told by its id",
    ),
    ("type", Some("interactive"), "the reply's own type says it"),
    ("reason", Some("NONE"), "it says that there is none"),
    ("recipient_id", None, "the message's contact has it"),
    (
        "input",
        None,
        "what was asked for: the participant's contact is told",
    ),
    ("previous", None, "the contact is known by it"),
];

/// Returns a value in forms that can be compared, however it is written.
fn plain(leaf: &Value) -> BTreeSet<String> {
    let text = match leaf {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut forms = BTreeSet::from([text.to_lowercase().replace('-', "_")]);
    if let Ok(number) = text.trim().parse::<f64>() {
        forms.insert(number.to_string());
        let seconds = if number > 1e11 { number / 1e3 } else { number };
        if let Some(time) = Time::from_timestamp(seconds as i64, 0).filter(|_| seconds > 1e9) {
            forms.insert(time.to_rfc3339());
        }
    }
    if let Ok(time) = text.parse::<Time>() {
        forms.insert(time.to_rfc3339());
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() >= 8 && !text.contains(char::is_alphabetic) {
        forms.insert(digits);
    }
    forms
}

fn leaves<'v>(path: &str, value: &'v Value, found: &mut Vec<(String, &'v Value)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                leaves(&format!("{path}/{name}"), member, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(path, item, found)),
        Value::Null => {}
        leaf => found.push((path.to_owned(), leaf)),
    }
}

/// Parses texts that hold JSON, because the API has them as JSON.
fn opened(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(members.map(|(n, v)| (n.clone(), opened(v))).collect())
        }
        Value::Array(items) => items.iter().map(opened).collect(),
        Value::String(text) if text.starts_with('{') => {
            serde_json::from_str(text).unwrap_or_else(|_| value.clone())
        }
        other => other.clone(),
    }
}

/// Returns the contacts that updates of groups name by their ids alone.
async fn participants(r: &Receiver, told: &[Value]) -> Vec<Value> {
    let of_groups = told
        .iter()
        .filter_map(|event| event["data"]["participants"].as_array());
    let mut found = Vec::new();
    for participant in of_groups.flatten() {
        let Some(id) = participant["contactId"].as_str() else {
            continue;
        };
        let id = ContactId(id.parse().unwrap());
        let contact = r.receive.inbox.contact(&r.world.admin, id).await.unwrap();
        let contact = wire::form::<wabakit_wire::contact::Contact>(contact);
        found.push(serde_json::to_value(contact).unwrap());
    }
    found
}

/// Posts a value. Returns the leaves that appear nowhere.
async fn lost(r: &Receiver, field: &str, value: &Value) -> Vec<String> {
    let before = r.events(r.account.org).await.len();
    r.receive(&delivery("waba", field, value.clone())).await;
    let now = r.world.clock.now();
    let events = r.events(r.account.org).await.into_iter().skip(before);
    let mut told: Vec<Value> = events
        .map(|event| serde_json::to_value(wire::event(event, now)).unwrap())
        .collect();
    if told.is_empty() {
        let parked = r.parked().await;
        assert!(
            parked.iter().any(|item| item.field == field),
            "{field}: neither told nor parked"
        );
        return Vec::new();
    }
    let view = r.world.accounts.get(&r.world.admin, r.account.id).await;
    let account = wire::form::<wabakit_wire::account::Account>(view.unwrap());
    told.push(serde_json::to_value(account).unwrap());
    told.extend(participants(r, &told).await);
    let told: Vec<Value> = told.iter().map(opened).collect();
    let mut known = Vec::new();
    told.iter().for_each(|value| leaves("", value, &mut known));
    let known: BTreeSet<String> = known.iter().flat_map(|(_, leaf)| plain(leaf)).collect();
    let value = opened(value);
    let mut sent = Vec::new();
    leaves("", &value, &mut sent);
    sent.into_iter()
        .filter(|(path, leaf)| {
            let name = path.rsplit('/').next().unwrap_or_default();
            let is_excused = REASONS.iter().any(|(excused, word, _)| {
                *excused == name && word.is_none_or(|word| leaf.as_str() == Some(word))
            });
            // A switch that is off means the same as no switch.
            let is_off = matches!(leaf, Value::Bool(false)) || **leaf == json!("");
            !is_excused && !is_off && known.is_disjoint(&plain(leaf))
        })
        .map(|(path, leaf)| format!("{field}{path} = {leaf}"))
        .collect()
}

fn filled(value: &Value, r: &Receiver) -> Value {
    let now = r.world.clock.now().timestamp();
    match value {
        Value::String(mark) => match mark.as_str() {
            "$metadata" => json!({"display_phone_number": "+1 555 n1", "phone_number_id": "n1"}),
            "$phone_number_id" => json!("n1"),
            "$display_phone_number" => json!("+1 555 n1"),
            "$waba_id" => json!("waba"),
            "$business_id" => json!("business"),
            "$app_id" => json!("1001"),
            "$now" => json!(now),
            "$now_text" => json!(now.to_string()),
            "$now_date" => json!("April 17, 2025"),
            "$later" => json!(now + 604_800),
            "$later_text" => json!((now + 604_800).to_string()),
            "$later_date" => json!("April 24, 2025"),
            other => json!(other),
        },
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(members.map(|(n, v)| (n.clone(), filled(v, r))).collect())
        }
        Value::Array(items) => items.iter().map(|item| filled(item, r)).collect(),
        other => other.clone(),
    }
}

fn merged(base: Value, more: &Value) -> Value {
    let mut whole: Map<String, Value> = base.as_object().unwrap().clone();
    whole.extend(more.as_object().unwrap().clone());
    Value::Object(whole)
}

#[tokio::test]
async fn every_value_of_the_sandboxs_samples_appears_in_the_api() {
    let samples: Map<String, Value> = serde_json::from_str(SAMPLES).unwrap();
    let r = Receiver::new().await;
    let mut missing = Vec::new();
    for (name, sample) in &samples {
        let field = sample["field"].as_str().unwrap();
        let value = filled(&sample["value"], &r);
        // A status needs its message, and appears with it.
        if let Some(status) = value["statuses"].get(0) {
            let echo = json!({"metadata": {"phone_number_id": "n1"}, "message_echoes": [{"id": status["id"],
                "from": "1555", "to": status["recipient_id"], "timestamp": "1767225000", "type": "text",
                "text": {"body": "Hi"}}]});
            r.receive(&delivery("waba", "smb_message_echoes", echo))
                .await;
        }
        for leaf in lost(&r, field, &value).await {
            missing.push(format!("{name}: {leaf}"));
        }
        r.world.clock.advance(chrono::Duration::seconds(1));
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[tokio::test]
async fn every_value_of_a_message_and_of_its_envelope_appears_in_the_api() {
    let r = Receiver::new().await;
    let mut missing = Vec::new();
    for (n, part) in [
        json!({"type": "text", "text": {"body": "Hello", "preview_url": true}}),
        json!({"type": "text", "text": {"body": "From an ad"}, "referral": {"source_url": "https://ad", "source_id": "77",
            "source_type": "ad", "headline": "Sale", "body": "Now", "media_type": "image", "ref": "welcome-seq-9",
            "image_url": "https://i", "ctwa_clid": "c1", "welcome_message": {"text": "Hi there", "sequence": "s-3"}}}),
        json!({"type": "system", "system": {"type": "customer_identity_changed", "body": "Changed",
            "identity": {"hash": "ID-HASH-1", "created_timestamp": 1767225001, "acknowledged": true}}}),
        json!({"type": "contacts", "contacts": [{"vcard": "BEGIN:VCARD\nFN:Zoe\nEND:VCARD"}]}),
        json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Dr Zoe", "prefix": "Dr", "suffix": "PhD",
            "middle_name": "Q"}, "phones": [{"phone": "+1 555 010 0002", "type": "WORK", "wa_id": "15550100002"}],
            "addresses": [{"street": "1 Way", "country": "Ireland", "country_code": "IE"}]}]}),
        json!({"type": "image", "image": {"id": "m1", "mime_type": "image/jpeg", "sha256": "abc=", "caption": "Look",
            "url": "https://lookaside", "width": 640}}),
        json!({"type": "location", "location": {"latitude": "37.5", "longitude": "-122.25", "accuracy": 12.5}}),
        json!({"location": {"latitude": 37.25, "longitude": -122.5, "name": "Older"}}),
        json!({"type": "order", "order": {"catalog_id": "c", "text": "Please", "product_items": [
            {"product_retailer_id": "p", "quantity": "2", "item_price": "12345678901234567.89", "currency": "EUR", "note": "red"}]}}),
        json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent",
            "response_json": "{\"account\": 12345678901234567890123, \"ok\": \"yes\"}"}}}),
        json!({"type": "unsupported", "errors": [{"code": 131060, "title": "Unavailable", "details": "older details"}],
            "unsupported": {"type": "poll"}}),
        json!({"type": "invented_kind", "invented_kind": {"a": [1, {"b": "deep"}]}}),
        json!({"type": "button", "button": {"text": "Yes", "payload": "yes-1"}, "context": {"id": "wamid.q", "from": "1555",
            "quoted_kind": "template", "forwarded": true}}),
    ]
    .into_iter()
    .enumerate()
    {
        let base = json!({"from": "491510000", "id": format!("wamid.leaf{n}"), "timestamp": "1767225000"});
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "+1 555 n1", "phone_number_id": "n1"},
            "contacts": [{"wa_id": "491510000", "profile": {"name": "Zoe", "badge": format!("gold-{n}")}}],
            "conversation_context": {"owner": format!("agent-{n}")},
            "messages": [merged(base, &part)],
        });
        missing.extend(lost(&r, "messages", &value).await);
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[tokio::test]
async fn every_value_of_an_update_appears_in_the_api_also_unknown_ones() {
    let r = Receiver::new().await;
    let mut missing = Vec::new();
    for (field, value) in [
        (
            "account_update",
            json!({"event": "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE",
            "partner_client_certification_info": {"client_business_id": "310000000000002", "status": "FAILED",
                "rejection_reasons": ["LEGAL_NAME_NOT_FOUND_IN_DOCUMENTS"]}}),
        ),
        (
            "account_update",
            json!({"event": "ACCOUNT_VIOLATION",
            "violation_info": {"violation_type": "SPAM", "remediation": "Stop it."}}),
        ),
        (
            "account_update",
            json!({"event": "AN_EVENT_TO_COME", "info_to_come": {"n": 7, "list": ["x", {"y": true}]}}),
        ),
        (
            "template_correct_category_detection",
            json!({"message_template_id": 12345678901234567_i64,
            "message_template_name": "hello", "message_template_language": "en-US", "category": "UTILITY",
            "correct_category": "MARKETING", "appeal_until": 1767225999}),
        ),
        (
            "phone_number_quality_update",
            json!({"display_phone_number": "+1 555 n1", "event": "FLAGGED",
            "current_limit": "TIER_10K", "reason_to_come": "BLOCKS"}),
        ),
        (
            "account_settings_update",
            json!({"timestamp": "1767225123", "type": "PHONE_NUMBER_SETTINGS",
            "phone_number_settings": {"phone_number_id": "n1", "calling": {"status": "ENABLED"}}}),
        ),
        (
            "messages",
            json!({"metadata": {"phone_number_id": "n1"}, "errors": [{"code": 130429, "title": "Rate limit hit",
            "error_data": {"details": "slow", "retry_after": 31}}]}),
        ),
        (
            "history",
            json!({"metadata": {"phone_number_id": "n1"}, "history": [{"metadata":
            {"phase": 1, "chunk_order": 41, "progress": 55}}]}),
        ),
        (
            "group_participants_update",
            json!({"groups": [{"type": "group_participants_add", "group_id": "g1",
            "timestamp": "1767225321", "added_participants": [{"wa_id": "491510003"}]}]}),
        ),
    ] {
        missing.extend(lost(&r, field, &value).await);
    }
    assert_eq!(missing, Vec::<String>::new());
}
