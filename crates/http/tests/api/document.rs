//! The OpenAPI document.

use std::collections::HashSet;

use serde_json::Value;

fn document() -> Value {
    serde_json::to_value(wabakit_http::openapi()).unwrap()
}

#[test]
fn the_committed_document_equals_the_generated_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    let committed: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(
        committed == document(),
        "run cargo xtask openapi and commit the result"
    );
}

#[test]
fn each_operation_has_its_own_id_a_tag_a_summary_and_its_errors() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
            assert_eq!(
                operation["tags"].as_array().unwrap().len(),
                1,
                "{method} {path}"
            );
            assert!(!operation["summary"].as_str().unwrap().is_empty());
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("500"), "{method} {path}");
            let guarded = operation.get("security").is_some();
            if operation["tags"][0] == "Webhooks from Meta" {
                assert!(!guarded, "{id}: Meta does not sign in");
                continue;
            }
            assert_eq!(responses.contains_key("403"), guarded, "{method} {path}");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, document: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(reference) = fields.get("$ref").and_then(Value::as_str) {
                    let pointer = reference.strip_prefix('#').unwrap();
                    assert!(
                        document.pointer(pointer).is_some(),
                        "{reference} leads nowhere"
                    );
                }
                fields.values().for_each(|value| walk(value, document));
            }
            Value::Array(values) => values.iter().for_each(|value| walk(value, document)),
            _ => {}
        }
    }
    let document = document();
    walk(&document, &document);
}

#[test]
fn no_answer_has_a_field_for_a_secret() {
    let document = document();
    let answers = [
        "MetaApp",
        "Account",
        "GrantView",
        "ConnectSession",
        "TeamMember",
        "User",
        "WebhookDelivery",
        "Contact",
    ];
    for name in answers {
        let fields = document["components"]["schemas"][name]["properties"]
            .as_object()
            .unwrap();
        for field in fields.keys() {
            let field = field.to_lowercase();
            let told = ["secret", "password", "accesstoken", "verifytoken", "pin"];
            assert!(!told.contains(&field.as_str()), "{name} has {field}");
        }
    }
}

/// Names of fields, wherever they are in a schema.
fn fields(schema: &Value, found: &mut Vec<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                found.extend(properties.keys().cloned());
            }
            object.values().for_each(|inner| fields(inner, found));
        }
        Value::Array(all) => all.iter().for_each(|inner| fields(inner, found)),
        _ => {}
    }
}

#[test]
fn every_field_of_ours_is_in_camel_case() {
    let mut found = Vec::new();
    fields(&document()["components"]["schemas"], &mut found);
    assert!(found.len() > 100);
    // Meta's own name, as it is in Meta's message object.
    found.retain(|name| name.contains('_') && name != "recipient_type");
    assert_eq!(found, [""; 0]);
}
