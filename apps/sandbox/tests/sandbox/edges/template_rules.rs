//! Meta's rules for the contents of templates.

use serde_json::{Value, json};

use super::*;

async fn create(meta: &Meta, token: &str, body: Value) -> Answer {
    let path = format!("{DENTAL_WABA}/message_templates");
    meta.post(token, &path, body).await
}

/// Returns the handle of an uploaded file.
async fn handle(meta: &Meta, token: &str, kind: &str) -> String {
    let order = json!({ "file_name": "a", "file_length": 3, "file_type": kind });
    let opened = meta.post(token, &format!("{APP}/uploads"), order).await;
    let id = text(&opened.ok()["id"]);
    let part = meta
        .request(reqwest::Method::POST, &format!("/v25.0/{id}"))
        .header("Authorization", format!("OAuth {token}"))
        .header("file_offset", "0")
        .body("abc");
    text(&send(part).await.ok()["h"])
}

fn of(category: &str, components: Value) -> Value {
    json!({ "name": "a", "language": "en_US", "category": category, "components": components })
}

fn body() -> Value {
    json!({ "type": "BODY", "text": "Hello" })
}

fn buttons(all: Value) -> Value {
    json!({ "type": "BUTTONS", "buttons": all })
}

/// Creates each template under a name of its own, and compares the subcodes. 0 is one that is taken.
async fn check(cases: Vec<(i64, Value)>) {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    check_with(&meta, &token, cases).await;
}

async fn check_with(meta: &Meta, token: &str, cases: Vec<(i64, Value)>) {
    for (n, (expected, mut template)) in cases.into_iter().enumerate() {
        template["name"] = json!(format!("case_{n}"));
        let shown = template.to_string();
        let answer = create(meta, token, template).await;
        let error = &answer.body["error"];
        let found = match error["code"].as_i64() {
            None => 0,
            Some(code) => error["error_subcode"].as_i64().unwrap_or(code),
        };
        assert_eq!(found, expected, "{shown}: {}", answer.body);
        if expected >= 2_388_000 {
            assert_eq!(error["code"], 100, "{shown}");
            let says = |name: &str| error[name].as_str().is_some_and(|text| text.len() > 5);
            assert!(
                says("error_user_title") && says("error_user_msg"),
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn a_header_with_a_file_needs_a_handle_of_an_upload_of_its_kind() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let png = handle(&meta, &token, "image/png").await;
    let mp4 = handle(&meta, &token, "video/mp4").await;
    let pdf = handle(&meta, &token, "application/pdf").await;
    let header = |format: &str, handle: &str| {
        let header =
            json!({ "type": "HEADER", "format": format, "example": { "header_handle": [handle] } });
        of("MARKETING", json!([header, body()]))
    };
    let without = |format: &str| {
        of(
            "MARKETING",
            json!([{ "type": "HEADER", "format": format }, body()]),
        )
    };
    let mut utility_gif = header("GIF", &mp4);
    utility_gif["category"] = json!("UTILITY");
    check_with(
        &meta,
        &token,
        vec![
            (0, header("IMAGE", &png)),
            (0, header("video", &mp4)),
            (0, header("DOCUMENT", &pdf)),
            (0, header("GIF", &mp4)),
            (0, without("LOCATION")),
            (2_388_047, header("IMAGE", &mp4)),
            (2_388_047, header("VIDEO", &png)),
            (2_388_047, header("DOCUMENT", &png)),
            (2_388_047, header("IMAGE", "4::made-up")),
            (2_388_047, header("IMAGE", "https://example.com/a.png")),
            (2_388_047, without("IMAGE")),
            (2_388_047, without("DOCUMENT")),
            (2_388_043, utility_gif),
            (2_388_043, without("PRODUCT")),
        ],
    )
    .await;
    let list = format!("{DENTAL_WABA}/message_templates?name=case_0");
    let components = meta.get(&token, &list).await.ok()["data"][0]["components"].clone();
    let link = text(&components[0]["example"]["header_handle"][0]);
    assert!(link.starts_with("https://scontent.whatsapp.net/"), "{link}");
}

#[tokio::test]
async fn each_kind_of_button_has_its_limits() {
    let with = |button: Value| of("MARKETING", json!([body(), buttons(json!([button]))]));
    let url = |url: &str, example: Value| {
        with(json!({ "type": "URL", "text": "Go", "url": url, "example": example }))
    };
    let flow = |more: Value| {
        let mut button = json!({ "type": "FLOW", "text": "Book" });
        for (name, value) in more.as_object().unwrap() {
            button[name] = value.clone();
        }
        with(button)
    };
    let voice = |text: &str, minutes: Value| {
        with(json!({ "type": "VOICE_CALL", "text": text, "ttl_minutes": minutes }))
    };
    let copy = |code: usize| with(json!({ "type": "COPY_CODE", "example": "x".repeat(code) }));
    check(vec![
        (
            0,
            with(json!({ "type": "QUICK_REPLY", "text": "x".repeat(25) })),
        ),
        (
            2_388_040,
            with(json!({ "type": "QUICK_REPLY", "text": "x".repeat(26) })),
        ),
        (
            2_388_043,
            with(json!({ "type": "QUICK_REPLY", "text": "" })),
        ),
        (0, url("https://a.b/{{1}}", json!(["https://a.b/c"]))),
        (2_388_043, url("https://a.b/{{1}}", Value::Null)),
        (2_388_043, url("https://a.b/{{1}}/c", json!(["x"]))),
        (2_388_043, url("https://a.b/{{2}}", json!(["x"]))),
        (2_388_043, url("https://a.b/{{1}}{{1}}", json!(["x"]))),
        (
            0,
            url(&format!("https://a.b/{}", "x".repeat(1_988)), Value::Null),
        ),
        (
            2_388_040,
            url(&format!("https://a.b/{}", "x".repeat(1_989)), Value::Null),
        ),
        (
            2_388_040,
            with(json!({ "type": "PHONE_NUMBER", "text": "Call", "phone_number": "1".repeat(21) })),
        ),
        (
            2_388_043,
            with(json!({ "type": "PHONE_NUMBER", "text": "Call" })),
        ),
        (0, copy(20)),
        (2_388_040, copy(21)),
        (2_388_043, with(json!({ "type": "COPY_CODE" }))),
        (0, flow(json!({ "flow_id": "1" }))),
        (
            0,
            flow(json!({ "flow_name": "a", "flow_action": "navigate", "navigate_screen": "A" })),
        ),
        (2_388_043, flow(json!({}))),
        (2_388_043, flow(json!({ "flow_id": "1", "flow_name": "a" }))),
        (
            2_388_043,
            flow(json!({ "flow_id": "1", "flow_action": "navigate" })),
        ),
        (0, voice(&"x".repeat(20), json!(1_440))),
        (0, voice("Call", json!(43_200))),
        (2_388_040, voice(&"x".repeat(21), json!(1_440))),
        (2_388_043, voice("Call", json!(1_439))),
        (2_388_043, voice("Call", json!(43_201))),
        (0, with(json!({ "type": "REQUEST_CONTACT_INFO" }))),
        (
            0,
            with(json!({ "type": "CATALOG", "text": "View catalog" })),
        ),
        (100, with(json!({ "type": "HOLOGRAM" }))),
    ])
    .await;
}

#[tokio::test]
async fn what_stands_together_follows_the_category() {
    let catalog = |category: &str| {
        of(
            category,
            json!([
                body(),
                buttons(json!([{ "type": "CATALOG", "text": "View" }]))
            ]),
        )
    };
    let title = json!({ "type": "HEADER", "format": "TEXT", "text": "Look" });
    let mpm = buttons(json!([{ "type": "MPM", "text": "View items" }]));
    let spm = buttons(json!([{ "type": "SPM", "text": "View" }]));
    let product = json!({ "type": "HEADER", "format": "PRODUCT" });
    let long = json!({ "type": "BODY", "text": "x".repeat(161) });
    let asks = json!({ "type": "CALL_PERMISSION_REQUEST" });
    let reply = buttons(json!([{ "type": "QUICK_REPLY", "text": "Yes" }]));
    check(vec![
        (0, catalog("MARKETING")),
        (2_388_043, catalog("UTILITY")),
        (0, of("MARKETING", json!([title, body(), mpm]))),
        (2_388_043, of("MARKETING", json!([body(), mpm]))),
        (0, of("MARKETING", json!([product, body(), spm]))),
        (2_388_043, of("MARKETING", json!([body(), spm]))),
        (2_388_040, of("MARKETING", json!([product, long, spm]))),
        (0, of("MARKETING", json!([body(), asks]))),
        (0, of("UTILITY", json!([body(), asks]))),
        (2_388_043, of("UTILITY", json!([body(), asks, reply]))),
        (2_388_043, of("AUTHENTICATION", json!([body(), asks]))),
        (
            2_388_043,
            of(
                "UTILITY",
                json!([
                    body(),
                    buttons(json!([{ "type": "OTP", "otp_type": "COPY_CODE" }]))
                ]),
            ),
        ),
    ])
    .await;
}

#[tokio::test]
async fn an_offer_has_an_image_a_code_and_one_address() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let png = handle(&meta, &token, "image/png").await;
    let header =
        json!({ "type": "HEADER", "format": "IMAGE", "example": { "header_handle": [png] } });
    let text_header = json!({ "type": "HEADER", "format": "TEXT", "text": "Look" });
    let offer = |text: &str| json!({ "type": "LIMITED_TIME_OFFER", "limited_time_offer": { "text": text, "has_expiration": true } });
    let copy = json!({ "type": "COPY_CODE", "example": "SAVE10" });
    let url = json!({ "type": "URL", "text": "Go", "url": "https://a.b" });
    let both = buttons(json!([copy, url]));
    let body_of = |count: usize| json!({ "type": "BODY", "text": "x".repeat(count) });
    let footer = json!({ "type": "FOOTER", "text": "Bye" });
    check_with(
        &meta,
        &token,
        vec![
            (
                0,
                of(
                    "MARKETING",
                    json!([header, offer("Now"), body_of(600), both]),
                ),
            ),
            (
                0,
                of(
                    "MARKETING",
                    json!([header, offer("Now"), body(), buttons(json!([url]))]),
                ),
            ),
            (
                2_388_043,
                of("UTILITY", json!([header, offer("Now"), body(), both])),
            ),
            (
                2_388_043,
                of(
                    "MARKETING",
                    json!([text_header, offer("Now"), body(), both]),
                ),
            ),
            (
                2_388_043,
                of(
                    "MARKETING",
                    json!([header, offer("Now"), body(), footer, both]),
                ),
            ),
            (
                2_388_043,
                of(
                    "MARKETING",
                    json!([header, offer("Now"), body(), buttons(json!([url, copy]))]),
                ),
            ),
            (
                2_388_043,
                of("MARKETING", json!([header, offer("Now"), body()])),
            ),
            (
                2_388_040,
                of(
                    "MARKETING",
                    json!([header, offer(&"x".repeat(17)), body(), both]),
                ),
            ),
            (
                2_388_040,
                of(
                    "MARKETING",
                    json!([header, offer("Now"), body_of(601), both]),
                ),
            ),
            (
                2_388_043,
                of("MARKETING", json!([header, offer(""), body(), both])),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn all_cards_of_a_carousel_have_one_form() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let png = handle(&meta, &token, "image/png").await;
    let mp4 = handle(&meta, &token, "video/mp4").await;
    let image =
        json!({ "type": "HEADER", "format": "IMAGE", "example": { "header_handle": [png] } });
    let video =
        json!({ "type": "HEADER", "format": "VIDEO", "example": { "header_handle": [mp4] } });
    let reply = json!({ "type": "QUICK_REPLY", "text": "Yes" });
    let url = json!({ "type": "URL", "text": "Go", "url": "https://a.b" });
    let card = |parts: Value| json!({ "components": parts });
    let usual = || card(json!([image, body(), buttons(json!([reply, url]))]));
    let long = card(
        json!([image, { "type": "BODY", "text": "x".repeat(161) }, buttons(json!([reply, url]))]),
    );
    let product = |button: Value| {
        card(json!([{ "type": "HEADER", "format": "PRODUCT" }, buttons(json!([button]))]))
    };
    let spm = json!({ "type": "SPM", "text": "View" });
    let with = |cards: Value| {
        of(
            "MARKETING",
            json!([body(), { "type": "CAROUSEL", "cards": cards }]),
        )
    };
    let mut utility = with(json!([usual(), usual()]));
    utility["category"] = json!("UTILITY");
    check_with(
        &meta,
        &token,
        vec![
            (0, with(json!([usual(), usual()]))),
            (0, with(json!(vec![usual(); 10]))),
            (0, with(json!([product(spm.clone()), product(spm)]))),
            (2_388_043, utility),
            (2_388_043, with(json!([usual()]))),
            (2_388_043, with(json!(vec![usual(); 11]))),
            (
                2_388_043,
                with(json!([
                    usual(),
                    card(json!([video, body(), buttons(json!([reply, url]))]))
                ])),
            ),
            (
                2_388_043,
                with(json!([
                    usual(),
                    card(json!([image, buttons(json!([reply, url]))]))
                ])),
            ),
            (
                2_388_043,
                with(json!([
                    usual(),
                    card(json!([image, body(), buttons(json!([reply]))]))
                ])),
            ),
            (
                2_388_043,
                with(json!([card(json!([body()])), card(json!([body()]))])),
            ),
            (2_388_040, with(json!([long.clone(), long]))),
            (
                2_388_043,
                with(json!([product(reply.clone()), product(reply)])),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn an_authentication_template_has_metas_words_and_one_button() {
    let meta = Meta::start();
    let token = meta.token_for_all().await;
    let code = |footer: Value, button: Value| {
        let mut button = button;
        button["type"] = json!("OTP");
        of(
            "AUTHENTICATION",
            json!([
                { "type": "BODY", "add_security_recommendation": true }, footer, buttons(json!([button])),
            ]),
        )
    };
    let minutes = |minutes: Value| json!({ "type": "FOOTER", "code_expiration_minutes": minutes });
    let copy = || json!({ "otp_type": "COPY_CODE" });
    let app =
        |package: &str, hash: &str| json!({ "package_name": package, "signature_hash": hash });
    let one_tap = |apps: Value| json!({ "otp_type": "one_tap", "autofill_text": "Fill", "supported_apps": apps });
    let right = app("com.example.app", "K8a/AINcGX7");
    let mut zero = one_tap(json!([right]));
    zero["otp_type"] = json!("ZERO_TAP");
    let mut accepted = zero.clone();
    accepted["zero_tap_terms_accepted"] = json!(true);
    let mut long = one_tap(json!([right]));
    long["autofill_text"] = json!("x".repeat(26));
    check_with(&meta, &token, vec![
        (0, code(minutes(json!(5)), copy())),
        (0, code(minutes(json!(90)), one_tap(json!([right])))),
        (0, code(minutes(json!(1)), accepted)),
        (2_388_043, code(minutes(json!(5)), zero)),
        (2_388_073, code(minutes(json!(0)), copy())),
        (2_388_073, code(minutes(json!(91)), copy())),
        (2_388_043, code(minutes(json!(5)), one_tap(json!([])))),
        (2_388_043, code(minutes(json!(5)), one_tap(json!(vec![right.clone(); 6])))),
        (2_388_043, code(minutes(json!(5)), one_tap(json!([app("app", "K8a/AINcGX7")])))),
        (2_388_043, code(minutes(json!(5)), one_tap(json!([app("com.1app", "K8a/AINcGX7")])))),
        (2_388_043, code(minutes(json!(5)), one_tap(json!([app("com.app", "K8a/AINcGX")])))),
        (2_388_043, code(minutes(json!(5)), one_tap(json!([app("com.app", "K8a-AINcGX7")])))),
        (2_388_040, code(minutes(json!(5)), long)),
        (100, code(minutes(json!(5)), json!({ "otp_type": "THREE_TAP" }))),
        (2_388_043, of("AUTHENTICATION", json!([body()]))),
        (2_388_043, of("AUTHENTICATION", json!([{ "type": "HEADER", "format": "TEXT", "text": "A" }, body(), buttons(json!([{ "type": "OTP", "otp_type": "COPY_CODE" }]))]))),
    ]).await;
    let list = format!("{DENTAL_WABA}/message_templates?name=case_0");
    let components = meta.get(&token, &list).await.ok()["data"][0]["components"].clone();
    assert!(text(&components[0]["text"]).starts_with("*{{1}}* is your verification code."));
    assert_eq!(components[1]["text"], "This code expires in 5 minutes.");
    assert_eq!(components[2]["buttons"][0]["type"], "URL");
}

#[tokio::test]
async fn the_time_to_live_has_the_range_of_the_category() {
    let otp = buttons(json!([{ "type": "OTP", "otp_type": "COPY_CODE" }]));
    let with = |category: &str, seconds: Value| {
        let components = match category {
            "AUTHENTICATION" => json!([{ "type": "BODY" }, otp]),
            _ => json!([body()]),
        };
        let mut template = of(category, components);
        template["message_send_ttl_seconds"] = seconds;
        template
    };
    check(vec![
        (0, with("AUTHENTICATION", json!(30))),
        (0, with("AUTHENTICATION", json!(900))),
        (0, with("AUTHENTICATION", json!(-1))),
        (100, with("AUTHENTICATION", json!(901))),
        (0, with("UTILITY", json!(43_200))),
        (0, with("UTILITY", json!("-1"))),
        (100, with("UTILITY", json!(29))),
        (100, with("UTILITY", json!(43_201))),
        (0, with("MARKETING", json!(43_200))),
        (0, with("MARKETING", json!(2_592_000))),
        (100, with("MARKETING", json!(43_199))),
        (100, with("MARKETING", json!(-1))),
        (100, with("UTILITY", json!(true))),
    ])
    .await;
}

#[tokio::test]
async fn a_named_example_is_needed_for_each_name() {
    let named = |text: &str, names: &[&str]| {
        let examples: Vec<Value> = names
            .iter()
            .map(|name| json!({ "param_name": name, "example": "A" }))
            .collect();
        let body = json!({ "type": "BODY", "text": text, "example": { "body_text_named_params": examples } });
        let mut template = of("UTILITY", json!([body]));
        template["parameter_format"] = json!("NAMED");
        template
    };
    check(vec![
        (
            0,
            named("Dear {{name}}, your {{order}} is here.", &["order", "name"]),
        ),
        (
            2_388_072,
            named("Dear {{name}}, your {{order}} is here.", &["name"]),
        ),
        (
            2_388_072,
            named("Dear {{name}}, your {{order}} is here.", &["name", "other"]),
        ),
        (2_388_072, named("Dear {{Name}}, hello.", &["Name"])),
        (
            2_388_072,
            named("Dear {{first-name}}, hello.", &["first-name"]),
        ),
        (
            2_388_293,
            named("Dear {{name}} \n {{order}} here.", &["name", "order"]),
        ),
        (2_388_299, named("{{name}}, hello.", &["name"])),
    ])
    .await;
}
