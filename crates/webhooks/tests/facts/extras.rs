//! Parts without a typed form are kept in `extra`, and values are read from every place and in every spelling that Meta
//! uses.

use serde_json::{Value, json};
use wabakit_domain::inbound::{Fact, MessageContent};
use wabakit_webhooks::{parse, split};

use super::support::{PERSON, body, content, metadata, of_number, status, with_base};

/// The extras of a value's items.
fn extras(field: &str, value: &Value) -> Vec<Option<Value>> {
    let body = body(field, value);
    let changes = split(body.as_bytes()).unwrap();
    let items = changes
        .iter()
        .flat_map(|change| parse(&change.field, change.raw));
    items.map(|item| item.extra).collect()
}

fn of_message(part: Value) -> Option<Value> {
    let value = of_number(json!({"messages": [with_base(&part)]}));
    extras("messages", &value).remove(0)
}

#[test]
fn what_is_read_whole_leaves_nothing() {
    assert_eq!(
        of_message(json!({"type": "text", "text": {"body": "Hi"}})),
        None
    );
    assert_eq!(
        of_message(json!({"type": "poll_to_come", "poll_to_come": {"a": 1}})),
        None
    );
    let flow = json!({"event": "FLOW_STATUS_CHANGE", "flow_id": "1"});
    assert_eq!(extras("flows", &flow), [None]);
}

#[test]
fn what_is_not_read_is_kept_in_its_shape() {
    let referral = json!({"type": "text", "text": {"body": "Hi"}, "referral": {"source_id": "1", "ref": "seq"}});
    assert_eq!(
        of_message(referral),
        Some(json!({"referral": {"ref": "seq"}}))
    );
    let card = json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Z"}}, {"vcard": "BEGIN"}]});
    assert_eq!(
        of_message(card),
        Some(json!({"contacts": [null, {"vcard": "BEGIN"}]}))
    );
    let update = json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SPAM", "remediation": "Stop"}});
    let rest = json!({"violation_info": {"remediation": "Stop"}});
    assert_eq!(extras("account_update", &update), [Some(rest)]);
    let odd = json!({"event": "X", "off": false, "on": true, "zero": 0, "none": null, "empty": "", "no": {}});
    assert_eq!(
        extras("account_update", &odd),
        [Some(json!({"off": false, "on": true, "zero": 0}))]
    );
    let unreadable =
        json!({"entity_id": {"odd": "shape"}, "alert_info": {"alert_type": ["a", "b"]}});
    assert_eq!(
        extras("account_alerts", &unreadable),
        [Some(
            json!({"entity_id": {"odd": "shape"}, "alert_info": {"alert_type": ["a", "b"]}})
        )]
    );
}

#[test]
fn what_stands_beside_the_items_is_kept_with_the_first() {
    let text = |id: &str| json!({"from": PERSON, "id": id, "timestamp": "1", "type": "text", "text": {"body": id}});
    let value = json!({"metadata": metadata(), "messages": [text("a"), text("b")],
        "contacts": [{"wa_id": PERSON, "profile": {"name": "Z", "badge": "gold"}}],
        "conversation_context": {"owner": "agent"}});
    let beside = json!({"contacts": [{"profile": {"badge": "gold"}}], "conversation_context": {"owner": "agent"}});
    assert_eq!(
        extras("messages", &value),
        [Some(json!({"change": beside})), None]
    );
}

#[test]
fn the_members_of_a_group_that_have_a_status_are_told_apart_in_every_spelling() {
    for name in [
        "recipient_participant_id",
        "participant_recipient_id",
        "recipient_participant_user_id",
        "participant_recipient_user_id",
    ] {
        let told = status(json!({"recipient_type": "group", "recipient_id": "g", name: PERSON}));
        assert_eq!(told.participant.as_deref(), Some(PERSON), "{name}");
    }
}

#[test]
fn the_details_of_an_error_are_read_from_every_place() {
    for error in [
        json!({"code": 131051, "title": "T", "details": "why"}),
        json!({"code": "131051", "title": "T", "error_data": {"details": "why"}}),
        json!({"code": 131051.0, "title": "T", "error_data": "why"}),
    ] {
        let MessageContent::Unsupported { errors, .. } =
            content(json!({"type": "unknown", "errors": [error]}))
        else {
            panic!("it has no content");
        };
        assert_eq!(
            (errors[0].code, errors[0].details.as_deref()),
            (131_051, Some("why"))
        );
    }
}

#[test]
fn only_a_status_without_type_or_of_a_message_is_a_messages() {
    let of = |kind: Value| {
        let value = json!({"statuses": [{"id": "wamid.H", "status": "failed", "type": kind,
            "timestamp": "1750263773", "recipient_id": PERSON, "payment": {"reference_id": "order-77"}}]});
        super::support::fact("messages", &of_number(value))
    };
    for kind in [json!(null), json!(""), json!("message"), json!("MESSAGE")] {
        assert!(matches!(of(kind), Fact::Status(_)));
    }
    for kind in [
        json!("payment"),
        json!("Payment"),
        json!("reaction"),
        json!(7),
    ] {
        let Fact::Management(told) = of(kind) else {
            panic!("it touched a message");
        };
        assert!(format!("{told:?}").contains("order-77"));
    }
}

#[test]
fn a_number_keeps_its_digits() {
    let reply = |json: &str| {
        let part = json!({"type": "nfm_reply", "nfm_reply": {"response_json": json}});
        match content(json!({"type": "interactive", "interactive": part})) {
            MessageContent::FormReply { response, .. } => response.to_string(),
            other => panic!("{other:?}"),
        }
    };
    for (sent, told) in [
        (
            r#"{"a":12345678901234567890123}"#,
            r#"{"a":"12345678901234567890123"}"#,
        ),
        (
            r#"{"a":[-98765432109876543210]}"#,
            r#"{"a":["-98765432109876543210"]}"#,
        ),
        (
            r#"{"a":0.12345678901234567890}"#,
            r#"{"a":"0.12345678901234567890"}"#,
        ),
        (
            r#"{"a":18446744073709551615}"#,
            r#"{"a":18446744073709551615}"#,
        ),
        (
            r#"{"a":1.5,"b":"12345678901234567890"}"#,
            r#"{"a":1.5,"b":"12345678901234567890"}"#,
        ),
        (r#"{"a":1234567890123456}"#, r#"{"a":1234567890123456}"#),
    ] {
        assert_eq!(reply(sent), told);
    }
}

#[test]
fn a_message_without_a_type_is_what_its_part_is() {
    let place = json!({"location": {"latitude": "37.5", "longitude": "-122.25"}});
    assert!(
        matches!(content(place), MessageContent::Location { latitude, .. } if latitude == 37.5)
    );
    let image = json!({"image": {"id": "m", "mime_type": "image/png"}});
    assert!(matches!(content(image), MessageContent::Image(_)));
    let upper = json!({"type": "TEXT", "text": {"body": "Hi"}});
    assert!(matches!(content(upper), MessageContent::Text { .. }));
    let nothing = json!({"something": {"a": 1}});
    assert!(matches!(
        content(nothing),
        MessageContent::Unsupported { .. }
    ));
}
