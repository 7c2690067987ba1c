//! Cases that Meta does not document.

use serde_json::{Value, json};
use wabakit_domain::inbound::{Fact, MessageContent};
use wabakit_webhooks::{ItemError, parse};

use crate::support::{
    body, content, facts, items, items_of, message_with, meta, of_number, some, text, with_base,
};

/// Reads a message whose text is this JSON.
fn written(text: &str) -> MessageContent {
    let whole = body(
        "messages",
        &of_number(
            json!({"messages": [with_base(&json!({"type": "text", "text": {"body": "@"}}))]}),
        ),
    )
    .replace("\"@\"", text);
    match items_of(&whole).remove(0).1 {
        Ok(Fact::Message(message)) => message.content,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_field_that_meta_names_is_known() {
    for field in [
        "account_alerts",
        "account_review_update",
        "account_update",
        "automatic_events",
        "business_capability_update",
        "history",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "messages",
        "partner_solutions",
        "payment_configuration_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "smb_app_state_sync",
        "smb_message_echoes",
        "template_category_update",
        "user_preferences",
        "flows",
        "calls",
        "group_lifecycle_update",
        "group_participants_update",
        "group_participant_update",
        "group_settings_update",
        "group_status_update",
        "user_id_update",
        "business_username_updates",
        "account_settings_update",
        "template_correct_category_detection",
        "messaging_handovers",
        "standby",
        "tracking_events",
        "message_echoes",
    ] {
        // A known field without a value is broken; a new one is unsupported.
        let change = json!({"field": field}).to_string();
        let items = parse(field, change.as_bytes());
        assert_eq!(items[0].fact, Err(ItemError::Missing("value")), "{field}");
    }
}

#[test]
fn a_new_field_is_unsupported_with_all_its_bytes() {
    let value = json!({"größe": [1, {"x": "/"}]});
    let found = items("brand_new_update", &value);
    let change = meta(&json!({"value": value, "field": "brand_new_update"}));
    let expected = Fact::Unsupported {
        what: "brand_new_update".to_owned(),
    };
    assert_eq!(found, [(change, Ok(expected))]);
}

#[test]
fn a_change_without_a_field_is_unsupported() {
    let found = items_of(&json!({"entry": [{"changes": [{"value": {"a": 1}}]}]}).to_string());
    assert_eq!(
        found[0].1,
        Ok(Fact::Unsupported {
            what: String::new()
        })
    );
}

#[test]
fn what_is_not_about_whatsapp_is_unsupported() {
    let change = json!({"field": "messages", "value": {"messages": [{"mid": "x"}]}});
    let page = json!({"object": "page", "entry": [{"id": "1", "changes": [change]}]});
    let found = items_of(&page.to_string());
    assert_eq!(
        found[0].1,
        Ok(Fact::Unsupported {
            what: "page/messages".to_owned()
        })
    );
}

#[test]
fn a_new_list_beside_the_messages_is_unsupported_and_the_messages_are_read() {
    let message = with_base(&json!({"type": "text", "text": {"body": "x"}}));
    let value = json!({"messages": [message], "whispers": [{"id": 1}], "api_version": "v27", "empty": [], "more": {}});
    let found = facts("messages", &of_number(value));
    assert_eq!(found.len(), 2);
    assert!(found.contains(&Fact::Unsupported {
        what: "messages.whispers".to_owned()
    }));
}

#[test]
fn a_value_that_says_nothing_known_is_unsupported() {
    for value in [
        json!({}),
        json!({"contacts": [{"wa_id": "1"}]}),
        json!({"messages": null}),
    ] {
        let found = facts("messages", &of_number(value));
        assert_eq!(
            found,
            [Fact::Unsupported {
                what: "messages".to_owned()
            }]
        );
    }
    assert_eq!(
        facts("messages", &of_number(json!({"messages": []}))).len(),
        1
    );
    assert_eq!(
        items("messages", &json!([]))[0].1,
        Err(ItemError::NotAnObject)
    );
}

#[test]
fn one_item_may_stand_where_a_list_belongs() {
    let message = with_base(&json!({"type": "text", "text": {"body": "x"}}));
    let found = facts("messages", &of_number(json!({"messages": message})));
    assert!(matches!(found.as_slice(), [Fact::Message(_)]));
}

#[test]
fn metas_escapes_are_read() {
    assert_eq!(written(r#""\u00e4\/\ud83d\ude00\n\"""#), text("ä/😀\n\""));
    assert_eq!(written(r#""\u0068\u0069""#), text("hi"));
}

#[test]
fn nul_is_replaced_in_what_is_read_and_stays_in_the_bytes() {
    assert_eq!(written(r#""a\u0000b""#), text("a\u{fffd}b"));
    let contacts = json!([{"profile": {"name": "Z\0oe"}, "wa_id": "16505551234"}]);
    let told = message_with(contacts, json!({"type": "text", "text": {"body": "x"}}));
    assert_eq!(told.party.profile_name, some("Z\u{fffd}oe"));
    let odd = json!({"type": "ho\0lo", "ho\0lo": {"a\0": ["\0"]}});
    let MessageContent::Unsupported { kind, raw, .. } = content(odd.clone()) else {
        panic!()
    };
    assert_eq!(kind, some("ho\u{fffd}lo"));
    assert_eq!(raw["ho\u{fffd}lo"], json!({"a\u{fffd}": ["\u{fffd}"]}));
    let found = items(
        "messages",
        &of_number(json!({"messages": [with_base(&odd)]})),
    );
    assert!(found[0].0.contains("\\u0000"));
}

#[test]
fn half_an_emoji_is_replaced_and_costs_nothing_else() {
    assert_eq!(written(r#""hi \ud83d""#), text("hi \u{fffd}"));
    assert_eq!(written(r#""\ude00 \ud83dx""#), text("\u{fffd} \u{fffd}x"));
    let value = of_number(json!({"messages": [with_base(&json!({"type": "new", "x": "@"}))]}));
    let whole = body("messages", &value).replace("\"@\"", "\"\\ud83d\"");
    let Ok(Fact::Message(message)) = items_of(&whole).remove(0).1 else {
        panic!()
    };
    let MessageContent::Unsupported {
        raw: Value::String(raw),
        ..
    } = message.content
    else {
        panic!()
    };
    assert!(
        raw.contains("\\ud83d"),
        "what no tree can hold is kept as its text"
    );
}

#[test]
fn what_is_unsupported_and_too_deep_for_a_reader_is_kept_as_its_text() {
    for (depth, is_tree) in [(50, true), (100, false), (100_000, false)] {
        let deep = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let value =
            of_number(json!({"messages": [with_base(&json!({"type": "new", "new": "@"}))]}));
        let whole = body("messages", &value).replace("\"@\"", &deep);
        let Ok(Fact::Message(message)) = items_of(&whole).remove(0).1 else {
            panic!()
        };
        let MessageContent::Unsupported { raw, .. } = &message.content else {
            panic!()
        };
        assert_eq!(raw.is_object(), is_tree, "{depth}");
        let stored = serde_json::to_string(&message.content).unwrap();
        assert_eq!(
            serde_json::from_str::<MessageContent>(&stored).unwrap(),
            message.content
        );
    }
}

#[test]
fn edits_within_edits_cost_no_stack() {
    let open = r#"{"type":"edit","edit":{"original_message_id":"a","message":"#;
    let deep = format!("{}{{}}{}", open.repeat(20_000), "}}".repeat(20_000));
    let message = deep.replacen('{', r#"{"id":"w","timestamp":"1","from":"1","#, 1);
    let raw = format!(r#"{{"field":"messages","value":{{"messages":[{message}]}}}}"#);
    let items = parse("messages", raw.as_bytes());
    assert!(matches!(&items[0].fact, Ok(Fact::Message(it)) if it.content.kind() == "edit"));
}

#[test]
fn of_names_that_come_twice_the_last_counts_and_no_item_is_lost() {
    let raw = r#"{"field":"messages","value":{"messages":[{"id":"a","id":"b","timestamp":"1","type":"x"}],
        "messages":[{"id":"c","timestamp":"1","type":"x"}]}}"#;
    let ids: Vec<_> = parse("messages", raw.as_bytes())
        .into_iter()
        .map(|item| match item.fact {
            Ok(Fact::Message(message)) => message.wamid.into_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(ids, ["b", "c"]);
}

#[test]
fn many_people_and_many_messages_are_read_in_linear_time() {
    let people: Vec<_> = (0..20_000)
        .map(|n| json!({"wa_id": format!("1650{n:07}"), "profile": {"name": n.to_string()}}))
        .collect();
    let messages: Vec<_> = (0..10_000)
        .map(|n| json!({"id": n.to_string(), "timestamp": "1", "type": "request_welcome", "from": format!("1650{n:07}")}))
        .collect();
    let raw = json!({"value": {"contacts": people, "messages": messages}}).to_string();
    let items = parse("messages", raw.as_bytes());
    assert_eq!(items.len(), 10_000);
    for (n, item) in items.iter().enumerate() {
        let Ok(Fact::Message(message)) = &item.fact else {
            panic!()
        };
        assert_eq!(message.party.profile_name, some(&n.to_string()));
    }
}

#[test]
fn what_is_no_json_is_one_item_that_failed() {
    for raw in [&b""[..], b"{", b"\xff", b"{}x"] {
        let items = parse("messages", raw);
        assert_eq!(items.len(), 1);
        assert_eq!(
            (items[0].raw, &items[0].fact),
            (raw, &Err(ItemError::NotJson))
        );
    }
}

#[test]
fn reasons_have_stable_codes() {
    let codes = [
        (ItemError::NotJson, "not_json"),
        (ItemError::NotAnObject, "not_an_object"),
        (ItemError::Missing("id"), "missing_part"),
        (ItemError::Invalid("id"), "invalid_part"),
    ];
    for (error, code) in codes {
        assert_eq!(error.code(), code);
    }
    assert_eq!(ItemError::Missing("id").to_string(), "id is missing");
}
