//! The values of a message against its template.

use serde_json::{Value, json};
use wabakit_sandbox::judge_template;

/// Judges a message with these components against a template with those.
fn judged(template: &Value, components: &Value) -> i64 {
    let message = json!({
        "name": template["name"], "language": { "code": template["language"] },
        "components": components,
    });
    judge_template(template, &message).map_or_else(|refusal| refusal.code, |()| 0)
}

fn of(components: Value) -> Value {
    json!({
        "name": "a", "language": "en_US", "status": "APPROVED", "category": "MARKETING",
        "parameter_format": "POSITIONAL", "components": components,
    })
}

fn body(text: &str) -> Value {
    json!({ "type": "BODY", "text": text })
}

fn words(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn part(kind: &str, parameters: Value) -> Value {
    json!({ "type": kind, "parameters": parameters })
}

fn pressed(sub_type: &str, index: usize, parameters: Value) -> Value {
    json!({
        "type": "button", "sub_type": sub_type, "index": index.to_string(), "parameters": parameters,
    })
}

fn check(template: &Value, cases: &[(i64, Value)]) {
    for (code, components) in cases {
        let shown = format!("{components} for {}", template["components"]);
        assert_eq!(judged(template, components), *code, "{shown}");
    }
}

#[test]
fn a_text_gets_one_value_for_each_variable() {
    let template = of(json!([
        { "type": "HEADER", "format": "TEXT", "text": "Hello {{1}}" },
        body("Order {{1}} of {{2}} and {{1}} again."),
    ]));
    let header = part("header", json!([words("Ava")]));
    let of_body = |values: Value| json!([header, part("body", values)]);
    let money = json!({ "type": "currency", "currency": { "fallback_value": "$1", "code": "USD", "amount_1000": 1_000 } });
    let image = json!({ "type": "image", "image": { "link": "https://a.b/c" } });
    let long = words(&"x".repeat(600));
    check(
        &template,
        &[
            (0, of_body(json!([words("1"), words("2")]))),
            (0, of_body(json!([words("1"), money]))),
            (132_000, of_body(json!([words("1")]))),
            (
                132_000,
                of_body(json!([words("1"), words("2"), words("3")])),
            ),
            (132_000, json!([header])),
            (
                132_000,
                json!([part("body", json!([words("1"), words("2")]))]),
            ),
            (132_012, of_body(json!([words("1"), image]))),
            (
                132_012,
                json!([
                    part("header", json!([image])),
                    part("body", json!([words("1"), words("2")]))
                ]),
            ),
            (132_005, of_body(json!([long, words("2")]))),
            (
                132_005,
                json!([
                    part("header", json!([words(&"x".repeat(55))])),
                    part("body", json!([words("1"), words("2")]))
                ]),
            ),
            (132_018, of_body(json!([words("a\nb"), words("2")]))),
            (
                100,
                json!([
                    header,
                    part("body", json!([words("1"), words("2")])),
                    part("body", json!([words("1"), words("2")]))
                ]),
            ),
        ],
    );
    let plain = of(json!([body("No variable.")]));
    check(
        &plain,
        &[
            (0, json!([])),
            (
                0,
                json!([part("header", json!([])), part("body", json!([]))]),
            ),
            (132_000, json!([part("body", json!([words("1")]))])),
            (132_000, json!([part("header", json!([words("1")]))])),
            (132_000, json!([part("header", json!([image]))])),
        ],
    );
}

#[test]
fn a_named_template_gets_its_values_by_name() {
    let mut template = of(json!([body(
        "Dear {{first_name}}, your {{order}} is here."
    )]));
    template["parameter_format"] = json!("NAMED");
    let named =
        |name: &str, text: &str| json!({ "type": "text", "parameter_name": name, "text": text });
    let of_body = |values: Value| json!([part("body", values)]);
    check(
        &template,
        &[
            (
                0,
                of_body(json!([named("order", "book"), named("first_name", "Ava")])),
            ),
            (100, of_body(json!([words("book"), words("Ava")]))),
            (
                100,
                of_body(json!([named("order", "book"), named("last_name", "Gupta")])),
            ),
            (
                100,
                of_body(json!([named("order", "book"), named("order", "pen")])),
            ),
            (132_000, of_body(json!([named("order", "book")]))),
        ],
    );
}

#[test]
fn a_header_gets_what_its_format_says() {
    let link = json!({ "link": "https://a.b/c" });
    let media = |kind: &str| json!([part("header", json!([{ "type": kind, kind: link }]))]);
    for (format, kind) in [
        ("IMAGE", "image"),
        ("VIDEO", "video"),
        ("DOCUMENT", "document"),
        ("GIF", "video"),
    ] {
        let template = of(json!([{ "type": "HEADER", "format": format }, body("Hi")]));
        let other = if kind == "image" { "video" } else { "image" };
        check(
            &template,
            &[
                (0, media(kind)),
                (132_012, json!([])),
                (132_012, json!([part("header", json!([]))])),
                (132_012, media(other)),
                (132_012, json!([part("header", json!([words("a")]))])),
            ],
        );
    }
    let place = of(json!([{ "type": "HEADER", "format": "LOCATION" }, body("Hi")]));
    let at = json!({ "type": "location", "location": { "latitude": "1", "longitude": 2, "name": "A", "address": "B" } });
    check(
        &place,
        &[
            (0, json!([part("header", json!([at]))])),
            (132_012, json!([])),
        ],
    );
    let product = of(
        json!([{ "type": "HEADER", "format": "PRODUCT" }, body("Hi"), { "type": "BUTTONS", "buttons": [{ "type": "SPM", "text": "View" }] }]),
    );
    let named = |product: Value| {
        json!([part(
            "header",
            json!([{ "type": "product", "product": product }])
        )])
    };
    check(
        &product,
        &[
            (
                0,
                named(json!({ "product_retailer_id": "1", "catalog_id": "2" })),
            ),
            (131_008, named(json!({ "catalog_id": "2" }))),
            (132_012, json!([])),
        ],
    );
}

#[test]
fn each_button_gets_what_its_kind_needs() {
    let template = of(json!([body("Hi"), { "type": "BUTTONS", "buttons": [
        { "type": "QUICK_REPLY", "text": "Yes" },
        { "type": "URL", "text": "Go", "url": "https://a.b/{{1}}" },
        { "type": "URL", "text": "Home", "url": "https://a.b" },
        { "type": "PHONE_NUMBER", "text": "Call", "phone_number": "1555" },
        { "type": "COPY_CODE", "example": "A" },
        { "type": "FLOW", "text": "Book", "flow_id": "1" },
        { "type": "CATALOG", "text": "View catalog" },
        { "type": "VOICE_CALL", "text": "Talk" },
        { "type": "REQUEST_CONTACT_INFO" },
    ]}]));
    let go = || pressed("url", 1, json!([words("x")]));
    let coupon = |code: &str| {
        pressed(
            "copy_code",
            4,
            json!([{ "type": "coupon_code", "coupon_code": code }]),
        )
    };
    let and = |more: Value| json!([go(), coupon("A1"), more]);
    let action = |action: Value| json!([{ "type": "action", "action": action }]);
    check(
        &template,
        &[
            (0, json!([go(), coupon("A1")])),
            (
                0,
                and(pressed(
                    "quick_reply",
                    0,
                    json!([{ "type": "payload", "payload": "y" }]),
                )),
            ),
            (0, and(pressed("QUICK_REPLY", 0, json!([])))),
            (
                0,
                and(pressed("flow", 5, action(json!({ "flow_token": "t" })))),
            ),
            (
                0,
                and(pressed(
                    "catalog",
                    6,
                    action(json!({ "thumbnail_product_retailer_id": "1" })),
                )),
            ),
            (0, and(pressed("catalog", 6, json!([])))),
            (0, and(pressed("voice_call", 7, json!([])))),
            (131_008, json!([coupon("A1")])),
            (131_008, json!([go()])),
            (131_008, json!([pressed("url", 1, json!([])), coupon("A1")])),
            (
                132_018,
                and(pressed(
                    "quick_reply",
                    0,
                    json!([{ "type": "payload", "payload": "" }]),
                )),
            ),
            (132_012, and(pressed("quick_reply", 0, json!([words("y")])))),
            (132_018, and(pressed("url", 2, json!([words("y")])))),
            (
                132_018,
                and(pressed("phone_number", 3, json!([words("y")]))),
            ),
            (
                132_018,
                and(pressed("request_contact_info", 8, json!([words("y")]))),
            ),
            (132_012, and(pressed("url", 0, json!([words("y")])))),
            (132_012, and(pressed("flow", 6, json!([])))),
            (100, and(pressed("hologram", 0, json!([])))),
            (131_009, and(pressed("quick_reply", 9, json!([])))),
            (
                131_009,
                json!([go(), coupon("A1"), { "type": "button", "sub_type": "flow" }]),
            ),
            (
                132_005,
                json!([
                    pressed("url", 1, json!([words(&"x".repeat(1_990))])),
                    coupon("A1")
                ]),
            ),
            (100, json!([go(), coupon(&"x".repeat(21))])),
        ],
    );
    let list = of(
        json!([body("Hi"), { "type": "BUTTONS", "buttons": [{ "type": "MPM", "text": "View items" }] }]),
    );
    let items = |count: usize| vec![json!({ "product_retailer_id": "1" }); count];
    let sections = |count: usize, each: usize| {
        let section = json!({ "title": "A", "product_items": items(each) });
        json!([pressed(
            "mpm",
            0,
            action(json!({ "sections": vec![section; count] }))
        )])
    };
    check(
        &list,
        &[
            (0, sections(1, 30)),
            (0, sections(10, 3)),
            (131_008, json!([])),
            (131_008, sections(0, 1)),
            (131_008, sections(11, 1)),
            (131_008, sections(1, 0)),
            (131_009, sections(2, 16)),
        ],
    );
}

#[test]
fn a_code_is_given_twice_and_is_short() {
    let mut template = of(
        json!([body("*{{1}}* is your code."), { "type": "BUTTONS", "buttons": [
            { "type": "URL", "text": "Copy code", "url": "https://www.whatsapp.com/otp/code/?code=otp{{1}}" },
        ]}]),
    );
    template["category"] = json!("AUTHENTICATION");
    let sent = |body: &str, button: &str| {
        json!([
            part("body", json!([words(body)])),
            pressed("url", 0, json!([words(button)]))
        ])
    };
    check(
        &template,
        &[
            (0, sent("123456", "123456")),
            (131_008, json!([part("body", json!([words("123456")]))])),
            (
                132_000,
                json!([pressed("url", 0, json!([words("123456")]))]),
            ),
            (132_018, sent("1234567890123456", "1234567890123456")),
        ],
    );
}

#[test]
fn an_offer_gets_its_end_and_may_do_without_its_header() {
    let offer = |expires: bool| {
        of(json!([
            { "type": "HEADER", "format": "IMAGE" },
            { "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": "Now!", "has_expiration": expires } },
            body("Hi"),
            { "type": "BUTTONS", "buttons": [{ "type": "COPY_CODE", "example": "A" }, { "type": "URL", "text": "Go", "url": "https://a.b" }] },
        ]))
    };
    let coupon = |code: &str| {
        pressed(
            "copy_code",
            0,
            json!([{ "type": "coupon_code", "coupon_code": code }]),
        )
    };
    let end = json!({ "type": "limited_time_offer", "parameters": [{ "type": "limited_time_offer", "limited_time_offer": { "expiration_time_ms": 1_800_000_000_000_u64 } }] });
    check(
        &offer(true),
        &[
            (0, json!([end, coupon("A1")])),
            (131_008, json!([coupon("A1")])),
            (132_018, json!([end, coupon("1234567890123456")])),
        ],
    );
    check(&offer(false), &[(0, json!([coupon("A1")]))]);
    check(&of(json!([body("Hi")])), &[(132_018, json!([end]))]);
}

#[test]
fn a_carousel_gets_each_of_its_cards() {
    let card = || {
        json!({ "components": [
            { "type": "HEADER", "format": "IMAGE" },
            body("For {{1}} only"),
            { "type": "BUTTONS", "buttons": [{ "type": "URL", "text": "Go", "url": "https://a.b/{{1}}" }] },
        ]})
    };
    let template = of(json!([body("Hi"), { "type": "CAROUSEL", "cards": [card(), card()] }]));
    let image = json!({ "type": "image", "image": { "link": "https://a.b/c" } });
    let given =
        |index: usize, components: Value| json!({ "card_index": index, "components": components });
    let full = |index: usize| {
        given(
            index,
            json!([
                part("header", json!([image])),
                part("body", json!([words("Ava")])),
                pressed("url", 0, json!([words("x")])),
            ]),
        )
    };
    let cards = |cards: Value| json!([{ "type": "carousel", "cards": cards }]);
    let without = |at: usize| {
        let mut card = full(1);
        card["components"].as_array_mut().unwrap().remove(at);
        cards(json!([full(0), card]))
    };
    check(
        &template,
        &[
            (0, cards(json!([full(0), full(1)]))),
            (0, cards(json!([full(1), full(0)]))),
            (131_008, json!([])),
            (132_000, cards(json!([full(0), full(1), full(2)]))),
            (131_009, cards(json!([full(0), full(0)]))),
            (131_009, cards(json!([full(0), full(2)]))),
            (132_012, without(0)),
            (132_000, without(1)),
            (131_008, without(2)),
        ],
    );
    check(
        &of(json!([body("Hi")])),
        &[(132_018, cards(json!([full(0), full(1)])))],
    );
    let product = json!({ "components": [
        { "type": "HEADER", "format": "PRODUCT" },
        { "type": "BUTTONS", "buttons": [{ "type": "SPM", "text": "View" }] },
    ]});
    let products = of(json!([body("Hi"), { "type": "CAROUSEL", "cards": [product, product] }]));
    let named = |index: usize| {
        given(
            index,
            json!([part(
                "header",
                json!([
                    { "type": "product", "product": { "product_retailer_id": index.to_string(), "catalog_id": "2" } },
                ])
            )]),
        )
    };
    let many = |count: usize| cards((0..count).map(named).collect());
    check(
        &products,
        &[
            (0, many(2)),
            (0, many(10)),
            (132_012, cards(json!([given(0, json!([])), named(1)]))),
        ],
    );
}

#[test]
fn only_an_approved_template_of_the_name_and_language_can_be_sent() {
    let mut template = of(json!([body("Hi")]));
    for (status, code) in [
        ("APPROVED", 0),
        ("PAUSED", 132_015),
        ("DISABLED", 132_016),
        ("PENDING", 132_001),
        ("REJECTED", 132_001),
        ("ARCHIVED", 132_001),
        ("IN_APPEAL", 132_001),
        ("LIMIT_EXCEEDED", 132_001),
    ] {
        template["status"] = json!(status);
        assert_eq!(judged(&template, &json!([])), code, "{status}");
    }
    template["status"] = json!("APPROVED");
    for message in [
        json!({ "name": "b", "language": { "code": "en_US" } }),
        json!({ "name": "a", "language": { "code": "en" } }),
    ] {
        assert_eq!(
            judge_template(&template, &message).unwrap_err().code,
            132_001
        );
    }
}
