//! Parts without a typed form are kept in `extra`, and values are read from every place and in every spelling that Meta
//! uses.

use serde_json::{Value, json};
use wabakit_domain::inbound::{Fact, MessageContent};

use super::support::{
    PERSON, USER, content, extras, message_with, metadata, of_number, status, with_base,
};

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
fn the_price_of_a_status_is_read_from_every_place() {
    let price = json!({"billable": true, "pricing_model": "PMP", "category": "group_utility"});
    for told in [
        json!({"pricing": price}),
        json!({"conversation": {"id": "c", "pricing": price}}),
        json!({"conversation": {"id": "c", "origin": {"type": "x"}, "pricing": price}, "pricing": null}),
    ] {
        let pricing = status(told.clone()).pricing.unwrap();
        assert_eq!(pricing.category.as_deref(), Some("group_utility"), "{told}");
        assert_eq!(pricing.model.as_deref(), Some("PMP"));
    }
}

#[test]
fn a_group_stands_in_the_place_of_the_recipient_or_beside_the_member() {
    for (told, member) in [
        (
            json!({"recipient_type": "group", "recipient_id": "g1"}),
            None,
        ),
        (json!({"group_id": "g1", "recipient_id": "g1"}), None),
        (
            json!({"group_id": "g1", "recipient_id": PERSON}),
            Some(PERSON),
        ),
        (
            json!({"group_id": "g1", "recipient_id": null, "recipient_user_id": USER}),
            None,
        ),
        (
            json!({"recipient_type": "group", "recipient_id": "g1", "recipient_participant_id": PERSON,
            "recipient_participant_user_id": USER}),
            Some(PERSON),
        ),
        (
            json!({"recipient_type": "group", "recipient_id": "g1", "participant_recipient_user_id": USER}),
            Some(USER),
        ),
        (
            json!({"recipient_type": "group", "recipient_id": "g1", "recipient_participant_id": "odd-id"}),
            Some("odd-id"),
        ),
    ] {
        let read = status(told.clone());
        assert_eq!(read.group_id, Some("g1".into()), "{told}");
        assert_eq!(read.participant.as_deref(), member, "{told}");
    }
    let both = json!({"recipient_type": "group", "recipient_id": "g1", "participant_recipient_id": PERSON,
        "participant_recipient_user_id": USER});
    let told = status(both).recipient;
    assert_eq!(
        (told.phone.as_deref(), told.user_id),
        (Some(PERSON), Some(USER.into()))
    );
}

#[test]
fn a_contact_that_no_item_is_about_is_kept_as_it_came() {
    let stranger =
        json!({"wa_id": "16505550009", "user_id": "US.9", "profile": {"name": "Stranger"}});
    let known = json!({"wa_id": PERSON, "profile": {"name": "Z"}});
    let text = with_base(&json!({"type": "text", "text": {"body": "Hi"}}));
    for (contacts, rest) in [
        (json!([known, stranger]), json!([null, stranger])),
        (json!([stranger, known]), json!([stranger])),
        (json!([stranger]), json!([stranger])),
        (json!([known]), json!(null)),
    ] {
        let value = of_number(json!({"contacts": contacts, "messages": [text]}));
        let rest = (!rest.is_null()).then(|| json!({"change": {"contacts": rest}}));
        assert_eq!(extras("messages", &value), [rest], "{contacts}");
    }
    // One whose other id contradicts is somebody else, too.
    let other = json!([{"wa_id": PERSON, "user_id": "US.9"}]);
    let told = message_with(
        other,
        json!({"from_user_id": USER, "type": "text", "text": {"body": "Hi"}}),
    );
    assert_eq!(told.party.user_id, Some(USER.into()));
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
fn an_amount_or_a_place_with_more_digits_than_a_number_keeps_is_also_kept_as_it_came() {
    let order = |price: &str, quantity: &str| {
        let items = format!(
            r#"{{"product_retailer_id":"p","quantity":{quantity},"item_price":{price},"currency":"EUR"}}"#
        );
        let raw = format!(
            r#"{{"value":{{"messages":[{{"from":"{PERSON}","id":"wamid.o","timestamp":"1","type":"order","order":{{"catalog_id":"c","product_items":[{items}]}}}}]}},"field":"messages"}}"#
        );
        wabakit_webhooks::parse("messages", raw.as_bytes())
            .remove(0)
            .extra
    };
    let rest = |part: Value| Some(json!({"order": {"product_items": [part]}}));
    for (price, quantity, kept) in [
        ("3.5", "2", None),
        ("\"123456789012.34\"", "1e3", None),
        (
            "12345678901234567.89",
            "1",
            rest(json!({"item_price": "12345678901234567.89"})),
        ),
        (
            "\"12345678901234567.89\"",
            "1",
            rest(json!({"item_price": "12345678901234567.89"})),
        ),
        (
            "1",
            "12345678901234567890123",
            rest(json!({"quantity": "12345678901234567890123"})),
        ),
    ] {
        assert_eq!(order(price, quantity), kept, "{price} {quantity}");
    }
    let place = of_message(
        json!({"type": "location", "location": {"latitude": "37.123456789012345678", "longitude": "-122.25"}}),
    );
    assert_eq!(
        place,
        Some(json!({"location": {"latitude": "37.123456789012345678"}}))
    );
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
    for (part, name) in [
        (json!({"text": {"body": "Hi"}}), "text"),
        (
            json!({"TYPE": "x", "contacts": [{"name": {"formatted_name": "Z"}}]}),
            "contacts",
        ),
        (
            json!({"reaction": {"message_id": "wamid.q", "emoji": "x"}}),
            "reaction",
        ),
        (json!({"button": {"text": "Yes"}}), "button"),
        (
            json!({"interactive": {"list_reply": {"id": "1", "title": "T"}}}),
            "list_reply",
        ),
        (json!({"order": {"product_items": []}}), "order"),
        (
            json!({"system": {"type": "user_changed_number", "wa_id": "1650"}}),
            "system",
        ),
        (
            json!({"revoke": {"original_message_id": "wamid.q"}}),
            "revoke",
        ),
        (
            json!({"edit": {"original_message_id": "wamid.q", "message": {"type": "text", "text": {"body": "x"}}}}),
            "edit",
        ),
        (
            json!({"type": "Revoke", "revoke": {"original_message_id": "wamid.q"}}),
            "revoke",
        ),
    ] {
        assert_eq!(content(part.clone()).kind(), name, "{part}");
    }
    // The same holds within an edit.
    for inner in [
        json!({"text": {"body": "x"}}),
        json!({"type": "TEXT", "text": {"body": "x"}}),
    ] {
        let edit =
            json!({"type": "edit", "edit": {"original_message_id": "wamid.q", "message": inner}});
        let MessageContent::Edit { content, .. } = content(edit) else {
            panic!("it is an edit");
        };
        assert_eq!(content.kind(), "text", "{inner}");
    }
    let nothing = json!({"something": {"a": 1}});
    assert!(matches!(
        content(nothing),
        MessageContent::Unsupported { .. }
    ));
}
