use serde_json::{Value, json};
use wabakit_domain::delivery::Lane;
use wabakit_webhooks::{RawChange, UnreadableBody, split};

use crate::support::{NUMBER, WABA, facts, items_of, meta, metadata};

fn cases<T, const N: usize>(cases: [T; N], test: impl Fn(T)) {
    cases.into_iter().for_each(test);
}

fn one(body: &Value) -> (Option<String>, Option<i64>, String, Lane, String) {
    let body = meta(body);
    let mut changes = split(body.as_bytes()).unwrap();
    assert_eq!(changes.len(), 1, "{changes:?}");
    let RawChange {
        entry_id,
        entry_time,
        field,
        lane,
        raw,
    } = changes.remove(0);
    (
        entry_id,
        entry_time,
        field,
        lane,
        String::from_utf8(raw.to_vec()).unwrap(),
    )
}

fn entry(entry: Value) -> Value {
    json!({"object": "whatsapp_business_account", "entry": [entry]})
}

fn waba() -> Lane {
    Lane::Waba(WABA.into())
}

#[test]
fn every_change_of_every_entry_is_cut_out_in_order() {
    let change = |field: &str| json!({"value": {"x": "/\u{e4}"}, "field": field});
    let body = meta(&json!({"object": "whatsapp_business_account", "entry": [
        {"id": "1", "time": 5, "changes": [change("a"), change("b")]},
        {"id": "2", "changes": [change("c")]},
        {"id": "3", "changes": []},
    ]}));
    let changes = split(body.as_bytes()).unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|it| {
            (
                it.entry_id.as_deref().unwrap(),
                it.entry_time,
                it.field.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [("1", Some(5), "a"), ("1", Some(5), "b"), ("2", None, "c")]
    );
    for (change, field) in changes.iter().zip(["a", "b", "c"]) {
        let raw = format!(r#"{{"field":"{field}","value":{{"x":"\/\u00e4"}}}}"#);
        assert_eq!(change.raw, raw.as_bytes());
        assert!(
            body.as_bytes()
                .as_ptr_range()
                .contains(&change.raw.as_ptr())
        );
    }
}

#[test]
fn the_lane_is_the_number_else_the_waba() {
    let lane = |value: Value| {
        one(&entry(
            json!({"id": WABA, "changes": [{"field": "messages", "value": value}]}),
        ))
        .3
    };
    let number = || Lane::Number(NUMBER.into());
    cases(
        [
            (json!({"metadata": metadata()}), number()),
            (
                json!({"metadata": {"phone_number_id": 106540352242922_u64}}),
                number(),
            ),
            (json!({"metadata": {"display_phone_number": "1"}}), waba()),
            (json!({"metadata": {"phone_number_id": ""}}), waba()),
            (json!({"metadata": {"phone_number_id": [1]}}), waba()),
            (json!({"metadata": "x"}), waba()),
            (json!({}), waba()),
            (json!("x"), waba()),
        ],
        |(value, expected)| assert_eq!(lane(value.clone()), expected, "{value}"),
    );
}

#[test]
fn an_entry_id_and_time_may_be_integers_or_texts() {
    let change = json!([{"field": "x", "value": {}}]);
    let told = one(&entry(
        json!({"id": 102290129340398_u64, "time": "1739321024", "changes": change}),
    ));
    assert_eq!(
        (told.0.as_deref(), told.1, told.3),
        (Some(WABA), Some(1739321024), waba())
    );
    let told = one(&entry(json!({"changes": change})));
    assert_eq!((told.0, told.1, told.3), (None, None, Lane::Nowhere));
}

#[test]
fn what_a_partner_is_told_goes_to_the_waba_inside() {
    let lane = |field: &str, value: Value| {
        one(&entry(
            json!({"id": "35602282435505", "changes": [{"field": field, "value": value}]}),
        ))
        .3
    };
    let info =
        json!({"event": "PARTNER_ADDED", "waba_info": {"waba_id": WABA, "owner_business_id": "9"}});
    assert_eq!(lane("account_update", info), waba());
    let business = Lane::Waba("35602282435505".into());
    assert_eq!(
        lane("account_update", json!({"event": "PARTNER_REMOVED"})),
        business
    );
    let solution = json!({"event": "SOLUTION_CREATED", "solution_id": "1"});
    assert_eq!(lane("partner_solutions", solution), business);
}

#[test]
fn a_misplaced_field_is_found() {
    let value = json!({"decision": "APPROVED"});
    let within = json!({"decision": "APPROVED", "field": "account_review_update"});
    cases(
        [
            entry(
                json!({"id": WABA, "field": "account_review_update", "changes": [{"value": value}]}),
            ),
            entry(json!({"id": WABA, "changes": [{"value": within}]})),
            entry(json!({"id": WABA, "field": "account_review_update", "value": value})),
            entry(
                json!({"id": WABA, "value": value, "changes": [{"field": "account_review_update"}]}),
            ),
            entry(
                json!({"id": WABA, "field": "account_review_update", "changes": {"value": value}}),
            ),
            json!({"entry": {"id": WABA, "changes": [{"value": value, "field": "account_review_update"}]}}),
            json!({"entry": [{"id": WABA, "changes": [{"value": value}]}], "field": "account_review_update"}),
        ],
        |body| {
            let (_, _, field, lane, raw) = one(&body);
            assert_eq!(
                (field.as_str(), lane),
                ("account_review_update", waba()),
                "{body}"
            );
            assert!(raw.contains("APPROVED"), "{body}");
            let told = items_of(&meta(&body)).remove(0).1;
            let usual = facts("account_review_update", &value).remove(0);
            assert_eq!(told, Ok(usual), "{body}");
        },
    );
}

#[test]
fn a_bare_change_is_a_change() {
    // The app dashboard shows its samples as bare changes.
    let body = json!({"field": "messages", "value": {"metadata": metadata()}});
    let (id, _, field, lane, raw) = one(&body);
    assert_eq!(
        (id, field.as_str(), lane),
        (None, "messages", Lane::Number(NUMBER.into()))
    );
    assert_eq!(raw, meta(&body));
}

#[test]
fn what_has_no_changes_is_one_change_without_a_field() {
    cases(
        [
            (entry(json!({"id": WABA})), waba()),
            (entry(json!({"id": WABA, "changes": null})), waba()),
            (entry(json!("x")), Lane::Nowhere),
            (entry(json!(null)), Lane::Nowhere),
            (entry(json!({"id": WABA, "changes": [1]})), waba()),
            (
                json!({"object": "whatsapp_business_account"}),
                Lane::Nowhere,
            ),
            (json!({}), Lane::Nowhere),
        ],
        |(body, expected)| {
            let (_, _, field, lane, _) = one(&body);
            assert_eq!((field.as_str(), lane), ("", expected), "{body}");
        },
    );
}

#[test]
fn a_broken_entry_costs_no_other() {
    let good = json!({"id": WABA, "changes": [7, {"field": "security", "value": {}}]});
    let body = meta(&json!({"entry": [null, [1], good]}));
    let fields: Vec<_> = split(body.as_bytes())
        .unwrap()
        .into_iter()
        .map(|it| it.field)
        .collect();
    assert_eq!(fields, ["", "", "", "security"]);
}

#[test]
fn what_is_not_about_whatsapp_has_no_lane_and_says_so() {
    let change = json!({"field": "messages", "value": {"metadata": metadata()}});
    let body = json!({"object": "page", "entry": [{"id": "1", "changes": [change]}]});
    let (_, _, field, lane, _) = one(&body);
    assert_eq!((field.as_str(), lane), ("page/messages", Lane::Nowhere));
    let messenger =
        json!({"object": "page", "entry": [{"id": "1", "messaging": [{"message": {}}]}]});
    let (_, _, field, _, raw) = one(&messenger);
    assert_eq!(field, "page/");
    assert!(raw.contains("messaging"));
}

#[test]
fn what_is_no_json_object_is_unreadable_and_the_reason_quotes_nothing() {
    for (body, reason) in [
        (&b""[..], UnreadableBody::NotJson { line: 1, column: 0 }),
        (b"hush", UnreadableBody::NotJson { line: 1, column: 1 }),
        (
            b"{\"a\":1}{",
            UnreadableBody::NotJson { line: 1, column: 8 },
        ),
        (b"{\"a\":", UnreadableBody::NotJson { line: 1, column: 5 }),
        (b"\"\xff\"", UnreadableBody::NotUtf8 { valid_up_to: 1 }),
        (b"[]", UnreadableBody::NotAnObject),
        (b"null", UnreadableBody::NotAnObject),
        (b"\"x\"", UnreadableBody::NotAnObject),
    ] {
        assert_eq!(split(body), Err(reason));
        assert!(!reason.to_string().contains("hush"));
    }
}

#[test]
fn nothing_is_too_deep() {
    for (open, close) in [
        ("[", "]"),
        (r#"{"entry":"#, "}"),
        (r#"{"changes":[{"value":"#, "}]}"),
    ] {
        let depth = 200_000;
        let body = format!(
            r#"{{"entry":{}0{}}}"#,
            open.repeat(depth),
            close.repeat(depth)
        );
        let changes = split(body.as_bytes()).unwrap();
        assert_eq!(changes.len(), 1);
        assert_eq!(items_of(&body).len(), 1);
    }
}

#[test]
fn a_thousand_changes_are_cut_out_and_take_no_more_than_their_body() {
    let change = json!({"field": "messages", "value": {"metadata": metadata(), "messages": []}});
    let body = meta(&entry(json!({"id": WABA, "changes": vec![change; 1000]})));
    let changes = split(body.as_bytes()).unwrap();
    assert_eq!(changes.len(), 1000);
    assert!(changes.iter().map(|it| it.raw.len()).sum::<usize>() < body.len());
    // Bare changes beside one value are one change.
    let bare = json!({"field": "messages"});
    let body = meta(&entry(
        json!({"id": WABA, "value": {}, "changes": vec![bare; 1000]}),
    ));
    assert_eq!(split(body.as_bytes()).unwrap().len(), 1);
}

#[test]
fn endless_names_and_ids_are_none() {
    let long = "9".repeat(200);
    let body = entry(
        json!({"id": long, "changes": [{"field": long, "value": {"metadata": {"phone_number_id": long}}}]}),
    );
    let (id, _, field, lane, _) = one(&body);
    assert_eq!((id, field.as_str(), lane), (None, "", Lane::Nowhere));
}
