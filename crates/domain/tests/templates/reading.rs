//! Reading never fails and loses nothing, and parameters are told by their keys.

use serde_json::{Value, json};
use wabakit_domain::template::{
    HeaderMedia, ParameterKind, TemplateButtonKind, TemplateCategory, TemplateComponent,
    TemplateDefinition, TemplateHeader, TemplateQuality, TemplateStatus,
};

use super::{named, template};

/// Nodes in Meta's form, with every component and button kind, and odd ones.
fn nodes() -> Vec<Value> {
    let body = json!({"type": "BODY", "text": "Hi {{1}}!", "example": {"body_text": [["Zoë"]]}});
    vec![
        json!({
            "id": "594425479261596", "name": "all", "language": "en_US", "status": "APPROVED", "category": "MARKETING",
            "previous_category": "UTILITY", "correct_category": "", "sub_category": null,
            "quality_score": {"score": "GREEN", "date": 1_700_000_000, "reasons": []},
            "rejected_reason": "NONE", "parameter_format": "POSITIONAL", "message_send_ttl_seconds": null,
            "cta_url_link_tracking_opted_out": false, "health_status": {"can_send_message": "AVAILABLE"},
            "components": [
                {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["https://scontent.example/x"]}},
                body, {"type": "FOOTER", "text": "Bye"},
                {"type": "BUTTONS", "buttons": [
                    {"type": "QUICK_REPLY", "text": "Stop"},
                    {"type": "URL", "text": "Track", "url": "https://a.example/{{1}}", "example": ["https://a.example/7"]},
                    {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550100123"},
                    {"type": "COPY_CODE", "text": "Copy offer code", "example": ["FALL25"]},
                    {"type": "FLOW", "text": "Form", "flow_id": 123, "flow_action": "NAVIGATE", "navigate_screen": "A"},
                    {"type": "VOICE_CALL", "text": "Ring", "ttl_minutes": 1440},
                    {"type": "REQUEST_CONTACT_INFO"}, {"type": "CATALOG", "text": "View catalog"},
                    {"type": "MPM", "text": "View items"}, {"type": "SPM", "text": "View"},
                    {"type": "ORDER_DETAILS", "text": "Pay", "a_new_field": [1, {"b": null}]},
                ]},
            ],
        }),
        json!({"id": 1, "name": "offer", "components": [
            body, {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Sale", "has_expiration": true}},
        ]}),
        json!({"name": "cards", "components": [body, {"type": "CAROUSEL", "cards": [
            {"components": [{"type": "HEADER", "format": "VIDEO"}, {"type": "BODY", "text": "{{1}} off"},
                {"type": "BUTTONS", "buttons": [{"type": "quick_reply", "text": "Yes"}]}]},
        ]}]}),
        json!({"name": "call", "components": [body, {"type": "call_permission_request"}]}),
        json!({"name": "code", "category": "authentication", "components": [
            {"type": "BODY", "add_security_recommendation": true}, {"type": "FOOTER", "code_expiration_minutes": 10},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "ONE_TAP", "supported_apps": []}]},
        ]}),
        json!({"id": [1], "name": 5, "language": {}, "status": true, "quality_score": 7, "category": [],
        "message_send_ttl_seconds": "x", "components": [
            7, null, {}, {"type": 3}, {"type": "SOMETHING_NEW", "x": 1}, {"type": "HEADER", "format": "HOLOGRAM"},
            {"type": "BUTTONS", "buttons": {}}, {"type": "BUTTONS", "buttons": [null, {"type": "NEW"}, "x"]},
            {"type": "BODY", "text": ["x"], "example": 3}, {"type": "CAROUSEL", "cards": [null, {"components": 3}]},
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"has_expiration": 4}},
        ]}),
        json!({"components": "none"}),
        json!({}),
    ]
}

#[test]
fn what_was_read_is_written_back_equal() {
    for node in nodes() {
        assert_eq!(TemplateDefinition::read(node.clone()).to_json(), node);
    }
}

#[test]
fn reading_never_fails_and_says_what_it_could_not_understand() {
    for odd in [json!(null), json!([1]), json!("x"), json!(3)] {
        assert_eq!(TemplateDefinition::read(odd).oddities().len(), 1);
    }
    let odd = TemplateDefinition::read(nodes()[5].clone());
    let at: Vec<&str> = odd
        .oddities()
        .iter()
        .map(|it| it.pointer.as_str())
        .collect();
    for pointer in [
        "/id",
        "/language",
        "/status",
        "/quality_score",
        "/category",
        "/message_send_ttl_seconds",
        "/components/0",
        "/components/2",
        "/components/4",
        "/components/5",
        "/components/6/buttons",
        "/components/7/buttons/1",
        "/components/8/text",
        "/components/9/cards/1/components",
        "/components/10/limited_time_offer/has_expiration",
    ] {
        assert!(at.contains(&pointer), "{pointer}: {at:?}");
    }
    for understood in [&nodes()[1], &nodes()[2], &nodes()[3], &nodes()[4]] {
        let read = TemplateDefinition::read(understood.clone());
        assert_eq!(read.oddities(), [], "{understood}");
    }
}

#[test]
fn every_kind_of_component_and_button_has_a_type() {
    let read = TemplateDefinition::read(nodes()[0].clone());
    assert_eq!(
        read.header(),
        Some(&TemplateHeader::Media(HeaderMedia::Image))
    );
    assert_eq!(read.status, Some(TemplateStatus::Approved));
    assert_eq!(read.quality, Some(TemplateQuality::Green));
    assert_eq!(read.previous_category, Some(TemplateCategory::Utility));
    assert_eq!(
        (
            read.correct_category.as_ref(),
            read.rejected_reason.as_ref()
        ),
        (None, None)
    );
    let kinds: Vec<&str> = read.buttons().iter().map(|it| it.kind.as_str()).collect();
    let buttons = read.to_json()["components"][3]["buttons"].clone();
    let words: Vec<Value> = kinds.iter().map(|kind| json!(kind)).collect();
    let given: Vec<Value> = (buttons.as_array().unwrap().iter())
        .map(|button| button["type"].clone())
        .collect();
    assert_eq!(words, given);
    let others = read
        .buttons()
        .iter()
        .filter(|it| matches!(it.kind, TemplateButtonKind::Other(_)));
    assert_eq!(others.count(), 1);
    let call = TemplateDefinition::read(nodes()[3].clone());
    assert_eq!(
        call.components()[1],
        TemplateComponent::CallPermissionRequest
    );
}

#[test]
fn a_changed_field_is_written_and_the_others_stay() {
    for node in nodes() {
        let mut read = TemplateDefinition::read(node.clone());
        read.status = Some(TemplateStatus::Paused);
        read.quality = Some(TemplateQuality::Red);
        read.set_components(json!([{"type": "BODY", "text": "{{1}} is new"}]));
        let mut expected = node;
        expected["status"] = json!("PAUSED");
        expected["quality_score"] = json!({"score": "RED"});
        expected["components"] = json!([{"type": "BODY", "text": "{{1}} is new"}]);
        assert_eq!(read.to_json(), expected);
        let again = TemplateDefinition::read(expected);
        assert_eq!(again.components(), read.components());
        assert_eq!((again.status, again.quality), (read.status, read.quality));
    }
}

fn keys(template: &TemplateDefinition) -> Vec<(String, &'static str, bool)> {
    (template.parameters().into_iter())
        .map(|it| (it.key, it.kind.as_str(), it.is_required))
        .collect()
}

#[test]
fn parameters_have_keys_by_place_or_by_name() {
    let all = keys(&TemplateDefinition::read(nodes()[0].clone()));
    let of = |key: &str, kind, is_required| (key.to_owned(), kind, is_required);
    assert_eq!(
        all,
        [
            of("header.1", "image", true),
            of("body.1", "text", true),
            of("button.0.1", "payload", false),
            of("button.1.1", "url", true),
            of("button.3.1", "coupon_code", true),
            of("button.4.1", "flow", false),
            of("button.7.1", "catalog", false),
            of("button.8.1", "products", true),
        ]
    );
    let names = named(json!([
        {"type": "HEADER", "format": "TEXT", "text": "For {{who}}"},
        {"type": "BODY", "text": "Dear {{who}}, {{order_id}} is here", "example": {"body_text_named_params": [
            {"param_name": "order_id", "example": "TX-1"}]}},
    ]));
    assert_eq!(
        keys(&names),
        [of("who", "text", true), of("order_id", "text", true)]
    );
    assert_eq!(names.parameters()[1].example.as_deref(), Some("TX-1"));
    let offer = keys(&TemplateDefinition::read(nodes()[1].clone()));
    assert_eq!(offer[1], of("limited_time_offer.1", "offer_end", true));
    let cards = keys(&TemplateDefinition::read(nodes()[2].clone()));
    assert_eq!(
        cards,
        [
            of("body.1", "text", true),
            of("card.0.header.1", "video", true),
            of("card.0.body.1", "text", true),
            of("card.0.button.0.1", "payload", false),
        ]
    );
}

#[test]
fn a_one_time_code_is_one_parameter() {
    let sent_back = template(
        "AUTHENTICATION",
        json!([
            {"type": "BODY", "text": "*{{1}}* is your verification code.", "example": {"body_text": [["123456"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code",
                "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"}]},
        ]),
    );
    for template in [TemplateDefinition::read(nodes()[4].clone()), sent_back] {
        let parameters = template.parameters();
        assert_eq!(parameters.len(), 1);
        let code = &parameters[0];
        assert_eq!(
            (code.key.as_str(), code.kind),
            ("body.1", ParameterKind::Code)
        );
        assert_eq!((code.is_required, code.max_length), (true, Some(15)));
    }
}

#[test]
fn a_carousel_of_products_lists_ten_cards() {
    let card = json!({"components": [{"type": "HEADER", "format": "PRODUCT"},
        {"type": "BUTTONS", "buttons": [{"type": "SPM", "text": "View"}]}]});
    let template = template(
        "MARKETING",
        json!([{"type": "BODY", "text": "Look"}, {"type": "CAROUSEL", "cards": [card, card]}]),
    );
    let parameters = template.parameters();
    assert_eq!(parameters.len(), 10);
    let required: Vec<bool> = parameters.iter().map(|it| it.is_required).collect();
    assert_eq!(required.iter().filter(|required| **required).count(), 2);
    assert_eq!(parameters[9].key, "card.9.header.1");
}

#[test]
fn a_value_may_be_as_long_as_the_text_leaves_room() {
    let most = |components: Value| -> Vec<Option<usize>> {
        let template = template("MARKETING", components);
        template
            .parameters()
            .iter()
            .map(|it| it.max_length)
            .collect()
    };
    let header = |text: &str| json!({"type": "HEADER", "format": "TEXT", "text": text});
    let body = |text: &str| json!({"type": "BODY", "text": text});
    let footer = json!({"type": "FOOTER", "text": "f"});
    let offer = json!({"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "o", "has_expiration": false}});
    assert_eq!(most(json!([header("é {{1}}"), body("b")])), [Some(58)]);
    assert_eq!(
        most(json!([body("a{{1}}b{{2}}c"), footer])),
        [Some(1020), Some(1020)]
    );
    assert_eq!(most(json!([body("a{{1}}b{{1}}c"), footer])), [Some(510)]);
    assert_eq!(most(json!([body("a{{1}}b")])), [Some(32_766)]);
    assert_eq!(most(json!([body("a{{1}}b"), offer])), [Some(1022)]);
    let url = json!({"type": "BUTTONS", "buttons": [{"type": "URL", "text": "u", "url": "https://a.example/{{1}}"}]});
    assert_eq!(most(json!([body("b"), url])), [Some(1982)]);
}
