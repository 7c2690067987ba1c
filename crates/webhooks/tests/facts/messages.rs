use serde_json::{Value, json};
use wabakit_domain::{
    ids::{GroupId, Wamid},
    inbound::{Context, Fact, Origin, Party, Referral, ReferredProduct},
    message::Direction,
};
use wabakit_webhooks::ItemError;

use crate::support::{
    PARENT, PERSON, USER, at, fact, facts, items, message, message_with, of_number, phone, some,
    text, with_base,
};

fn hello(more: Value) -> Value {
    let mut message = json!({"type": "text", "text": {"body": "hello"}});
    for (name, value) in more.as_object().unwrap() {
        message[name] = value.clone();
    }
    message
}

#[test]
fn a_customer_wrote() {
    let contacts = json!([{"profile": {"name": "Zoë 😀", "username": "zoe"}, "wa_id": PERSON, "user_id": USER,
        "parent_user_id": PARENT, "identity_key_hash": "DF2lS5v2W6x="}]);
    let told = message_with(contacts, hello(json!({})));
    assert_eq!(told.wamid, Wamid::from("wamid.HBgL"));
    assert_eq!(told.direction, Direction::Inbound);
    assert_eq!(told.origin, Origin::Live);
    assert_eq!(told.at, at(1749416383));
    assert_eq!(told.content, text("hello"));
    assert_eq!(
        (told.group_id, told.context, told.referral),
        (None, None, None)
    );
    let party = Party {
        phone: some(PERSON),
        user_id: Some(USER.into()),
        parent_user_id: Some(PARENT.into()),
        profile_name: some("Zoë 😀"),
        username: some("zoe"),
        identity_key_hash: some("DF2lS5v2W6x="),
    };
    assert_eq!(told.party, party);
}

#[test]
fn contacts_may_be_missing() {
    assert_eq!(message(hello(json!({}))).party, phone(PERSON));
}

#[test]
fn a_person_without_a_phone_is_known_by_the_scoped_id() {
    let mut told = hello(json!({"from_user_id": USER, "from_parent_user_id": PARENT}));
    told["from"] = Value::Null;
    let expected = Party {
        user_id: Some(USER.into()),
        parent_user_id: Some(PARENT.into()),
        ..Party::default()
    };
    assert_eq!(message(told).party, expected);
}

#[test]
fn a_lone_contact_tells_who_wrote_when_the_message_does_not() {
    let contact = json!([{"profile": {"name": "U"}, "user_id": USER}]);
    let told = message_with(contact, hello(json!({"from": null})));
    assert_eq!(told.party.user_id, Some(USER.into()));
    assert_eq!(told.party.profile_name, some("U"));
}

#[test]
fn a_scoped_id_in_place_of_the_phone_is_no_phone() {
    let told = message(hello(json!({"from": USER})));
    assert_eq!(
        (told.party.phone, told.party.user_id),
        (None, Some(USER.into()))
    );
}

#[test]
fn of_several_contacts_the_one_with_the_same_id_is_taken() {
    let contacts = json!([
        {"profile": {"name": "A"}, "wa_id": "4915112345678"},
        {"profile": {"name": "B"}, "wa_id": PERSON},
        {"profile": {"name": "C"}, "user_id": USER},
        {"profile": {"name": "D"}},
        "odd",
    ]);
    let name = |from: Value| {
        message_with(contacts.clone(), hello(from))
            .party
            .profile_name
    };
    assert_eq!(name(json!({})), some("B"));
    assert_eq!(name(json!({"from_user_id": USER})), some("C"));
    assert_eq!(name(json!({"from": "4400000000"})), None);
}

#[test]
fn a_contact_with_the_number_of_somebody_else_tells_nothing() {
    let contact = json!([{"profile": {"name": "A"}, "wa_id": "4915112345678", "user_id": USER}]);
    assert_eq!(message_with(contact, hello(json!({}))).party, phone(PERSON));
}

#[test]
fn a_contact_is_found_with_brazils_ninth_digit_and_without() {
    let contact = json!({"profile": {"name": "A"}, "wa_id": "5511987654321"});
    let other = json!({"profile": {"name": "B"}, "wa_id": PERSON});
    for contacts in [json!([contact]), json!([other, contact])] {
        let told = message_with(contacts, hello(json!({"from": "551187654321"})));
        assert_eq!(told.party.profile_name, some("A"));
        assert_eq!(told.party.phone, some("551187654321"));
    }
}

#[test]
fn a_phone_is_kept_as_digits() {
    assert_eq!(
        message(hello(json!({"from": "+1 (650) 555-1234"}))).party,
        phone(PERSON)
    );
    assert_eq!(
        message(hello(json!({"from": 16505551234_u64}))).party,
        phone(PERSON)
    );
}

#[test]
fn ids_and_times_may_be_integers_or_texts() {
    let told = message(hello(json!({"id": 12345, "timestamp": 1749416383})));
    assert_eq!((told.wamid.as_str(), told.at), ("12345", at(1749416383)));
}

#[test]
fn milliseconds_are_told_from_seconds() {
    assert_eq!(
        message(hello(json!({"timestamp": "1749416383000"}))).at,
        at(1749416383)
    );
}

#[test]
fn a_group_message_names_group_and_member() {
    let told = message(hello(json!({"group_id": "Y2FwaV9ncm91cDo="})));
    assert_eq!(told.group_id, Some(GroupId::from("Y2FwaV9ncm91cDo=")));
    assert_eq!(told.party, phone(PERSON));
}

#[test]
fn a_reply_names_its_message_and_what_was_forwarded_says_so() {
    let context = |it: Value| message(hello(json!({"context": it}))).context;
    assert_eq!(
        context(json!({"from": "15550783881", "id": "wamid.a"})),
        Some(Context {
            message_id: Some("wamid.a".into()),
            from: some("15550783881"),
            ..Context::default()
        })
    );
    let forwarded = Some(Context {
        forwarded: true,
        ..Context::default()
    });
    assert_eq!(context(json!({"forwarded": true})), forwarded);
    let frequently = Some(Context {
        frequently_forwarded: true,
        ..Context::default()
    });
    assert_eq!(context(json!({"frequently_forwarded": true})), frequently);
    let product = json!({"referred_product": {"catalog_id": "194836", "product_retailer_id": 7}});
    assert_eq!(
        context(product).unwrap().referred_product,
        Some(ReferredProduct {
            catalog_id: "194836".to_owned(),
            product_retailer_id: "7".to_owned(),
        })
    );
    assert_eq!(context(json!({})), None);
    assert_eq!(context(json!("odd")), None);
}

#[test]
fn an_ad_tells_where_the_person_came_from() {
    let referral = json!({
        "source_url": "https://fb.me/3cr4Wqqkv", "source_id": "120226305854810726", "source_type": "ad",
        "headline": "Chat with us", "body": "Summer succulents", "media_type": "image",
        "image_url": "https://scontent.xx.fbcdn.net/v/t45.1", "thumbnail_url": "https://x/thumb",
        "video_url": "https://x/video", "ctwa_clid": "Aff-n8ZTODiE79d22KtAwQKj9e",
        "welcome_message": {"text": "Hi there!"},
    });
    assert_eq!(
        message(hello(json!({"referral": referral}))).referral,
        Some(Referral {
            source_url: some("https://fb.me/3cr4Wqqkv"),
            source_id: some("120226305854810726"),
            source_type: some("ad"),
            headline: some("Chat with us"),
            body: some("Summer succulents"),
            media_type: some("image"),
            image_url: some("https://scontent.xx.fbcdn.net/v/t45.1"),
            video_url: some("https://x/video"),
            thumbnail_url: some("https://x/thumb"),
            ctwa_clid: some("Aff-n8ZTODiE79d22KtAwQKj9e"),
            welcome_message: some("Hi there!"),
        })
    );
    // A referral from a post has no click id.
    let post = message(hello(
        json!({"referral": {"source_type": "post", "source_id": 1}}),
    ));
    let post = post.referral.unwrap();
    assert_eq!((post.source_type, post.ctwa_clid), (some("post"), None));
}

#[test]
fn every_message_of_a_batch_is_read_with_its_own_bytes() {
    let one = |n: usize| with_base(&hello(json!({"id": format!("wamid.{n}")})));
    let all: Vec<_> = (0..1000).map(one).collect();
    let found = items("messages", &of_number(json!({"messages": all})));
    assert_eq!(found.len(), 1000);
    for (n, (raw, fact)) in found.into_iter().enumerate() {
        assert!(raw.contains(&format!("\"wamid.{n}\"")));
        assert!(matches!(fact, Ok(Fact::Message(it)) if it.wamid.as_str() == format!("wamid.{n}")));
    }
}

#[test]
fn a_bad_item_costs_no_sibling() {
    let good = with_base(&hello(json!({})));
    let without = |name: &str| {
        let mut message = good.clone();
        message.as_object_mut().unwrap().remove(name);
        message
    };
    let with = |name: &str, value: Value| {
        let mut message = good.clone();
        message[name] = value;
        message
    };
    for (bad, reason) in [
        (json!("odd"), ItemError::NotAnObject),
        (json!(null), ItemError::NotAnObject),
        (without("id"), ItemError::Missing("id")),
        (with("id", json!("")), ItemError::Invalid("id")),
        (with("id", json!({})), ItemError::Invalid("id")),
        (with("id", json!("x".repeat(513))), ItemError::Invalid("id")),
        (without("timestamp"), ItemError::Missing("timestamp")),
        (
            with("timestamp", json!("soon")),
            ItemError::Invalid("timestamp"),
        ),
        (
            with("timestamp", json!(-1)),
            ItemError::Invalid("timestamp"),
        ),
        (
            with("timestamp", json!(i64::MAX)),
            ItemError::Invalid("timestamp"),
        ),
    ] {
        let found = items(
            "messages",
            &of_number(json!({"messages": [good, bad, good]})),
        );
        let facts: Vec<_> = found.iter().map(|(_, fact)| fact.is_ok()).collect();
        assert_eq!(facts, [true, false, true], "{bad}");
        assert_eq!(found[1].1, Err(reason), "{bad}");
        assert_eq!(found[1].0, bad.to_string());
    }
}

#[test]
fn messages_statuses_and_errors_may_come_together() {
    let value = json!({
        "messages": [with_base(&hello(json!({})))],
        "statuses": [{"id": "wamid.b", "status": "sent", "timestamp": "1"}],
        "errors": [{"code": 131000, "title": "t"}],
    });
    let found = facts("messages", &of_number(value));
    assert_eq!(found.len(), 3);
    assert!(found.iter().any(|it| matches!(it, Fact::Message(_))));
    assert!(found.iter().any(|it| matches!(it, Fact::Status(_))));
    assert!(found.iter().any(|it| matches!(it, Fact::Faults(_))));
}

#[test]
fn an_error_without_a_message_is_told() {
    let errors = json!([{"code": 130429, "title": "Rate limit hit", "message": "Rate limit hit",
        "error_data": {"details": "Message failed to send"}, "href": "https://x/errors"}]);
    let Fact::Faults(faults) = fact("messages", &of_number(json!({"errors": errors}))) else {
        panic!()
    };
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].code, 130429);
    assert_eq!(faults[0].title, some("Rate limit hit"));
    assert_eq!(faults[0].message, some("Rate limit hit"));
    assert_eq!(faults[0].details, some("Message failed to send"));
    assert_eq!(faults[0].href, some("https://x/errors"));
}

#[test]
fn an_errors_code_may_be_a_text_and_its_data_bare() {
    let errors = json!([{"code": "131047", "error_data": "too late"}, "odd", {}]);
    let Fact::Faults(faults) = fact("messages", &of_number(json!({"errors": errors}))) else {
        panic!()
    };
    assert_eq!(
        (faults[0].code, &faults[0].details),
        (131047, &some("too late"))
    );
    assert_eq!((faults[1].code, &faults[1].message), (0, &some("odd")));
    assert_eq!(faults[2].code, 0);
}
