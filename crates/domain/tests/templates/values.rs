//! Named values: their components and back, and the preview.

use serde_json::{Map, Value, json};
use wabakit_domain::template::TemplateDefinition;

use super::{named, template};

pub(super) fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other}"),
    }
}

fn card(format: &str, buttons: Value) -> Value {
    json!({"components": [
        {"type": "HEADER", "format": format}, {"type": "BODY", "text": "{{1}} off"},
        {"type": "BUTTONS", "buttons": buttons},
    ]})
}

/// Templates with every kind of parameter, and values that fit.
pub(super) fn fitting() -> Vec<(TemplateDefinition, Value)> {
    let image = json!({"link": "https://a.example/x.png"});
    let reply = json!([{"type": "QUICK_REPLY", "text": "Yes"}]);
    let product = json!({"product_retailer_id": "p", "catalog_id": "c"});
    let single = json!({"components": [{"type": "HEADER", "format": "PRODUCT"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "u", "url": "https://a.example/{{1}}"}]}]});
    vec![
        (
            template(
                "MARKETING",
                json!([
                    {"type": "HEADER", "format": "DOCUMENT"}, {"type": "BODY", "text": "a {{1}} b {{2}} c {{1}} d"},
                    {"type": "BUTTONS", "buttons": [
                        {"type": "QUICK_REPLY", "text": "Yes"}, {"type": "URL", "text": "u", "url": "https://a.example/{{1}}"},
                        {"type": "COPY_CODE", "example": "C"}, {"type": "FLOW", "text": "f"}, {"type": "CATALOG"},
                        {"type": "MPM"}, {"type": "PHONE_NUMBER", "text": "p", "phone_number": "1"},
                    ]},
                ]),
            ),
            json!({
                "header.1": {"id": "1", "filename": "a.pdf"}, "body.1": "x", "body.2": "y",
                "button.0.1": "payload", "button.1.1": "end", "button.2.1": "SAVE", "button.3.1": {"flow_token": "t",
                    "flow_action_data": {"a": [1]}}, "button.4.1": {"thumbnail_product_retailer_id": "p"},
                "button.5.1": {"thumbnail_product_retailer_id": "p", "sections": [{"title": "t",
                    "product_items": [{"product_retailer_id": "p"}]}]},
            }),
        ),
        (
            named(json!([
                {"type": "HEADER", "format": "TEXT", "text": "For {{who}}"},
                {"type": "BODY", "text": "Dear {{who}}, {{order_id}} is here"},
            ])),
            json!({"who": "Zoë", "order_id": "TX-1"}),
        ),
        (
            template(
                "UTILITY",
                json!([{"type": "HEADER", "format": "LOCATION"}, {"type": "BODY", "text": "b"}]),
            ),
            json!({"header.1": {"latitude": 1.5, "longitude": -2, "name": "n", "address": "a"}}),
        ),
        (
            template(
                "MARKETING",
                json!([
                    {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "b {{1}} b"},
                    {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "o", "has_expiration": true}},
                    {"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "C"}]},
                ]),
            ),
            json!({"header.1": image, "body.1": "x", "limited_time_offer.1": 1_700_000_000_000_u64, "button.0.1": "C"}),
        ),
        (
            template(
                "MARKETING",
                json!([{"type": "BODY", "text": "b"},
                {"type": "CAROUSEL", "cards": [card("IMAGE", reply.clone()), card("VIDEO", reply)]}]),
            ),
            json!({
                "card.0.header.1": image, "card.0.body.1": "10%", "card.0.button.0.1": "p",
                "card.1.header.1": {"id": "2"}, "card.1.body.1": "20%",
            }),
        ),
        (
            template(
                "MARKETING",
                json!([{"type": "BODY", "text": "b"}, {"type": "CAROUSEL", "cards": [single, single]}]),
            ),
            json!({
                "card.0.header.1": product, "card.0.button.0.1": "a", "card.1.header.1": product, "card.1.button.0.1": "b",
                "card.2.header.1": product, "card.2.button.0.1": "c",
            }),
        ),
        (
            template(
                "AUTHENTICATION",
                json!([
                    {"type": "BODY", "text": "*{{1}}* is your verification code."},
                    {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
                ]),
            ),
            json!({"body.1": "123456"}),
        ),
        (
            template("UTILITY", json!([{"type": "BODY", "text": "b"}])),
            json!({}),
        ),
    ]
}

#[test]
fn named_values_become_components_and_come_back() {
    for (template, values) in fitting() {
        let values = object(values);
        let filled = template.fill(&values);
        assert_eq!(filled.check.faults, [], "{:?}", filled.components);
        assert_eq!(template.values(&filled.components), values);
        assert!(template.check(&filled.components).is_ok());
    }
}

#[test]
fn the_code_is_written_twice() {
    let (template, values) = fitting().remove(6);
    let text = json!({"type": "text", "text": "123456"});
    assert_eq!(
        template.fill(&object(values)).components,
        json!([
            {"type": "body", "parameters": [text]},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": [text]},
        ])
    );
}

#[test]
fn faults_of_named_values_point_at_their_keys() {
    let faults = |at: usize, values: Value| -> Vec<(String, i64)> {
        let (template, _) = fitting().remove(at);
        let check = template.fill(&object(values)).check;
        check
            .faults
            .into_iter()
            .map(|fault| (fault.pointer, fault.code))
            .collect()
    };
    let of = |pointer: &str, code: i64| (pointer.to_owned(), code);
    assert_eq!(
        faults(1, json!({"who": "a\nb", "other": 1})),
        [
            of("/parameters/other", 132_000),
            of("/parameters/order_id", 131_008),
            of("/parameters/who", 132_018)
        ]
    );
    assert_eq!(
        faults(6, json!({"body.1": "1234567890123456"})),
        [of("/parameters/body.1", 132_005)]
    );
    assert_eq!(faults(6, json!({})), [of("/parameters/body.1", 131_008)]);
    assert_eq!(
        faults(2, json!({"header.1": null})),
        [of("/parameters/header.1", 132_012)]
    );
    assert_eq!(
        faults(2, json!({"header.1": {"latitude": 91, "longitude": 0}})),
        [of("/parameters/header.1/latitude", 100)]
    );
    let joint = json!({"header.1": {"id": "1"}, "body.1": "x".repeat(400), "body.2": "y".repeat(400),
        "button.1.1": "e", "button.2.1": "C", "button.5.1": {"sections": [{"product_items": [{"product_retailer_id": "p"}]}]}});
    assert_eq!(faults(0, joint), [of("/parameters", 132_005)]);
    let gap = json!({"card.0.header.1": {"product_retailer_id": "p", "catalog_id": "c"}, "card.0.button.0.1": "a",
        "card.1.header.1": {"product_retailer_id": "p", "catalog_id": "c"}, "card.1.button.0.1": "a",
        "card.3.button.0.1": "a"});
    let missing: Vec<String> = faults(5, gap)
        .into_iter()
        .map(|(pointer, _)| pointer)
        .collect();
    for key in ["card.2.header.1", "card.2.button.0.1", "card.3.header.1"] {
        assert!(
            missing.contains(&format!("/parameters/{key}")),
            "{missing:?}"
        );
    }
}

#[test]
fn a_preview_shows_what_the_person_reads() {
    let (template, values) = fitting().remove(0);
    let preview = template.preview(&object(values));
    assert_eq!(preview.body.as_deref(), Some("a x b y c x d"));
    let header = preview.header.unwrap();
    assert_eq!(
        (header.kind.as_str(), header.value.unwrap()),
        ("document", json!({"id": "1", "filename": "a.pdf"}))
    );
    let urls: Vec<Option<&str>> = preview
        .buttons
        .iter()
        .map(|it| it.value.as_deref())
        .collect();
    assert_eq!(
        urls,
        [
            Some("payload"),
            Some("https://a.example/end"),
            Some("SAVE"),
            None,
            None,
            None,
            Some("1")
        ]
    );
    assert_eq!(preview.buttons[4].text, "View catalog");
    let (names, values) = fitting().remove(1);
    let preview = names.preview(&object(values));
    assert_eq!(preview.header.unwrap().text.as_deref(), Some("For Zoë"));
    let without = names.preview(&Map::new());
    assert_eq!(
        without.body.as_deref(),
        Some("Dear {{who}}, {{order_id}} is here")
    );
    let (cards, values) = fitting().remove(4);
    let preview = cards.preview(&object(values));
    let bodies: Vec<&str> = preview
        .cards
        .iter()
        .filter_map(|it| it.body.as_deref())
        .collect();
    assert_eq!(bodies, ["10% off", "20% off"]);
    let (code, values) = fitting().remove(6);
    let preview = code.preview(&object(values));
    assert_eq!(
        preview.body.as_deref(),
        Some("*123456* is your verification code.")
    );
    assert_eq!(preview.buttons[0].value.as_deref(), Some("123456"));
}
