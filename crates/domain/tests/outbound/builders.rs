use proptest::prelude::*;
use serde_json::json;
use wabakit_domain::outbound::{Media, Outbound};

use super::{strategies, wrong};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_built_is_valid_and_comes_back_from_its_json(message in strategies::message()) {
        prop_assert_eq!(message.validate(), Ok(()));
        let read = Outbound::from_json(message.to_json());
        prop_assert_eq!(read.as_ref(), Ok(&message));
        let text = message.to_json().to_string();
        let again: serde_json::Value = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(Outbound::from_json(again), Ok(message));
    }

    #[test]
    fn whatever_is_read_is_what_is_written(kind in "text|image|interactive|template|contacts", part in strategies::json()) {
        let message = super::message(&kind, part);
        if let Ok(read) = Outbound::from_json(message.clone()) {
            prop_assert_eq!(Outbound::from_json(read.to_json()), Ok(read));
        }
    }
}

#[test]
fn a_message_is_metas_object() {
    let message = Outbound::text("Hello")
        .reply_to("wamid.1")
        .to_phone("+1 (555) 010-0123");
    let expected = json!({
        "to": "+15550100123",
        "type": "text",
        "text": {"body": "Hello"},
        "context": {"message_id": "wamid.1"},
    });
    assert_eq!(message.to_json(), expected);
}

#[test]
fn a_group_and_a_user_id_are_told_apart_from_a_phone() {
    let text = || Outbound::text("Hello");
    let group = text().to_group("g").to_json();
    assert_eq!(
        (&group["recipient_type"], &group["to"]),
        (&json!("group"), &json!("g"))
    );
    let user = text().to_user("US.1").identity("hash").to_json();
    assert_eq!((user.get("to"), &user["recipient"]), (None, &json!("US.1")));
    assert_eq!(user["recipient_identity_key_hash"], "hash");
}

#[test]
fn a_built_message_is_held_to_the_same_limits() {
    let message = Outbound::image(Media::id("1").caption("c".repeat(1025))).to_phone("nobody");
    let found = message.validate().unwrap_err();
    let pointers: Vec<&str> = found.iter().map(|fault| fault.pointer.as_str()).collect();
    assert_eq!(pointers, ["/to", "/image/caption"]);
    assert_eq!(wrong(message.to_json()), pointers);
}

#[test]
fn what_is_not_modelled_goes_along() {
    let sent = json!({
        "to": "+15550100123",
        "type": "interactive",
        "interactive": {
            "type": "button",
            "glow": 1,
            "header": {"type": "text", "text": "h", "sub_text": "s"},
            "body": {"text": "b", "tone": "x"},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "t", "icon": "i"}, "big": true}], "later": {}},
        },
    });
    let read = Outbound::from_json(sent.clone()).unwrap();
    assert_eq!(read.to_json(), sent);
}

#[test]
fn a_type_that_is_not_given_is_text_and_null_is_not_there() {
    let sent = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "15550100123", "text": {"body": "b"}, "context": null});
    let read = Outbound::from_json(sent).unwrap();
    assert_eq!(read, Outbound::text("b").to_phone("+15550100123"));
}

#[test]
fn coordinates_may_be_written_as_text() {
    let sent = super::message("location", json!({"latitude": "37.5", "longitude": -122}));
    let read = Outbound::from_json(sent).unwrap().to_json();
    assert_eq!(
        read["location"],
        json!({"latitude": 37.5, "longitude": -122.0})
    );
}
