//! The JSON Schema of a template's values accepts what pre-flight accepts.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex},
};

use proptest::{collection::vec, prelude::*, sample::select};
use regex::Regex;
use serde_json::{Map, Value, json};

use super::values::{fitting, object};

/// Tells whether a value meets a schema, by the keywords of JSON Schema 2020-12 that the schemas here use. Another
/// keyword panics, so that none is passed over.
///
/// A whole validator is no dependency, because it would turn on `float_roundtrip` of serde_json for every program.
fn meets(schema: &Value, value: &Value) -> bool {
    let fields = schema.as_object().expect("a schema is an object");
    fields
        .iter()
        .all(|(keyword, rule)| keeps(keyword, rule, fields, value))
}

fn keeps(keyword: &str, rule: &Value, schema: &Map<String, Value>, value: &Value) -> bool {
    let all = |rule: &Value| rule.as_array().unwrap().clone();
    let names = |rule: &Value| -> Vec<String> {
        all(rule)
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    let (object, list, text) = (value.as_object(), value.as_array(), value.as_str());
    match keyword {
        "$schema" | "title" | "examples" => true,
        "type" => match rule.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "number" => value.is_number(),
            "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
            other => panic!("type {other}"),
        },
        "properties" => object.is_none_or(|object| {
            let known = rule.as_object().unwrap();
            object
                .iter()
                .all(|(key, value)| known.get(key).is_none_or(|rule| meets(rule, value)))
        }),
        "additionalProperties" => {
            assert_eq!(rule, &json!(false));
            object.is_none_or(|object| {
                object
                    .keys()
                    .all(|key| schema["properties"].get(key).is_some())
            })
        }
        "required" => {
            object.is_none_or(|object| names(rule).iter().all(|name| object.contains_key(name)))
        }
        "dependentRequired" => object.is_none_or(|object| {
            let rules = rule.as_object().unwrap().iter();
            let mut met = rules.filter(|(key, _)| object.contains_key(*key));
            met.all(|(_, needed)| names(needed).iter().all(|name| object.contains_key(name)))
        }),
        "items" => list.is_none_or(|list| list.iter().all(|item| meets(rule, item))),
        "minItems" => list.is_none_or(|list| list.len() as u64 >= rule.as_u64().unwrap()),
        "maxItems" => list.is_none_or(|list| list.len() as u64 <= rule.as_u64().unwrap()),
        "minLength" => {
            text.is_none_or(|text| text.chars().count() as u64 >= rule.as_u64().unwrap())
        }
        "maxLength" => {
            text.is_none_or(|text| text.chars().count() as u64 <= rule.as_u64().unwrap())
        }
        "minimum" => value
            .as_f64()
            .is_none_or(|number| number >= rule.as_f64().unwrap()),
        "maximum" => value
            .as_f64()
            .is_none_or(|number| number <= rule.as_f64().unwrap()),
        "pattern" => text.is_none_or(|text| matches(rule.as_str().unwrap(), text)),
        "allOf" => all(rule).iter().all(|rule| meets(rule, value)),
        "oneOf" => all(rule).iter().filter(|rule| meets(rule, value)).count() == 1,
        "not" => !meets(rule, value),
        other => panic!("keyword {other}"),
    }
}

/// Compares a text with a pattern. Patterns are kept: to compile one costs more than a thousand comparisons.
fn matches(pattern: &str, text: &str) -> bool {
    static KNOWN: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap();
    let regex = known
        .entry(pattern.to_owned())
        .or_insert_with(|| Regex::new(pattern).unwrap());
    regex.is_match(text)
}

/// Values of every kind, right ones and wrong ones.
fn odd() -> impl Strategy<Value = Value> {
    let long = |many: usize| json!("x".repeat(many));
    prop_oneof![
        "[a-z ]{0,6}".prop_map(Value::from),
        select(vec![
            json!(""),
            json!(" "),
            json!("a\nb"),
            json!("a     b"),
            json!("a    b"),
            json!("\u{a0}"),
            json!("\u{feff}"),
            json!("\u{85}"),
            json!("é😀"),
            json!("\u{0}"),
            json!("a\u{2028}b"),
            long(14),
            long(15),
            long(16),
            long(20),
            long(21),
            long(53),
            long(54),
            long(56),
            long(57),
            long(157),
            long(158),
            long(1015),
            long(1018),
            long(1019),
            long(1982),
            long(1983),
            json!(null),
            json!(1),
            json!(0),
            json!(-1),
            json!(1.0),
            json!(1.5),
            json!(true),
            json!([]),
            json!({}),
            json!(9_007_199_254_740_991_u64),
            json!(9_007_199_254_740_992_u64),
        ]),
        select(vec![
            json!({"id": "1"}),
            json!({"id": ""}),
            json!({"id": 1}),
            json!({"id": null}),
            json!({"id": "1", "link": "https://a.example"}),
            json!({"link": "https://a.example"}),
            json!({"link": "HTTP://a"}),
            json!({"link": "https:// /x"}),
            json!({"link": "ftp://a"}),
            json!({"link": "https://"}),
            json!({"id": "1", "filename": "f"}),
            json!({"id": "1", "shade": 1}),
            json!({"id": "a\u{0}"}),
            json!({"latitude": 90, "longitude": 180}),
            json!({"latitude": 90.1, "longitude": 0}),
            json!({"latitude": "1", "longitude": 0}),
            json!({"latitude": 1}),
            json!({"latitude": 1, "longitude": 1, "name": 3}),
            json!({"product_retailer_id": "p", "catalog_id": "c"}),
            json!({"product_retailer_id": "p"}),
            json!({"product_retailer_id": "", "catalog_id": "c"}),
            json!({"flow_token": "t"}),
            json!({"flow_token": 1}),
            json!({"flow_action_data": {"a": 1}}),
            json!({"flow_action_data": []}),
            json!({"thumbnail_product_retailer_id": "p"}),
            json!({"thumbnail_product_retailer_id": ""}),
            json!({"sections": []}),
            json!({"sections": 1}),
            json!({"sections": [{"product_items": [{"product_retailer_id": "p"}]}]}),
            json!({"sections": [{"product_items": []}]}),
            json!({"sections": [{"title": 1, "product_items": [{"product_retailer_id": "p"}]}]}),
            json!({"sections": [{"product_items": [{"product_retailer_id": ""}]}]}),
            json!({"sections": [1]}),
        ]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_schema_accepts_what_pre_flight_accepts(
        at in 0..8_usize,
        changes in vec((0..12_usize, any::<bool>(), odd()), 0..3),
        stray in proptest::option::weighted(0.05, Just("body.9")),
    ) {
        let (template, values) = fitting().remove(at);
        let mut values = object(values);
        let keys: Vec<String> = template.parameters().into_iter().map(|it| it.key).collect();
        for (place, is_kept, value) in changes {
            if let Some(key) = keys.get(place) {
                match is_kept {
                    true => values.insert(key.clone(), value),
                    false => values.remove(key),
                };
            }
        }
        if let Some(stray) = stray {
            values.insert(stray.to_owned(), json!("x"));
        }
        let schema = template.schema();
        let faults = template.fill(&values).check.faults;
        // JSON Schema cannot tell the length of a text that several values fill.
        let is_joint = |fault: &wabakit_domain::template::TemplateFault| {
            fault.pointer == "/parameters" && fault.code == 132_005
        };
        let is_fine = faults.iter().all(is_joint);
        let values = Value::Object(values);
        prop_assert_eq!(meets(&schema, &values), is_fine, "{:?} {:?}", &values, faults);
    }
}

#[test]
fn a_schema_names_every_key_and_takes_what_fits() {
    for (template, values) in fitting() {
        let schema = template.schema();
        for parameter in template.parameters() {
            assert!(
                schema["properties"][&parameter.key].is_object(),
                "{}",
                parameter.key
            );
        }
        assert!(meets(&schema, &values));
    }
}
