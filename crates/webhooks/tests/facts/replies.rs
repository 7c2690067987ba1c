use serde_json::{Value, json};
use wabakit_domain::inbound::{MessageContent, OrderItem, Party};

use crate::support::{PERSON, USER, at, content, message, message_with, phone, some, text};

fn typed(kind: &str, part: Value) -> MessageContent {
    content(json!({"type": kind, kind: part}))
}

#[test]
fn a_quick_reply_needs_no_context() {
    let told = message(json!({"type": "button", "button": {"payload": "No", "text": "Nö"}}));
    assert_eq!(told.context, None);
    let button = |text: &str, payload| MessageContent::Button {
        text: text.to_owned(),
        payload,
    };
    assert_eq!(told.content, button("Nö", some("No")));
    assert_eq!(typed("button", json!({"text": "Yes"})), button("Yes", None));
    assert_eq!(
        typed("button", json!({"payload": "P"})),
        button("P", some("P"))
    );
}

#[test]
fn a_reply_button_and_a_list_choice_are_told_apart() {
    let reply = json!({"type": "button_reply", "button_reply": {"id": "1", "title": "Ja"}});
    assert_eq!(
        typed("interactive", reply),
        MessageContent::ButtonReply {
            id: "1".to_owned(),
            title: "Ja".to_owned()
        }
    );
    let choice = |description: Value| {
        let row = json!({"id": "a", "title": "A", "description": description});
        typed(
            "interactive",
            json!({"type": "list_reply", "list_reply": row}),
        )
    };
    let expected = |description| MessageContent::ListReply {
        id: "a".to_owned(),
        title: "A".to_owned(),
        description,
    };
    assert_eq!(choice(json!("Next day")), expected(some("Next day")));
    assert_eq!(choice(json!(null)), expected(None));
}

#[test]
fn the_answers_of_a_form_are_json_in_a_text() {
    let form = |name: &str, response: Value| {
        let reply = json!({"name": name, "body": "Sent", "response_json": response});
        match typed(
            "interactive",
            json!({"type": "nfm_reply", "nfm_reply": reply}),
        ) {
            MessageContent::FormReply {
                name: told,
                body,
                response,
            } => {
                assert_eq!((told, body), (some(name), some("Sent")));
                response
            }
            other => panic!("{other:?}"),
        }
    };
    let answers = json!({"flow_token": "x", "größe": [1, {"a": null}]});
    assert_eq!(form("flow", json!(answers.to_string())), answers);
    // The token may be missing, and so may every field.
    assert_eq!(form("flow", json!("{}")), json!({}));
    let address = json!({"saved_address_id": "1", "values": {"in_pin_code": "400063"}});
    assert_eq!(form("address_message", json!(address.to_string())), address);
    // Text that is not JSON is kept as it is.
    assert_eq!(form("flow", json!("{broken")), json!("{broken"));
    assert_eq!(
        form("flow", json!({"already": "read"})),
        json!({"already": "read"})
    );
    assert_eq!(form("flow", json!(null)), json!(null));
    assert_eq!(
        form("flow", json!("{\"a\":\"\\u0000\"}")),
        json!({"a": "\u{fffd}"})
    );
}

#[test]
fn an_answer_about_calls_has_an_end_or_none() {
    let reply = |part: Value| {
        let part = json!({"type": "call_permission_reply", "call_permission_reply": part});
        typed("interactive", part)
    };
    let until = json!({"response": "accept", "response_source": "user_action", "expiration_timestamp": "1751000000"});
    assert_eq!(
        reply(until),
        MessageContent::CallPermissionReply {
            response: "accept".to_owned(),
            source: some("user_action"),
            expires_at: Some(at(1751000000)),
            is_permanent: false,
        }
    );
    let for_ever =
        json!({"response": "accept", "response_source": "automatic", "is_permanent": true});
    assert_eq!(
        reply(for_ever),
        MessageContent::CallPermissionReply {
            response: "accept".to_owned(),
            source: some("automatic"),
            expires_at: None,
            is_permanent: true,
        }
    );
}

#[test]
fn an_orders_amounts_may_be_numbers_or_texts() {
    let item = |quantity: Value, price: Value| json!({"product_retailer_id": "sku-1", "quantity": quantity, "item_price": price, "currency": "EUR"});
    let order = |items: Value| {
        typed(
            "order",
            json!({"catalog_id": 194836987003835_u64, "text": "bitte", "product_items": items}),
        )
    };
    let expected = OrderItem {
        product_retailer_id: "sku-1".to_owned(),
        quantity: 2.0,
        item_price: Some(9.99),
        currency: some("EUR"),
    };
    assert_eq!(
        order(json!([
            item(json!(2), json!(9.99)),
            item(json!("2"), json!("9.99"))
        ])),
        MessageContent::Order {
            catalog_id: some("194836987003835"),
            text: some("bitte"),
            items: vec![expected.clone(), expected],
        }
    );
    let odd = order(json!([item(json!("NaN"), json!(1))]));
    assert_eq!(
        odd.kind(),
        "unsupported",
        "what is no number is not stored as one"
    );
}

#[test]
fn a_system_message_tells_who_the_person_is_now() {
    let system = |kind: &str, now: Option<Party>| MessageContent::System {
        kind: kind.to_owned(),
        body: some("User A changed"),
        now,
        previous: None,
    };
    let told = |kind: &str, more: Value| {
        let mut part = json!({"body": "User A changed", "type": kind});
        for (name, value) in more.as_object().unwrap() {
            part[name] = value.clone();
        }
        typed("system", part)
    };
    let number = "user_changed_number";
    assert_eq!(
        told(number, json!({"wa_id": "16505550000"})),
        system(number, Some(phone("16505550000")))
    );
    assert_eq!(
        told(number, json!({"new_wa_id": 16505550000_u64})),
        system(number, Some(phone("16505550000")))
    );
    let now = Party {
        user_id: Some(USER.into()),
        ..Party::default()
    };
    let user = "user_changed_user_id";
    assert_eq!(
        told(user, json!({"user_id": USER})),
        system(user, Some(now))
    );
    let identity = "customer_identity_changed";
    assert_eq!(told(identity, json!({})), system(identity, None));
}

#[test]
fn a_system_message_may_come_without_contacts_and_with_the_old_number_inside() {
    let system =
        json!({"body": "x", "type": "user_changed_number", "wa_id": "1650", "customer": PERSON});
    let told = message(json!({"type": "system", "from": null, "system": system}));
    assert_eq!(told.party, phone(PERSON));
    // The contact has the new number; the message is from the old one.
    let contacts = json!([{"profile": {"name": "A"}, "wa_id": "1650"}]);
    let told = message_with(contacts, json!({"type": "system", "system": system}));
    assert_eq!(told.party, phone(PERSON));
}

#[test]
fn a_first_visit_has_no_content() {
    assert_eq!(
        content(json!({"type": "request_welcome"})),
        MessageContent::RequestWelcome
    );
}

#[test]
fn an_edit_has_the_new_content() {
    let edit = |message: Value| {
        typed(
            "edit",
            json!({"original_message_id": "wamid.o", "message": message}),
        )
    };
    let edited = |content| MessageContent::Edit {
        original_message_id: "wamid.o".into(),
        content: Box::new(content),
    };
    assert_eq!(
        edit(json!({"type": "text", "text": {"body": "neu"}})),
        edited(text("neu"))
    );
    let MessageContent::Edit { content, .. } =
        edit(json!({"type": "image", "image": {"id": "1", "caption": "c"}}))
    else {
        panic!()
    };
    assert_eq!(content.media().unwrap().caption, some("c"));
    // The edit keeps content that it cannot read, or another edit, raw.
    for inner in [
        json!({"type": "novel"}),
        json!({"type": "edit", "edit": {"message": {}}}),
        json!({}),
    ] {
        let MessageContent::Edit { content, .. } = edit(inner.clone()) else {
            panic!()
        };
        assert!(matches!(*content, MessageContent::Unsupported { raw, .. } if raw == inner));
    }
}

#[test]
fn a_revoke_names_the_message() {
    assert_eq!(
        typed("revoke", json!({"original_message_id": "wamid.o"})),
        MessageContent::Revoke {
            original_message_id: "wamid.o".into()
        }
    );
}

#[test]
fn what_meta_does_not_support_says_why_and_may_say_what() {
    let errors = json!([{"code": 131051, "title": "Message type unknown", "message": "Message type unknown",
        "error_data": {"details": "Message type is currently not supported."}}]);
    let MessageContent::Unsupported {
        kind,
        errors: told,
        raw,
    } = content(json!({"type": "unsupported", "errors": errors, "unsupported": {"type": "poll"}}))
    else {
        panic!()
    };
    assert_eq!((kind, told[0].code), (some("poll"), 131051));
    assert_eq!(
        told[0].details,
        some("Message type is currently not supported.")
    );
    assert_eq!(raw["errors"], errors);
    let bare = content(json!({"type": "unsupported", "errors": errors}));
    assert!(matches!(
        bare,
        MessageContent::Unsupported { kind: None, .. }
    ));
}

#[test]
fn a_new_type_is_shown_by_its_name_with_all_that_came() {
    let told = content(json!({"type": "hologram", "hologram": {"depth": 3}}));
    let MessageContent::Unsupported { kind, errors, raw } = told else {
        panic!()
    };
    assert_eq!((kind, errors), (some("hologram"), vec![]));
    assert_eq!(
        (&raw["hologram"]["depth"], &raw["id"]),
        (&json!(3), &json!("wamid.HBgL"))
    );
    let told = typed("interactive", json!({"type": "wheel", "wheel": {}}));
    assert!(
        matches!(told, MessageContent::Unsupported { kind: Some(kind), .. } if kind == "interactive.wheel")
    );
    let told = content(json!({"text": {"body": "no type"}}));
    assert!(matches!(told, MessageContent::Text { body } if body == "no type"));
}

#[test]
fn a_type_without_its_part_is_unsupported_and_not_lost() {
    for kind in [
        "text",
        "image",
        "audio",
        "location",
        "contacts",
        "reaction",
        "button",
        "interactive",
        "order",
        "system",
        "edit",
        "revoke",
    ] {
        for odd in [json!(null), json!("odd"), json!([])] {
            let told = typed(kind, odd);
            let MessageContent::Unsupported {
                kind: named, raw, ..
            } = told
            else {
                panic!("{kind}: {told:?}")
            };
            assert_eq!(named.unwrap(), kind);
            assert_eq!(raw["type"], kind);
        }
    }
}

#[test]
fn the_type_errors_keeps_the_errors() {
    let told = content(json!({"type": "errors", "errors": [{"code": 131051, "title": "t"}]}));
    let MessageContent::Unsupported { kind, errors, .. } = told else {
        panic!()
    };
    assert_eq!((kind, errors[0].code), (some("errors"), 131051));
}
