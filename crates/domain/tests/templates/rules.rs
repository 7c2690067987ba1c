//! Meta's rules for making and editing templates: all faults at once, with pointers.

use serde_json::{Value, json};
use wabakit_domain::template::{TemplateCheck, check_create, check_edit};

use super::template;

fn create(category: &str, components: Value) -> Value {
    json!({"name": "n", "language": "en_US", "category": category, "components": components})
}

fn judged(category: &str, components: Value) -> TemplateCheck {
    check_create(&create(category, components))
}

fn body(text: &str) -> Value {
    let many = (1..=9)
        .filter(|n| text.contains(&format!("{{{{{n}}}}}")))
        .count();
    json!({"type": "BODY", "text": text, "example": {"body_text": [vec!["x"; many]]}})
}

fn with(button: Value) -> Value {
    json!([body("b"), {"type": "BUTTONS", "buttons": [button]}])
}

#[track_caller]
fn fine(category: &str, components: Value) {
    let found = judged(category, components.clone());
    assert_eq!(found.faults, [], "{components}");
}

#[track_caller]
fn wrong(category: &str, components: Value, pointer: &str, code: i64) {
    let found = judged(category, components.clone()).faults;
    let is_there = found
        .iter()
        .any(|fault| fault.pointer == pointer && fault.code == code);
    assert!(is_there, "{components}: {found:?}");
}

#[test]
fn name_language_and_category_are_checked() {
    let judge = |key: &str, value: Value| {
        let mut given = create("UTILITY", json!([body("b")]));
        given[key] = value;
        check_create(&given)
            .faults
            .iter()
            .any(|fault| fault.pointer == format!("/{key}"))
    };
    for name in [json!("order_1"), json!("n".repeat(512))] {
        assert!(!judge("name", name));
    }
    for name in [
        json!(""),
        json!("Order"),
        json!("a b"),
        json!("é"),
        json!("n".repeat(513)),
        json!(1),
        json!(null),
    ] {
        assert!(judge("name", name));
    }
    assert!(judge("language", json!("")));
    assert!(!judge("language", json!("zh_Hant_TW")));
    for category in [json!("OTP"), json!(null)] {
        assert!(judge("category", category));
    }
    assert!(!judge("category", json!("marketing")));
    assert!(judge("parameter_format", json!("BOTH")));
}

#[test]
fn there_is_one_body_and_at_most_one_of_the_others() {
    fine("UTILITY", json!([body("b")]));
    wrong("UTILITY", json!([]), "/components", 2_388_043);
    wrong(
        "UTILITY",
        json!([body("b"), body("b")]),
        "/components/1",
        2_388_043,
    );
    let footer = json!({"type": "FOOTER", "text": "f"});
    wrong(
        "UTILITY",
        json!([body("b"), footer, footer]),
        "/components/2",
        2_388_043,
    );
}

#[test]
fn texts_have_their_lengths() {
    let header = |long: usize| json!([{"type": "HEADER", "format": "TEXT", "text": "h".repeat(long)}, body("b")]);
    fine("UTILITY", header(60));
    wrong("UTILITY", header(61), "/components/0/text", 2_388_040);
    fine("UTILITY", json!([body(&"é".repeat(1024))]));
    wrong(
        "UTILITY",
        json!([body(&"b".repeat(1025))]),
        "/components/0/text",
        2_388_040,
    );
    let footer = |long: usize| json!([body("b"), {"type": "FOOTER", "text": "f".repeat(long)}]);
    fine("UTILITY", footer(60));
    wrong("UTILITY", footer(61), "/components/1/text", 2_388_040);
    let reply = |long: usize| with(json!({"type": "QUICK_REPLY", "text": "q".repeat(long)}));
    fine("UTILITY", reply(25));
    wrong(
        "UTILITY",
        reply(26),
        "/components/1/buttons/0/text",
        2_388_040,
    );
    let url = |long: usize| {
        with(
            json!({"type": "URL", "text": "u", "url": format!("https://{}", "a".repeat(long - 8))}),
        )
    };
    fine("UTILITY", url(2000));
    wrong(
        "UTILITY",
        url(2001),
        "/components/1/buttons/0/url",
        2_388_040,
    );
    let number = |long: usize| {
        with(json!({"type": "PHONE_NUMBER", "text": "p", "phone_number": "1".repeat(long)}))
    };
    fine("UTILITY", number(20));
    wrong(
        "UTILITY",
        number(21),
        "/components/1/buttons/0/phone_number",
        2_388_040,
    );
    wrong(
        "UTILITY",
        with(json!({"type": "VOICE_CALL", "text": "v".repeat(21)})),
        "/components/1/buttons/0/text",
        2_388_040,
    );
}

#[test]
fn variables_are_numbered_in_order_and_stand_between_words() {
    fine("UTILITY", json!([body("Hi {{1}}, this is {{2}} for you")]));
    for (text, code) in [
        ("Hi {{2}} and {{1}} there", 2_388_072),
        ("Hi {{1}} and {{3}} there", 2_388_072),
        ("Hi {{name}} there", 2_388_072),
        ("Hi {{a b}} there", 2_388_072),
        ("Hi {{1$}} there", 2_388_072),
        ("Hi {{1} there", 2_388_072),
        ("{{1}} is here", 2_388_299),
        ("Here is {{1}}", 2_388_299),
        (" {{1}} is here", 2_388_299),
        ("Hi {{1}}{{2}} there", 2_388_293),
        ("Hi {{1}} {{2}} there", 2_388_293),
    ] {
        wrong("UTILITY", json!([body(text)]), "/components/0/text", code);
    }
    let bare = json!({"type": "BODY", "text": "Hi {{1}} there"});
    wrong(
        "UTILITY",
        json!([bare]),
        "/components/0/example/body_text",
        2_388_072,
    );
    let two = json!([{"type": "HEADER", "format": "TEXT", "text": "{{1}} {{2}}", "example": {"header_text": ["a", "b"]}}, body("b")]);
    wrong("UTILITY", two, "/components/0/text", 2_388_047);
    wrong(
        "UTILITY",
        json!([body("b"), {"type": "FOOTER", "text": "{{1}}"}]),
        "/components/1/text",
        2_388_073,
    );
}

#[test]
fn named_variables_have_small_letters_and_examples() {
    let judge = |text: &str, name: &str| {
        let mut given = create(
            "UTILITY",
            json!([{"type": "BODY", "text": text,
            "example": {"body_text_named_params": [{"param_name": name, "example": "x"}]}}]),
        );
        given["parameter_format"] = json!("NAMED");
        check_create(&given)
    };
    assert!(judge("Hi {{first_name}} you", "first_name").is_ok());
    let digits = judge("Hi {{name2}} you", "name2");
    assert!(digits.is_ok() && !digits.warnings.is_empty());
    for (text, name) in [
        ("Hi {{Name}} you", "Name"),
        ("Hi {{1}} you", "1"),
        ("Hi {{a-b}} you", "a-b"),
        ("Hi {{a}} you", "b"),
    ] {
        assert!(!judge(text, name).is_ok(), "{text}");
    }
}

#[test]
fn buttons_are_counted_and_grouped() {
    let buttons = |kinds: &str| {
        let buttons: Vec<Value> = kinds
            .chars()
            .map(|kind| match kind {
                'Q' => json!({"type": "QUICK_REPLY", "text": "q"}),
                'U' => json!({"type": "URL", "text": "u", "url": "https://a.example"}),
                'P' => json!({"type": "PHONE_NUMBER", "text": "p", "phone_number": "1"}),
                _ => json!({"type": "COPY_CODE", "example": "C"}),
            })
            .collect();
        json!([body("b"), {"type": "BUTTONS", "buttons": buttons}])
    };
    for kinds in ["Q", "QQU", "UQQ", "UUPC", "QQQQQQQQQQ"] {
        fine("MARKETING", buttons(kinds));
    }
    for kinds in ["", "QUQ", "UQU", "UUU", "PP", "CC", "QQQQQQQQQQQ"] {
        wrong(
            "MARKETING",
            buttons(kinds),
            "/components/1/buttons",
            2_388_043,
        );
    }
}

#[test]
fn an_address_has_its_variable_last_and_an_example() {
    let url = |url: &str, example: Value| {
        with(json!({"type": "URL", "text": "u", "url": url, "example": example}))
    };
    fine("UTILITY", url("https://a.example/{{1}}", json!(["x"])));
    fine(
        "UTILITY",
        url("https://a.example/{{1}}", json!("https://a.example/x")),
    );
    wrong(
        "UTILITY",
        url("https://a.example/{{1}}", json!(null)),
        "/components/1/buttons/0/example",
        2_388_043,
    );
    for odd in [
        "https://{{1}}/a",
        "https://a.example/{{1}}/b",
        "https://a.example/{{1}}{{2}}",
        "https://a.example/{{a b}}",
    ] {
        wrong(
            "UTILITY",
            url(odd, json!(["x"])),
            "/components/1/buttons/0/url",
            2_388_043,
        );
    }
}

#[test]
fn other_buttons_keep_their_rules() {
    let at = "/components/1/buttons/0";
    let code = |long: usize| with(json!({"type": "COPY_CODE", "example": "C".repeat(long)}));
    assert_eq!(judged("MARKETING", code(15)).warnings, []);
    assert_eq!(judged("MARKETING", code(16)).warnings.len(), 1);
    fine("MARKETING", code(20));
    wrong("MARKETING", code(21), &format!("{at}/example"), 2_388_040);
    fine(
        "UTILITY",
        with(
            json!({"type": "FLOW", "text": "f", "flow_id": "1", "flow_action": "navigate", "navigate_screen": "A"}),
        ),
    );
    wrong(
        "UTILITY",
        with(json!({"type": "FLOW", "text": "f"})),
        at,
        2_388_043,
    );
    wrong(
        "UTILITY",
        with(json!({"type": "FLOW", "text": "f", "flow_id": "1", "flow_name": "n"})),
        at,
        2_388_043,
    );
    let screen =
        with(json!({"type": "FLOW", "text": "f", "flow_id": "1", "flow_action": "navigate"}));
    wrong(
        "UTILITY",
        screen,
        &format!("{at}/navigate_screen"),
        2_388_043,
    );
    for minutes in [1_439, 43_201] {
        let call = with(json!({"type": "VOICE_CALL", "text": "v", "ttl_minutes": minutes}));
        wrong("UTILITY", call, &format!("{at}/ttl_minutes"), 2_388_043);
    }
    for kind in ["CATALOG", "MPM", "SPM"] {
        wrong(
            "UTILITY",
            with(json!({"type": kind})),
            &format!("{at}/type"),
            2_388_043,
        );
    }
    wrong(
        "MARKETING",
        with(json!({"type": "MPM"})),
        "/components",
        2_388_047,
    );
    assert!(
        !judged("UTILITY", with(json!({"type": "HOLOGRAM"})))
            .warnings
            .is_empty()
    );
}

#[test]
fn an_authentication_template_has_meta_s_texts_and_one_otp_button() {
    let code = |body: Value, footer: Value, button: Value| json!([body, footer, {"type": "BUTTONS", "buttons": [button]}]);
    let (body, footer) = (
        json!({"type": "BODY", "add_security_recommendation": true}),
        json!({"type": "FOOTER", "code_expiration_minutes": 10}),
    );
    let app = json!({"package_name": "com.example.app", "signature_hash": "K8a/AINcGX7"});
    let tap = |kind: &str, apps: Value| json!({"type": "OTP", "otp_type": kind, "supported_apps": apps, "zero_tap_terms_accepted": true});
    for button in [
        json!({"type": "OTP", "otp_type": "COPY_CODE"}),
        tap("ONE_TAP", json!([app])),
        tap("ZERO_TAP", json!([app])),
    ] {
        fine("AUTHENTICATION", code(body.clone(), footer.clone(), button));
    }
    let copy = json!({"type": "OTP", "otp_type": "COPY_CODE"});
    let with_text = json!({"type": "BODY", "text": "Your code is {{1}} now"});
    wrong(
        "AUTHENTICATION",
        code(with_text, footer.clone(), copy.clone()),
        "/components/0/text",
        2_388_072,
    );
    let late = json!({"type": "FOOTER", "code_expiration_minutes": 91});
    wrong(
        "AUTHENTICATION",
        code(body.clone(), late, copy.clone()),
        "/components/1/code_expiration_minutes",
        2_388_073,
    );
    let reply = json!({"type": "QUICK_REPLY", "text": "q"});
    wrong(
        "AUTHENTICATION",
        code(body.clone(), footer.clone(), reply),
        "/components/2/buttons",
        2_388_043,
    );
    wrong("AUTHENTICATION", json!([body]), "/components", 2_388_043);
    wrong(
        "UTILITY",
        with(copy),
        "/components/1/buttons/0/type",
        2_388_043,
    );
    let at = "/components/2/buttons/0";
    for (button, pointer) in [
        (tap("ONE_TAP", json!([])), format!("{at}/supported_apps")),
        (
            tap(
                "ONE_TAP",
                json!([{"package_name": "app", "signature_hash": "K8a/AINcGX7"}]),
            ),
            format!("{at}/supported_apps/0/package_name"),
        ),
        (
            tap(
                "ONE_TAP",
                json!([{"package_name": "com.1a", "signature_hash": "K8a/AINcGX7"}]),
            ),
            format!("{at}/supported_apps/0/package_name"),
        ),
        (
            tap(
                "ONE_TAP",
                json!([{"package_name": "com.a", "signature_hash": "short"}]),
            ),
            format!("{at}/supported_apps/0/signature_hash"),
        ),
        (
            json!({"type": "OTP", "otp_type": "ZERO_TAP", "supported_apps": [app]}),
            format!("{at}/zero_tap_terms_accepted"),
        ),
        (
            json!({"type": "OTP", "otp_type": "TAP"}),
            format!("{at}/otp_type"),
        ),
    ] {
        wrong(
            "AUTHENTICATION",
            code(body.clone(), footer.clone(), button),
            &pointer,
            2_388_043,
        );
    }
}

fn card(buttons: Value) -> Value {
    json!({"components": [{"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}},
        {"type": "BODY", "text": "c"}, {"type": "BUTTONS", "buttons": buttons}]})
}

#[test]
fn a_carousel_has_equal_cards_and_is_marketing() {
    let reply = json!({"type": "QUICK_REPLY", "text": "q"});
    let carousel = |cards: Vec<Value>| json!([body("b"), {"type": "CAROUSEL", "cards": cards}]);
    let one = card(json!([reply]));
    fine("MARKETING", carousel(vec![one.clone(); 2]));
    fine("MARKETING", carousel(vec![one.clone(); 10]));
    wrong(
        "UTILITY",
        carousel(vec![one.clone(); 2]),
        "/components/1",
        2_388_043,
    );
    for many in [1, 11] {
        wrong(
            "MARKETING",
            carousel(vec![one.clone(); many]),
            "/components/1/cards",
            2_388_043,
        );
    }
    let other = card(json!([{"type": "PHONE_NUMBER", "text": "p", "phone_number": "1"}]));
    wrong(
        "MARKETING",
        carousel(vec![one.clone(), other]),
        "/components/1/cards/1",
        2_388_043,
    );
    let three = card(json!([reply, reply, reply]));
    wrong(
        "MARKETING",
        carousel(vec![three.clone(), three]),
        "/components/1/cards/0/components/2/buttons",
        2_388_043,
    );
    let mut long = one;
    long["components"][1]["text"] = json!("c".repeat(161));
    wrong(
        "MARKETING",
        carousel(vec![long.clone(), long]),
        "/components/1/cards/0/components/1/text",
        2_388_040,
    );
}

#[test]
fn an_offer_and_a_request_to_call_keep_their_rules() {
    let image =
        json!({"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}});
    let offer = |text: &str| json!({"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": text, "has_expiration": true}});
    let buttons = json!({"type": "BUTTONS", "buttons": [{"type": "COPY_CODE", "example": "C"}, {"type": "URL", "text": "u", "url": "https://a.example"}]});
    fine("MARKETING", json!([image, body("b"), offer("o"), buttons]));
    wrong(
        "MARKETING",
        json!([body("b"), offer(&"o".repeat(17))]),
        "/components/1/limited_time_offer/text",
        2_388_040,
    );
    wrong(
        "UTILITY",
        json!([body("b"), offer("o")]),
        "/components/1",
        2_388_043,
    );
    wrong(
        "MARKETING",
        json!([body("b"), offer("o"), {"type": "FOOTER", "text": "f"}]),
        "/components/2",
        2_388_073,
    );
    wrong(
        "MARKETING",
        json!([{"type": "HEADER", "format": "TEXT", "text": "h"}, body("b"), offer("o")]),
        "/components/0/format",
        2_388_047,
    );
    wrong(
        "MARKETING",
        json!([body(&"b".repeat(601)), offer("o")]),
        "/components/0/text",
        2_388_040,
    );
    let call = json!({"type": "call_permission_request"});
    fine("UTILITY", json!([body("b"), call]));
    wrong(
        "UTILITY",
        json!([body("b"), call, {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "q"}]}]),
        "/components/1",
        2_388_043,
    );
}

#[test]
fn the_time_to_live_has_a_range_by_category() {
    let judge = |category: &str, ttl: Value| {
        let mut given = create(category, json!([{"type": "BODY", "text": "b"}]));
        given["message_send_ttl_seconds"] = ttl;
        check_create(&given)
            .faults
            .iter()
            .any(|fault| fault.pointer == "/message_send_ttl_seconds")
    };
    for (category, right, wrong) in [
        ("AUTHENTICATION", vec![30, 900, -1], vec![29, 901]),
        ("UTILITY", vec![30, 43_200, -1], vec![29, 43_201]),
        (
            "MARKETING",
            vec![43_200, 2_592_000],
            vec![43_199, 2_592_001, -1],
        ),
    ] {
        assert!(
            right.into_iter().all(|ttl| !judge(category, json!(ttl))),
            "{category}"
        );
        assert!(
            wrong.into_iter().all(|ttl| judge(category, json!(ttl))),
            "{category}"
        );
    }
    assert!(judge("UTILITY", json!("60")));
}

#[test]
fn an_edit_keeps_the_category_of_an_approved_template() {
    let of = |status: &str| {
        let mut template = template("UTILITY", json!([body("b")]));
        template.status = Some(wabakit_domain::template::TemplateStatus::read(status));
        template
    };
    let edit = json!({"category": "MARKETING", "components": [body("new")]});
    let codes = |status: &str| -> Vec<(String, i64)> {
        let faults = check_edit(&edit, &of(status)).faults;
        faults
            .into_iter()
            .map(|fault| (fault.pointer, fault.code))
            .collect()
    };
    assert_eq!(codes("APPROVED"), [("/category".to_owned(), 100)]);
    assert_eq!(codes("REJECTED"), []);
    assert_eq!(codes("PAUSED"), []);
    for locked in ["PENDING", "IN_APPEAL", "DISABLED", "ARCHIVED"] {
        assert_eq!(codes(locked), [(String::new(), 2_388_039)]);
    }
    assert!(check_edit(&json!({"components": [body("new")]}), &of("APPROVED")).is_ok());
}

#[test]
fn all_faults_are_told_at_once_and_odd_input_is_no_panic() {
    let found = check_create(&json!({"name": "A", "category": "X", "components": [
        {"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "{{1}}"}, {"type": "BUTTONS"}]}));
    assert!(found.faults.len() >= 6, "{found:?}");
    for fault in found.faults.iter().chain(&found.warnings) {
        assert!(fault.words.ends_with('.'), "{fault:?}");
    }
    for odd in [
        json!(null),
        json!([]),
        json!({"components": 3}),
        json!({"components": [null, 3, "x", {"type": []}]}),
    ] {
        assert!(!check_create(&odd).is_ok());
    }
    let library =
        json!({"name": "n", "language": "en", "category": "UTILITY", "library_template_name": "l"});
    assert!(check_create(&library).is_ok());
}
