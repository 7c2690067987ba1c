//! The product and the sandbox take and refuse the same messages.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::{Value, json};
use wabakit_checks::{
    Case, Generator, LISTED, LISTED_OF_TEMPLATES, Outcome, Pair, PairGenerator, PairOutcome,
    PairReport, Report, compare, compare_pair,
};

/// A body whose type no page is asked of.
fn case(body: Value) -> Case {
    Case {
        body,
        what: String::new(),
        strays: Vec::new(),
        expected: None,
    }
}

fn of(kind: &str, content: Value) -> Case {
    case(json!({"to": "+15550100123", "type": kind, kind: content}))
}

fn interactive(kind: &str, action: Value) -> Case {
    of(
        "interactive",
        json!({"type": kind, "body": {"text": "b"}, "action": action}),
    )
}

fn component(component: Value) -> Case {
    of(
        "template",
        json!({"name": "n", "language": {"code": "en"}, "components": [component]}),
    )
}

#[test]
fn product_and_sandbox_agree_on_generated_bodies() {
    let report = Report::of(&Generator::new(2), 0..4_000);
    assert_eq!(report.disagreements, 0, "\n{report}");
    // Two checks that agree on everything may both be blind.
    assert!(report.taken > 1_000, "\n{report}");
    assert!(report.refused > 500, "\n{report}");
}

#[test]
fn a_seed_makes_the_same_bodies_and_another_seed_others() {
    let bodies = |seed| {
        let generator = Generator::new(seed);
        (0..50)
            .map(|place| generator.case(place).body.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(bodies(1), bodies(1));
    assert_ne!(bodies(1), bodies(2));
}

#[test]
fn every_type_and_kind_is_made_and_taken() {
    let generator = Generator::new(3);
    let taken: BTreeSet<String> = (0..6_000)
        .map(|place| generator.case(place))
        .filter(|case| case.expected == Some(true) && matches!(compare(case), Outcome::Taken))
        .filter_map(|case| Some(case.what.split(':').next()?.to_owned()))
        .collect();
    for kind in [
        "text",
        "image",
        "video",
        "audio",
        "document",
        "sticker",
        "location",
        "contacts",
        "reaction",
        "template",
        "pin pin",
        "interactive button",
        "interactive list",
        "interactive cta_url",
        "interactive flow",
        "interactive product",
        "interactive product_list",
        "interactive catalog_message",
        "interactive location_request_message",
        "interactive address_message",
        "interactive carousel",
        "interactive voice_call",
        "interactive call_permission_request",
        "interactive request_contact_info",
        "interactive order_details",
        "interactive order_status",
    ] {
        assert!(taken.contains(kind), "{kind}: {taken:?}");
    }
}

#[test]
fn both_sides_take_these() {
    let sections = json!([{"product_items": [{"product_retailer_id": 2}]}]);
    for case in [
        of(
            "interactive",
            json!({"type": "product_list", "header": {"type": "text", "text": "h"}, "body": {"text": "b"}, "action": {"catalog_id": 1, "sections": sections}}),
        ),
        of("image", json!({"id": 1_000_000_000_000_001_u64})),
        interactive(
            "product",
            json!({"catalog_id": 1, "product_retailer_id": 2}),
        ),
        component(
            json!({"type": "tap_target_configuration", "parameters": [{"type": "tap_target_configuration", "tap_target_configuration": [{"url": "https://a.example", "title": "A"}]}]}),
        ),
        component(json!({"type": "BODY", "parameters": null})),
        component(
            json!({"type": "button", "sub_type": "copy_code", "index": 0, "parameters": [{"type": "coupon_code", "coupon_code": "12345678901234567890"}]}),
        ),
        interactive("catalog_message", json!({"name": "catalog_message"})),
        case(json!({"to": 15_550_100_123_u64, "recipient": "US.1", "text": {"body": " "}})),
        case(
            json!({"to": "", "recipient": "BR.1000000000000001", "text": {"body": "b"}, "context": {}}),
        ),
        case(
            json!({"recipient_type": "group", "to": "g", "recipient": "US.1", "text": {"body": "b"}}),
        ),
    ] {
        let outcome = compare(&case);
        assert!(
            matches!(outcome, Outcome::Taken),
            "{}: {outcome:?}",
            case.body
        );
    }
}

#[test]
fn both_sides_refuse_these() {
    let button =
        |id: &str, title: &str| json!({"type": "reply", "reply": {"id": id, "title": title}});
    let value = |text: &str| {
        component(json!({"type": "body", "parameters": [{"type": "text", "text": text}]}))
    };
    for case in [
        interactive(
            "catalog_message",
            json!({"name": "catalog_message", "parameters": {}}),
        ),
        interactive(
            "catalog_message",
            json!({"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": null}}),
        ),
        interactive(
            "button",
            json!({"buttons": [button("a", "Yes"), button("b", "Yes")]}),
        ),
        interactive(
            "button",
            json!({"buttons": [button("a", "Yes"), button("b", " Yes ")]}),
        ),
        interactive("button", json!({"buttons": [button("a ", "Yes")]})),
        value("line one\nline two"),
        value("a\tb"),
        value("a     b"),
        value("  "),
        component(
            json!({"type": "button", "sub_type": "copy_code", "index": 0, "parameters": [{"type": "coupon_code", "coupon_code": "123456789012345678901"}]}),
        ),
        of("image", json!({"id": 1.5})),
        of("image", json!({"id": -1})),
        of("image", json!({"id": true})),
        of("image", json!({"id": "1", "filename": "a.png"})),
        of("text", json!({"body": "\u{0}"})),
        case(json!({"recipient": "somebody", "text": {"body": "b"}})),
        case(json!({"to": "BR.1000000000000001", "text": {"body": "b"}})),
    ] {
        let outcome = compare(&case);
        assert!(
            matches!(outcome, Outcome::Refused { .. }),
            "{}: {outcome:?}",
            case.body
        );
    }
}

#[test]
fn what_stays_a_disagreement_is_told_by_its_entry() {
    let text = |key: &str, value: Value| {
        let mut body = json!({"to": "+15550100123", "text": {"body": "b"}});
        body[key] = value;
        case(body)
    };
    let mut within = of("text", json!({"body": "b", "shade": "blue"}));
    let unknown = compare(&within);
    assert!(matches!(unknown, Outcome::Disagreement(_)), "{unknown:?}");
    within.strays.push("shade".to_owned());
    for (place, case) in [
        (0, text("biz_opaque_callback_data", json!("x"))),
        (1, text("messaging_account_id", json!("1"))),
        (1, text("image", json!({"id": "1"}))),
        (2, within),
    ] {
        match compare(&case) {
            Outcome::Listed(listed) => assert_eq!(listed, LISTED.get(place).unwrap()),
            other => panic!("{}: {other:?}", case.body),
        }
    }
}

#[test]
fn what_meta_s_pages_say_is_held_against_both_sides() {
    let told = |body: &str, expected| Case {
        expected: Some(expected),
        ..of("text", json!({"body": body}))
    };
    for (body, expected) in [("b", false), ("", true)] {
        let outcome = compare(&told(body, expected));
        assert!(matches!(outcome, Outcome::Disagreement(_)), "{outcome:?}");
    }
}

#[test]
fn the_page_lists_every_disagreement_that_stays() {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let page = manifest
        .ancestors()
        .nth(2)
        .unwrap()
        .join("docs/message-checks.md");
    let page = fs::read_to_string(page).unwrap();
    for listed in LISTED.iter().chain(&LISTED_OF_TEMPLATES) {
        let row = format!(
            "| {} | {} | {} | {} |",
            listed.input, listed.product, listed.sandbox, listed.meta
        );
        assert!(
            page.contains(&row),
            "docs/message-checks.md lacks this row:\n{row}"
        );
    }
}

#[test]
fn product_and_sandbox_agree_on_generated_values_of_templates() {
    let report = PairReport::of(&PairGenerator::new(2), 0..6_000);
    assert_eq!(report.disagreements, 0, "\n{report}");
    // Two checks that agree on everything may both be blind.
    assert!(report.taken > 1_500, "\n{report}");
    assert!(report.refused > 1_500, "\n{report}");
    assert!(report.same_code * 2 > report.refused, "\n{report}");
}

#[test]
fn every_kind_of_template_is_made_and_taken() {
    let generator = PairGenerator::new(3);
    let mut taken = BTreeSet::new();
    for pair in (0..3_000).map(|place| generator.pair(place)) {
        if pair.what.is_empty() && matches!(compare_pair(&pair), PairOutcome::Taken) {
            let words = pair.template.to_string();
            let words = words
                .split('"')
                .filter(|word| word.chars().all(|it| it.is_ascii_uppercase() || it == '_'));
            taken.extend(words.map(ToOwned::to_owned));
        }
    }
    for word in [
        "TEXT",
        "IMAGE",
        "VIDEO",
        "DOCUMENT",
        "GIF",
        "LOCATION",
        "PRODUCT",
        "FOOTER",
        "CAROUSEL",
        "LIMITED_TIME_OFFER",
        "QUICK_REPLY",
        "URL",
        "PHONE_NUMBER",
        "COPY_CODE",
        "OTP",
        "FLOW",
        "VOICE_CALL",
        "REQUEST_CONTACT_INFO",
        "CATALOG",
        "MPM",
        "SPM",
        "NAMED",
        "POSITIONAL",
        "MARKETING",
        "UTILITY",
        "AUTHENTICATION",
    ] {
        assert!(taken.contains(word), "{word}: {taken:?}");
    }
}

#[test]
fn a_listed_disagreement_about_values_is_told_by_its_entry() {
    let pair = |components: Value| Pair {
        template: json!({"name": "n", "language": "en", "status": "APPROVED", "category": "UTILITY", "components": components}),
        message: json!({"name": "n", "language": {"code": "en"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "x".repeat(1_030)}]}]}),
        what: "long".to_owned(),
    };
    let body = json!({"type": "BODY", "text": "a {{1}} b"});
    match compare_pair(&pair(json!([body]))) {
        PairOutcome::Listed(listed) => assert_eq!(listed, &LISTED_OF_TEMPLATES[0]),
        other => panic!("{other:?}"),
    }
    let outcome = compare_pair(&pair(json!([body, {"type": "FOOTER", "text": "f"}])));
    assert!(
        matches!(outcome, PairOutcome::Refused { same_code: true }),
        "{outcome:?}"
    );
}
