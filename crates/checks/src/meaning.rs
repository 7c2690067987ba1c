//! The meaning of a body, whatever way it is written.

use serde_json::{Map, Value, json};

/// Returns a body in one way of writing: null, empty lists and empty objects are left out, ids are texts, numbers of
/// degrees and places are numbers, and the recipient is the one that counts.
pub(crate) fn of(body: &Value) -> Value {
    let Value::Object(fields) = body else {
        return body.clone();
    };
    let mut plain = plain(fields, "");
    plain.remove("messaging_product");
    if plain.get("recipient_type") == Some(&json!("individual")) {
        plain.remove("recipient_type");
    }
    plain.entry("type").or_insert_with(|| json!("text"));
    if plain.get("to") == Some(&json!("")) {
        plain.remove("to");
    }
    if let Some(to) = plain.get("to").cloned() {
        plain.remove("recipient");
        if let (None, Value::String(to)) = (plain.get("recipient_type"), to) {
            let digits: String = to.chars().filter(char::is_ascii_digit).collect();
            plain.insert("to".to_owned(), digits.into());
        }
    }
    Value::Object(plain)
}

/// Fields that hold an id.
const IDS: [&str; 8] = [
    "id",
    "to",
    "recipient",
    "catalog_id",
    "product_retailer_id",
    "thumbnail_product_retailer_id",
    "flow_id",
    "wa_id",
];

fn plain(fields: &Map<String, Value>, within: &str) -> Map<String, Value> {
    let mut plain = Map::new();
    for (key, value) in fields {
        let value = match value {
            Value::Null => continue,
            Value::Number(number) if IDS.contains(&key.as_str()) => json!(number.to_string()),
            Value::Number(number) if matches!(key.as_str(), "latitude" | "longitude") => {
                json!(number.as_f64())
            }
            Value::String(text) if matches!(key.as_str(), "latitude" | "longitude") => {
                match text.trim().parse::<f64>() {
                    Ok(degrees) => json!(degrees),
                    Err(_) => value.clone(),
                }
            }
            Value::String(text) if key == "index" => match text.parse::<u64>() {
                Ok(place) => json!(place),
                Err(_) => value.clone(),
            },
            other => item(other, key),
        };
        let is_empty = value.as_array().is_some_and(Vec::is_empty)
            || value.as_object().is_some_and(Map::is_empty);
        if !is_empty || within == "order" {
            plain.insert(key.clone(), value);
        }
    }
    plain
}

fn item(value: &Value, key: &str) -> Value {
    match value {
        Value::Object(fields) => Value::Object(plain(fields, key)),
        Value::Array(items) => items.iter().map(|one| item(one, key)).collect(),
        other => other.clone(),
    }
}
