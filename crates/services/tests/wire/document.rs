//! The OpenAPI document's names are made by another macro than the JSON's: they must be those that are written.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use utoipa::PartialSchema;
use wabakit_services::wire;
use wabakit_wire::content::MessageContent;

use super::samples::contents;

/// The one value of `type` in a variant's schema.
fn kind(variant: &Value) -> String {
    let own = match variant.get("allOf") {
        Some(parts) => &parts[1],
        None => variant,
    };
    let kind = &own["properties"]["type"]["enum"][0];
    kind.as_str().unwrap().to_owned()
}

fn variants() -> Vec<Value> {
    let schema = serde_json::to_value(MessageContent::schema()).unwrap();
    schema["oneOf"].as_array().unwrap().clone()
}

fn names(object: &Map<String, Value>) -> BTreeSet<String> {
    object.keys().cloned().collect()
}

#[test]
fn every_type_of_content_is_described_and_no_other() {
    let described: BTreeSet<_> = variants().iter().map(kind).collect();
    let known = contents();
    let written: BTreeSet<_> = known
        .iter()
        .map(|content| content.kind().to_owned())
        .collect();
    assert_eq!(described, written);
}

#[test]
fn the_document_names_fields_as_they_are_written() {
    // What a value lacks may be left out, so a type's samples are taken together.
    let mut written = BTreeMap::<String, BTreeSet<String>>::new();
    for content in contents() {
        let names_of = written.entry(content.kind().to_owned()).or_default();
        let value = serde_json::to_value(wire::form::<MessageContent>(content)).unwrap();
        names_of.extend(names(value.as_object().unwrap()));
    }
    for variant in variants() {
        // A variant that holds a struct refers to it by name.
        if let Some(properties) = variant["properties"].as_object() {
            let type_name = kind(&variant);
            assert_eq!(written[&type_name], names(properties), "{type_name}");
        }
    }
}
