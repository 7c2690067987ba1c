//! Masks personal data in Meta's JSON.

use serde_json::Value;

/// The text in place of a hidden value.
const HIDDEN: &str = "•••";

/// Members whose values are Meta's words or the business's own data. All others count as personal data, so a member
/// that Meta adds is hidden until it is listed here.
const SHOWN: [&str; 56] = [
    "animated",
    "billable",
    "category",
    "chunk_order",
    "code",
    "correct_category",
    "currency",
    "current_limit",
    "decision",
    "direction",
    "disable_date",
    "display_phone_number",
    "duration",
    "entity_type",
    "event",
    "expiration_timestamp",
    "field",
    "file_size",
    "forwarded",
    "frequently_forwarded",
    "is_permanent",
    "max_daily_conversation_per_phone",
    "max_daily_conversations_per_business",
    "max_phone_numbers_per_business",
    "max_phone_numbers_per_waba",
    "media_type",
    "message_template_category",
    "message_template_id",
    "message_template_language",
    "message_template_name",
    "messaging_product",
    "mime_type",
    "new_category",
    "new_quality_score",
    "object",
    "old_limit",
    "phase",
    "phone_number_id",
    "previous_category",
    "previous_quality_score",
    "pricing_model",
    "progress",
    "reason",
    "recipient_type",
    "rejection_reason",
    "response_source",
    "restriction_type",
    "source_type",
    "status",
    "time",
    "timestamp",
    "type",
    "violation_type",
    "voice",
    "waba_ban_state",
    "waba_id",
];

/// Returns the JSON with its structure and names, but with every text and number hidden that may be personal data. A
/// body that is not JSON is hidden as a whole.
pub(super) fn masked(raw: &[u8]) -> String {
    match serde_json::from_slice::<Value>(raw) {
        Ok(mut value) => {
            mask(&mut value, false);
            format!("{value:#}")
        }
        Err(_) => format!("{HIDDEN} ({} bytes that are not JSON)", raw.len()),
    }
}

/// Returns Meta's bytes as text.
pub(super) fn revealed(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw).into_owned()
}

fn mask(value: &mut Value, shown: bool) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(_) | Value::String(_) if shown => {}
        Value::Number(_) | Value::String(_) => *value = HIDDEN.into(),
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, shown)),
        Value::Object(members) => {
            for (name, member) in members {
                // A list in a shown member is hidden, because only the member's own text is known.
                let shown = SHOWN.contains(&name.as_str()) && !member.is_array();
                mask(member, shown);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn personal_data_is_hidden_and_the_structure_stays() {
        let raw = json!({"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550001", "phone_number_id": "7"},
            "contacts": [{"profile": {"name": "canary"}, "wa_id": "4915canary", "user_id": "DE.canary"}],
            "messages": [
                {"id": "wamid.canary", "from": "canary", "timestamp": "1790000000", "type": "text",
                 "text": {"body": "canary \"quoted\" \u{1F600}"}},
                {"type": "image", "image": {"id": "canary", "caption": "canary", "filename": "canary",
                 "sha256": "canary", "mime_type": "image/jpeg", "url": "https://canary"}},
                {"type": "location", "location": {"latitude": 48.1, "longitude": 11.5, "name": "canary"}},
                {"type": "new_tomorrow", "new_tomorrow": {"secret": "canary", "list": ["canary", 4711]}},
            ],
        }});
        let masked = masked(raw.to_string().as_bytes());
        for hidden in ["canary", "48.1", "11.5", "4711"] {
            assert!(!masked.contains(hidden), "{masked}");
        }
        let read: Value = serde_json::from_str(&masked).unwrap();
        assert_eq!(read["value"]["metadata"], raw["value"]["metadata"]);
        assert_eq!(read["value"]["messages"][0]["type"], "text");
        assert_eq!(read["value"]["messages"][0]["timestamp"], "1790000000");
        assert_eq!(read["value"]["messages"][0]["text"]["body"], HIDDEN);
        assert_eq!(
            read["value"]["messages"][3]["new_tomorrow"]["list"]
                .as_array()
                .unwrap()
                .len(),
            2
        );
    }

    #[test]
    fn a_body_that_is_not_json_is_hidden_as_a_whole() {
        assert!(!masked(b"canary {").contains("canary"));
        assert!(!masked(&[0xff, b'"']).contains('"'));
        let deep = "[".repeat(100_000);
        assert!(masked(deep.as_bytes()).starts_with(HIDDEN));
    }
}
