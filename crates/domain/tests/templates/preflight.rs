//! Pre-flight: which values a template takes, where the fault is, and which code Meta would answer.

use serde_json::{Value, json};
use wabakit_domain::template::TemplateDefinition;

use super::{named, template};

fn faults(template: &TemplateDefinition, components: Value) -> Vec<(String, i64)> {
    (template.check(&components).faults.into_iter())
        .map(|fault| (fault.pointer, fault.code))
        .collect()
}

#[track_caller]
fn takes(template: &TemplateDefinition, components: Value) {
    assert_eq!(faults(template, components.clone()), [], "{components}");
}

#[track_caller]
fn refuses(template: &TemplateDefinition, components: Value, pointer: &str, code: i64) {
    let found = faults(template, components.clone());
    let expected = (pointer.to_owned(), code);
    assert!(found.contains(&expected), "{components}: {found:?}");
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn part(kind: &str, parameters: Value) -> Value {
    json!({"type": kind, "parameters": parameters})
}

fn button(sub_type: &str, index: usize, parameters: Value) -> Value {
    json!({"type": "button", "sub_type": sub_type, "index": index.to_string(), "parameters": parameters})
}

fn body(text: &str) -> Value {
    json!({"type": "BODY", "text": text})
}

fn with_button(kind: Value) -> TemplateDefinition {
    template(
        "MARKETING",
        json!([body("b"), {"type": "BUTTONS", "buttons": [kind]}]),
    )
}

#[test]
fn a_body_takes_one_value_for_each_variable() {
    let two = template("UTILITY", json!([body("a {{1}} b {{2}} c {{1}} d")]));
    takes(&two, json!([part("body", json!([text("x"), text("y")]))]));
    takes(
        &two,
        json!([part(
            "BODY",
            json!([text("x"), {"type": "currency",
        "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000}}])
        )]),
    );
    for few in [
        json!([]),
        json!(null),
        json!([part("body", json!([text("x")]))]),
    ] {
        let found = faults(&two, few);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].1, 132_000);
    }
    let many = json!([part("body", json!([text("x"), text("y"), text("z")]))]);
    refuses(&two, many, "/components/0/parameters", 132_000);
    let image = json!([part(
        "body",
        json!([text("x"), {"type": "image", "image": {"id": "1"}}])
    )]);
    refuses(&two, image, "/components/0/parameters/1/type", 132_012);
    let none = template("UTILITY", json!([body("no variables")]));
    takes(&none, json!([]));
    takes(&none, json!([part("body", json!([]))]));
    refuses(
        &none,
        json!([part("body", json!([text("x")]))]),
        "/components/0/parameters",
        132_000,
    );
    refuses(
        &none,
        json!([part("header", json!([text("x")]))]),
        "/components/0/parameters",
        132_000,
    );
}

#[test]
fn named_values_are_matched_by_name() {
    let template = named(json!([body("a {{who}} b {{what}} c")]));
    let value = |name: &str| json!({"type": "text", "text": "x", "parameter_name": name});
    takes(
        &template,
        json!([part("body", json!([value("what"), value("who")]))]),
    );
    for (values, pointer, code) in [
        (
            json!([text("x"), text("y")]),
            "/components/0/parameters/0/parameter_name",
            100,
        ),
        (
            json!([value("who"), value("where")]),
            "/components/0/parameters/1/parameter_name",
            132_000,
        ),
        (
            json!([value("who"), value("who")]),
            "/components/0/parameters/1/parameter_name",
            132_000,
        ),
        (json!([value("who")]), "/components/0/parameters", 132_000),
    ] {
        refuses(&template, json!([part("body", values)]), pointer, code);
    }
}

#[test]
fn a_value_stands_in_one_line() {
    let one = template("UTILITY", json!([body("a {{1}} b")]));
    for odd in ["a\nb", "a\tb", "a\rb", "a     b"] {
        let components = json!([part("body", json!([text(odd)]))]);
        refuses(&one, components, "/components/0/parameters/0/text", 132_018);
    }
    for empty in ["", "  ", "\u{a0}"] {
        let components = json!([part("body", json!([text(empty)]))]);
        refuses(&one, components, "/components/0/parameters/0/text", 100);
    }
    for fine in ["a    b", "é", "👩‍👩‍👧", "a\u{2028}b"] {
        takes(&one, json!([part("body", json!([text(fine)]))]));
    }
}

#[test]
fn a_text_fits_with_its_values() {
    let header = json!({"type": "HEADER", "format": "TEXT", "text": "Hi {{1}}"});
    let all = template("MARKETING", json!([header, body("a{{1}}b{{1}}")]));
    let send = |header: usize, body: usize| {
        json!([
            part("header", json!([text(&"é".repeat(header))])),
            part("body", json!([text(&"x".repeat(body))])),
        ])
    };
    takes(&all, send(57, 511));
    refuses(
        &all,
        send(58, 511),
        "/components/0/parameters/0/text",
        132_005,
    );
    refuses(
        &all,
        send(57, 512),
        "/components/1/parameters/0/text",
        132_005,
    );
    let near = all.check(&json!([
        part("header", json!([text(&"😀".repeat(40))])),
        part("body", json!([text("x")])),
    ]));
    assert!(near.is_ok());
    assert_eq!(near.warnings.len(), 1);
    let url = with_button(json!({"type": "URL", "text": "u", "url": "https://a.example/{{1}}"}));
    let send = |long: usize| json!([button("url", 0, json!([text(&"x".repeat(long))]))]);
    takes(&url, send(1982));
    refuses(&url, send(1983), "/components/0/parameters/0/text", 132_005);
}

#[test]
fn a_file_for_the_header_is_always_given() {
    for (format, kind) in [
        ("IMAGE", "image"),
        ("VIDEO", "video"),
        ("DOCUMENT", "document"),
        ("GIF", "gif"),
    ] {
        let header = json!({"type": "HEADER", "format": format, "example": {"header_handle": ["https://cdn.example/x"]}});
        let template = template("MARKETING", json!([header, body("b")]));
        takes(
            &template,
            json!([part("header", json!([{"type": kind, kind: {"id": "1"}}]))]),
        );
        refuses(&template, json!([]), "/components", 132_012);
        refuses(
            &template,
            json!([part("header", json!([]))]),
            "/components/0/parameters",
            132_012,
        );
        refuses(
            &template,
            json!([part("header", json!([text("x")]))]),
            "/components/0/parameters/0/type",
            132_012,
        );
    }
    let location = template(
        "UTILITY",
        json!([{"type": "HEADER", "format": "LOCATION"}, body("b")]),
    );
    let place = json!({"type": "location", "location": {"latitude": "1.5", "longitude": 2}});
    takes(&location, json!([part("header", json!([place]))]));
    refuses(&location, json!([]), "/components", 132_012);
}

#[test]
fn each_kind_of_button_takes_its_own_value() {
    let url = with_button(json!({"type": "URL", "text": "u", "url": "https://a.example/{{1}}"}));
    takes(&url, json!([button("URL", 0, json!([text("x")]))]));
    refuses(&url, json!([]), "/components", 131_008);
    refuses(
        &url,
        json!([button("url", 0, json!([]))]),
        "/components/0/parameters",
        131_008,
    );
    refuses(
        &url,
        json!([button("quick_reply", 0, json!([text("x")]))]),
        "/components/0/sub_type",
        132_012,
    );
    refuses(
        &url,
        json!([button("url", 1, json!([text("x")]))]),
        "/components/0/index",
        132_000,
    );
    let fixed = with_button(json!({"type": "URL", "text": "u", "url": "https://a.example/"}));
    takes(&fixed, json!([]));
    refuses(
        &fixed,
        json!([button("url", 0, json!([text("x")]))]),
        "/components/0/parameters",
        132_000,
    );
    let reply = with_button(json!({"type": "QUICK_REPLY", "text": "Yes"}));
    takes(&reply, json!([]));
    takes(
        &reply,
        json!([button(
            "quick_reply",
            0,
            json!([{"type": "payload", "payload": "p"}])
        )]),
    );
    let empty = json!([button(
        "quick_reply",
        0,
        json!([{"type": "payload", "payload": ""}])
    )]);
    refuses(&reply, empty, "/components/0/parameters/0/payload", 132_018);
    let copy = with_button(json!({"type": "COPY_CODE", "example": "A"}));
    let code = |long: usize| {
        json!([button(
            "copy_code",
            0,
            json!([{"type": "coupon_code", "coupon_code": "C".repeat(long)}])
        )])
    };
    takes(&copy, code(20));
    assert_eq!(copy.check(&code(16)).warnings.len(), 1);
    refuses(&copy, json!([]), "/components", 131_008);
    refuses(
        &copy,
        code(21),
        "/components/0/parameters/0/coupon_code",
        100,
    );
    for optional in [
        json!({"type": "FLOW", "text": "f"}),
        json!({"type": "CATALOG"}),
        json!({"type": "PHONE_NUMBER"}),
    ] {
        takes(&with_button(optional), json!([]));
    }
    let products = with_button(json!({"type": "MPM", "text": "View items"}));
    let send = |sections: Value| {
        json!([button(
            "mpm",
            0,
            json!([{"type": "action", "action": {"sections": sections}}])
        )])
    };
    let items = |many: usize| json!({"title": "t", "product_items": vec![json!({"product_retailer_id": "p"}); many]});
    takes(&products, send(json!([items(15), items(15)])));
    for wrong in [
        json!([]),
        json!([items(0)]),
        json!([items(31)]),
        json!(vec![items(1); 11]),
    ] {
        assert!(!products.check(&send(wrong)).is_ok());
    }
}

#[test]
fn a_one_time_code_is_given_twice() {
    let code = template(
        "AUTHENTICATION",
        json!([
            body("*{{1}}* is your verification code."),
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code",
                "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"}]},
        ]),
    );
    let made = template(
        "AUTHENTICATION",
        json!([
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]},
        ]),
    );
    let send = |body: &str, url: &str| {
        json!([
            part("body", json!([text(body)])),
            button("url", 0, json!([text(url)]))
        ])
    };
    for template in [&code, &made] {
        takes(template, send("123456", "123456"));
        let other = template.check(&send("123456", "654321"));
        assert_eq!((other.is_ok(), other.warnings.len()), (true, 1));
        refuses(
            template,
            json!([part("body", json!([text("1")]))]),
            "/components",
            131_008,
        );
        refuses(
            template,
            json!([button("url", 0, json!([text("1")]))]),
            "/components",
            132_000,
        );
        let long = "1234567890123456";
        refuses(
            template,
            send(long, "1"),
            "/components/0/parameters/0/text",
            132_005,
        );
        refuses(
            template,
            send("1", long),
            "/components/1/parameters/0/text",
            132_005,
        );
    }
}

#[test]
fn a_carousel_has_exactly_its_cards() {
    let card = json!({"components": [{"type": "HEADER", "format": "IMAGE"}, body("{{1}} off"),
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}]}]});
    let media = template(
        "MARKETING",
        json!([body("b"), {"type": "CAROUSEL", "cards": [card, card]}]),
    );
    let given = |place: usize| {
        json!({"card_index": place, "components": [
            part("header", json!([{"type": "image", "image": {"id": "1"}}])), part("body", json!([text("10%")])),
        ]})
    };
    let send = |cards: Vec<Value>| json!([{"type": "carousel", "cards": cards}]);
    takes(&media, send(vec![given(0), given(1)]));
    takes(&media, send(vec![given(1), given(0)]));
    refuses(&media, json!([]), "/components", 132_000);
    refuses(&media, send(vec![given(0)]), "/components/0/cards", 132_000);
    refuses(
        &media,
        send(vec![given(0), given(1), given(2)]),
        "/components/0/cards",
        132_000,
    );
    refuses(
        &media,
        send(vec![given(0), given(0)]),
        "/components/0/cards/1/card_index",
        100,
    );
    let bare = json!({"card_index": 1, "components": []});
    refuses(
        &media,
        send(vec![given(0), bare]),
        "/components/0/cards/1/components",
        132_012,
    );
    let card = json!({"components": [{"type": "HEADER", "format": "PRODUCT"},
        {"type": "BUTTONS", "buttons": [{"type": "SPM", "text": "View"}]}]});
    let products = template(
        "MARKETING",
        json!([body("b"), {"type": "CAROUSEL", "cards": [card, card]}]),
    );
    let given = |place: usize| {
        json!({"card_index": place, "components": [part("header", json!([
        {"type": "product", "product": {"product_retailer_id": "p", "catalog_id": "c"}}]))]})
    };
    takes(&products, send((0..10).map(given).collect()));
    refuses(
        &products,
        send(vec![given(0), given(2)]),
        "/components/0/cards/1/card_index",
        100,
    );
    let plain = template("MARKETING", json!([body("b")]));
    refuses(
        &plain,
        send(vec![given(0), given(1)]),
        "/components/0",
        132_000,
    );
}

#[test]
fn an_offer_says_when_it_ends() {
    let offer = |expires: bool| {
        template(
            "MARKETING",
            json!([
                {"type": "HEADER", "format": "IMAGE"}, body("b"),
                {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "o", "has_expiration": expires}},
            ]),
        )
    };
    let end = json!([part(
        "limited_time_offer",
        json!([{"type": "limited_time_offer",
        "limited_time_offer": {"expiration_time_ms": 1_700_000_000_000_u64}}])
    )]);
    takes(&offer(true), end.clone());
    refuses(&offer(true), json!([]), "/components", 131_008);
    takes(&offer(false), json!([]));
    let told = offer(false).check(&end);
    assert_eq!((told.is_ok(), told.warnings.len()), (true, 2));
    refuses(
        &template("MARKETING", json!([body("b")])),
        end,
        "/components/0",
        132_000,
    );
}

#[test]
fn all_faults_are_told_at_once() {
    let template = template(
        "MARKETING",
        json!([
            {"type": "HEADER", "format": "IMAGE"}, body("a {{1}} b"),
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "u", "url": "https://a.example/{{1}}"}]},
        ]),
    );
    let found = template.check(&json!([
        part("body", json!([text("a\nb")])),
        part("body", json!([]))
    ]));
    let codes: Vec<i64> = found.faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, [132_012, 132_000, 132_018, 131_008]);
    assert_eq!(found.meta_code(), Some(132_012));
    for fault in &found.faults {
        assert!(fault.words.ends_with('.'), "{fault:?}");
    }
}

#[test]
fn what_is_no_component_is_refused_and_never_a_panic() {
    let template = template("UTILITY", json!([body("b")]));
    for odd in [
        json!(3),
        json!("x"),
        json!({}),
        json!([1]),
        json!([{"type": 3}]),
        json!([{"type": "body", "parameters": 3}]),
    ] {
        assert!(!template.check(&odd).is_ok(), "{odd}");
    }
    takes(
        &template,
        json!([{"type": "tap_target_configuration", "parameters": [{"type": "x"}]}]),
    );
}
