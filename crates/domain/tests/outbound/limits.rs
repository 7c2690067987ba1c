use rstest::rstest;
use serde_json::{Value, json};
use wabakit_domain::outbound::Recipient;

use super::*;

#[rstest]
#[case::text_body("text", "/text/body", 4096, |text: Value| json!({"body": text}))]
#[case::caption("image", "/image/caption", 1024, |text: Value| json!({"id": "1", "caption": text}))]
#[case::film_caption("video", "/video/caption", 1024, |text: Value| json!({"id": "1", "caption": text}))]
#[case::document_caption("document", "/document/caption", 1024, |text: Value| json!({"id": "1", "caption": text}))]
#[case::header("interactive", "/interactive/header/text", 60, |text: Value| with("header", json!({"type": "text", "text": text})))]
#[case::footer("interactive", "/interactive/footer/text", 60, |text: Value| with("footer", json!({"text": text})))]
#[case::button_body("interactive", "/interactive/body/text", 1024, |text: Value| with("body", json!({"text": text})))]
#[case::button_title("interactive", "/interactive/action/buttons/0/reply/title", 20, |text: Value| with("action", json!({"buttons": [{"type": "reply", "reply": {"id": "1", "title": text}}]})))]
#[case::button_id("interactive", "/interactive/action/buttons/0/reply/id", 256, |text: Value| with("action", json!({"buttons": [{"type": "reply", "reply": {"id": text, "title": "t"}}]})))]
#[case::url_button("interactive", "/interactive/action/parameters/display_text", 20, |text: Value| json!({"type": "cta_url", "body": {"text": "b"}, "action": {"name": "cta_url", "parameters": {"display_text": text, "url": "https://a.example"}}}))]
#[case::flow_button("interactive", "/interactive/action/parameters/flow_cta", 30, |text: Value| json!({"type": "flow", "body": {"text": "b"}, "action": {"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": text}}}))]
#[case::list_body("interactive", "/interactive/body/text", 4096, |text: Value| list("body", json!({"text": text})))]
#[case::list_button("interactive", "/interactive/action/button", 20, |text: Value| list("action", json!({"button": text, "sections": [{"rows": [{"id": "1", "title": "t"}]}]})))]
#[case::section_title("interactive", "/interactive/action/sections/0/title", 24, |text: Value| list("action", json!({"button": "b", "sections": [{"title": text, "rows": [{"id": "1", "title": "t"}]}]})))]
#[case::row_title("interactive", "/interactive/action/sections/0/rows/0/title", 24, |text: Value| row(json!({"id": "1", "title": text})))]
#[case::row_id("interactive", "/interactive/action/sections/0/rows/0/id", 200, |text: Value| row(json!({"id": text, "title": "t"})))]
#[case::row_description("interactive", "/interactive/action/sections/0/rows/0/description", 72, |text: Value| row(json!({"id": "1", "title": "t", "description": text})))]
#[case::card_body("interactive", "/interactive/action/cards/0/body/text", 160, |text: Value| json!({"type": "carousel", "body": {"text": "b"}, "action": {"cards": [{"card_index": 0, "body": {"text": text}}, {"card_index": 1}]}}))]
#[case::template_header("template", "/template/components/0/parameters/0/text", 60, |text: Value| json!({"name": "n", "language": {"code": "en"}, "components": [{"type": "header", "parameters": [{"type": "text", "text": text}]}]}))]
#[case::coupon_code("template", "/template/components/0/parameters/0/coupon_code", 20, |text: Value| json!({"name": "n", "language": {"code": "en"}, "components": [{"type": "button", "sub_type": "copy_code", "index": "0", "parameters": [{"type": "coupon_code", "coupon_code": text}]}]}))]
#[case::url_value("template", "/template/components/0/parameters/0/text", 2000, |text: Value| json!({"name": "n", "language": {"code": "en"}, "components": [{"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": text}]}]}))]
fn a_text_may_have_so_many_characters_and_no_more(
    #[case] kind: &str,
    #[case] pointer: &str,
    #[case] most: usize,
    #[case] part: fn(Value) -> Value,
) {
    assert_eq!(wrong(message(kind, part(long(most).into()))), [""; 0]);
    let faults = faults(message(kind, part(long(most + 1).into())));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].pointer, pointer);
    assert!(faults[0].message.contains(&most.to_string()), "{faults:?}");
    assert_eq!(
        wrong(message(kind, part(json!(7)))),
        [pointer],
        "a number is no text"
    );
}

fn with(key: &str, part: Value) -> Value {
    let mut message = json!({"type": "button", "body": {"text": "b"}, "action": {"buttons": [{"type": "reply", "reply": {"id": "1", "title": "t"}}]}});
    message[key] = part;
    message
}

fn list(key: &str, part: Value) -> Value {
    let mut message = json!({"type": "list", "body": {"text": "b"}, "action": {"button": "b", "sections": [{"rows": [{"id": "1", "title": "t"}]}]}});
    message[key] = part;
    message
}

fn row(row: Value) -> Value {
    list(
        "action",
        json!({"button": "b", "sections": [{"rows": [row]}]}),
    )
}

#[rstest]
#[case::no_content(json!({"to": "15550100123", "type": "text"}), &["/text"])]
#[case::empty_text(message("text", json!({"body": ""})), &["/text/body"])]
#[case::preview(message("text", json!({"body": "b", "preview_url": "yes"})), &["/text/preview_url"])]
#[case::nobody(json!({"type": "text", "text": {"body": "b"}}), &["/to"])]
#[case::no_user_id(json!({"recipient": "somebody", "text": {"body": "b"}}), &["/recipient"])]
#[case::a_group_by_a_user_id(json!({"recipient_type": "group", "recipient": "US.1", "text": {"body": "b"}}), &["/recipient"])]
#[case::a_number_as_a_user(json!({"recipient": "+1 555 010 0123", "text": {"body": "b"}}), &["/recipient"])]
#[case::local_number(json!({"to": "0151 123456", "text": {"body": "b"}}), &["/to"])]
#[case::part_of_a_number(json!({"to": 15_550_100_123.5, "text": {"body": "b"}}), &["/to"])]
#[case::other_product(json!({"messaging_product": "sms", "to": "15550100123", "text": {"body": "b"}}), &["/messaging_product"])]
#[case::recipient_type(json!({"recipient_type": "crowd", "to": "15550100123", "text": {"body": "b"}}), &["/recipient_type"])]
#[case::unknown_type(json!({"to": "15550100123", "type": "poll", "poll": {}}), &["/type", "/poll"])]
#[case::misspelt_key(json!({"to": "15550100123", "txt": {"body": "b"}, "text": {"body": "b"}}), &["/txt"])]
#[case::escaped_key(json!({"to": "15550100123", "a/b~c": 1, "text": {"body": "b"}}), &["/a~1b~0c"])]
#[case::two_contents(json!({"to": "15550100123", "text": {"body": "b"}, "image": {"id": "1"}}), &["/image"])]
#[case::callback_data(json!({"to": "15550100123", "text": {"body": "b"}, "biz_opaque_callback_data": "x"}), &["/biz_opaque_callback_data"])]
#[case::context(json!({"to": "15550100123", "text": {"body": "b"}, "context": {"id": "wamid.1"}}), &["/context/id"])]
#[case::no_object(json!("hello"), &[""])]
#[case::nul(json!({"to": "15550100123", "type": "interactive", "interactive": {"type": "button", "body": {"text": "a\0b"}, "action": {"buttons": [{"type": "reply", "x\0": 1, "reply": {"id": "\0", "title": "t"}}]}}}), &["/interactive/body/text", "/interactive/action/buttons/0/x\0", "/interactive/action/buttons/0/reply/id"])]
fn the_envelope(#[case] message: Value, #[case] pointers: &[&str]) {
    let found = wrong(message);
    let sorted = |pointers: &[&str]| {
        let mut pointers: Vec<String> = pointers.iter().map(ToString::to_string).collect();
        pointers.sort();
        pointers
    };
    let found: Vec<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(sorted(&found), sorted(pointers));
}

#[rstest]
#[case::neither("image", json!({}), "/image/id")]
#[case::both("image", json!({"id": "1", "link": "https://a.example"}), "/image/link")]
#[case::no_address("video", json!({"link": "a.example"}), "/video/link")]
#[case::empty_id("document", json!({"id": ""}), "/document/id")]
#[case::sound_has_no_caption("audio", json!({"id": "1", "caption": "c"}), "/audio/caption")]
#[case::stickers_have_no_caption("sticker", json!({"id": "1", "caption": "c"}), "/sticker/caption")]
#[case::voice("audio", json!({"id": "1", "voice": "true"}), "/audio/voice")]
#[case::filename("document", json!({"id": "1", "filename": 7}), "/document/filename")]
#[case::only_documents_have_a_name("image", json!({"id": "1", "filename": "a"}), "/image/filename")]
#[case::only_sound_is_a_voice("video", json!({"id": "1", "voice": true}), "/video/voice")]
#[case::no_host("image", json!({"link": "https://"}), "/image/link")]
#[case::no_host_but_a_path("image", json!({"link": "https:///a"}), "/image/link")]
#[case::latitude("location", json!({"latitude": 90.1, "longitude": 0}), "/location/latitude")]
#[case::longitude("location", json!({"latitude": 0, "longitude": "-180.5"}), "/location/longitude")]
#[case::no_latitude("location", json!({"longitude": 0}), "/location/latitude")]
#[case::no_cards("contacts", json!([]), "/contacts")]
#[case::too_many_cards("contacts", json!(vec![json!({"name": {"formatted_name": "A", "first_name": "A"}}); 258]), "/contacts")]
#[case::no_name("contacts", json!([{}]), "/contacts/0/name")]
#[case::no_whole_name("contacts", json!([{"name": {"first_name": "A"}}]), "/contacts/0/name/formatted_name")]
#[case::no_part_of_a_name("contacts", json!([{"name": {"formatted_name": "A"}}]), "/contacts/0/name")]
#[case::phones("contacts", json!([{"name": {"formatted_name": "A", "prefix": "Dr"}, "phones": "1"}]), "/contacts/0/phones")]
#[case::phone("contacts", json!([{"name": {"formatted_name": "A", "prefix": "Dr"}, "phones": [{"phone": 1}]}]), "/contacts/0/phones/0/phone")]
#[case::reaction_without_emoji("reaction", json!({"message_id": "wamid.1"}), "/reaction/emoji")]
#[case::reaction_on_nothing("reaction", json!({"emoji": "👍"}), "/reaction/message_id")]
fn simple_types(#[case] kind: &str, #[case] part: Value, #[case] pointer: &str) {
    assert_eq!(wrong(message(kind, part)), [pointer]);
}

#[rstest]
#[case::text("text", json!({"body": "b"}), true)]
#[case::image("image", json!({"id": "1"}), true)]
#[case::template("template", json!({"name": "n", "language": {"code": "en"}}), true)]
#[case::pin("pin", json!({"type": "pin", "message_id": "wamid.1", "expiration_days": 30}), true)]
#[case::location("location", json!({"latitude": 1, "longitude": 1}), false)]
#[case::reaction("reaction", json!({"message_id": "wamid.1", "emoji": ""}), false)]
fn a_group_takes_text_files_templates_and_pins(
    #[case] kind: &str,
    #[case] part: Value,
    #[case] taken: bool,
) {
    let mut message = message(kind, part);
    message["recipient_type"] = "group".into();
    message["to"] = "Y2FwaV9ncm91cDox".into();
    let expected: &[&str] = if taken { &[] } else { &["/type"] };
    assert_eq!(wrong(message), expected);
}

#[rstest]
#[case(0, false)]
#[case(1, true)]
#[case(30, true)]
#[case(31, false)]
fn a_pin_lasts_one_to_thirty_days(#[case] days: u64, #[case] taken: bool) {
    let mut message = message(
        "pin",
        json!({"type": "pin", "message_id": "wamid.1", "expiration_days": days}),
    );
    message["recipient_type"] = "group".into();
    let expected: &[&str] = if taken {
        &[]
    } else {
        &["/pin/expiration_days"]
    };
    assert_eq!(wrong(message), expected);
}

#[test]
fn a_pin_is_for_groups() {
    let pin = json!({"type": "unpin", "message_id": "wamid.1"});
    assert_eq!(wrong(message("pin", pin)), ["/type"]);
}

#[test]
fn all_faults_of_a_message_are_returned_at_once() {
    let mut message = interactive(
        "button",
        json!({"buttons": [{"type": "reply", "reply": {"id": "1", "title": ""}}, {"type": "url", "reply": {"id": "1"}}]}),
    );
    message["to"] = "nobody".into();
    assert_eq!(
        wrong(message),
        [
            "/to",
            "/interactive/action/buttons/0/reply/title",
            "/interactive/action/buttons/1/type",
            "/interactive/action/buttons/1/reply/id",
            "/interactive/action/buttons/1/reply/title",
        ]
    );
}

#[test]
fn the_number_counts_where_a_user_id_stands_beside_it() {
    for user in ["US.1", "BR.1000000000000001"] {
        let both = json!({"to": "15550100123", "recipient": user, "text": {"body": "b"}});
        let read = Outbound::from_json(both).unwrap();
        assert_eq!(read, Outbound::text("b").to_phone("15550100123"));
        assert!(read.to_json().get("recipient").is_none());
    }
    // An empty number is none, however it is written.
    for to in [json!(""), json!(null)] {
        let both = json!({"to": to, "recipient": "US.1", "text": {"body": "b"}});
        let read = Outbound::from_json(both).unwrap();
        assert_eq!(read.recipient, Recipient::User("US.1".into()), "{to}");
        assert!(read.to_json().get("to").is_none());
    }
    let wrong = |to: Value, user: Value| {
        let message = json!({"to": to, "recipient": user, "text": {"body": "b"}});
        let found = faults(message);
        found.first().map(|found| found.pointer.clone())
    };
    for (to, user, pointer) in [
        (json!(""), json!(""), "/recipient"),
        (json!(""), json!("+1 555 010 0123"), "/recipient"),
        (json!("nobody"), json!("US.1"), "/to"),
        (json!(7), json!("US.1"), "/to"),
        (json!("15550100123"), json!({}), "/recipient"),
    ] {
        assert_eq!(
            wrong(to.clone(), user.clone()).as_deref(),
            Some(pointer),
            "{to} {user}"
        );
    }
}

#[test]
fn a_user_id_in_the_place_of_a_number_is_told_where_it_belongs() {
    for to in [
        "BR.1000000000000001",
        "us.ENT.11815799212886844830",
        "GB.a1",
    ] {
        let found = faults(json!({"to": to, "text": {"body": "b"}}));
        assert_eq!(found[0].pointer, "/to");
        assert!(
            found[0].message.contains("`recipient`"),
            "{to}: {}",
            found[0].message
        );
    }
    let found = faults(json!({"to": "120363@g.us", "text": {"body": "b"}}));
    assert!(found[0].message.contains("`recipient_type`"));
}

#[test]
fn an_id_is_taken_as_a_number_and_sent_as_text() {
    let sections = json!([{"product_items": [{"product_retailer_id": 3}]}]);
    let list = json!({
        "type": "product_list",
        "header": {"type": "text", "text": "h"},
        "body": {"text": "b"},
        "action": {"catalog_id": 1, "sections": sections},
    });
    let flow = json!({"flow_message_version": "3", "flow_id": 7, "flow_cta": "c"});
    let bodies = [
        (
            message("interactive", list.clone()),
            "/interactive/action/catalog_id",
            "1",
        ),
        (
            message("interactive", list),
            "/interactive/action/sections/0/product_items/0/product_retailer_id",
            "3",
        ),
        (
            interactive(
                "product",
                json!({"catalog_id": 5, "product_retailer_id": "p"}),
            ),
            "/interactive/action/catalog_id",
            "5",
        ),
        (
            interactive("flow", json!({"name": "flow", "parameters": flow})),
            "/interactive/action/parameters/flow_id",
            "7",
        ),
        (
            message("image", json!({"id": 1_000_000_000_000_001_u64})),
            "/image/id",
            "1000000000000001",
        ),
        (
            json!({"to": 15_550_100_123_u64, "text": {"body": "b"}}),
            "/to",
            "+15550100123",
        ),
        (
            json!({"recipient_type": "group", "to": 12, "text": {"body": "b"}}),
            "/to",
            "12",
        ),
    ];
    for (body, pointer, sent) in bodies {
        let read =
            Outbound::from_json(body.clone()).unwrap_or_else(|faults| panic!("{body}: {faults:?}"));
        assert_eq!(
            read.to_json().pointer(pointer),
            Some(&json!(sent)),
            "{body}"
        );
    }
    for id in [json!(1.5), json!(-1), json!(true), json!([1]), json!("")] {
        let found = wrong(message("image", json!({"id": id})));
        assert_eq!(found, ["/image/id"], "{id}");
    }
}

#[test]
fn null_in_an_optional_field_is_the_field_left_out() {
    let template = |rest: Value| {
        let mut part = json!({"name": "n", "language": {"code": "en"}});
        part["components"] = rest;
        message("template", part)
    };
    let name = json!({"formatted_name": "A", "first_name": "A", "last_name": null});
    let card = json!({"name": name, "phones": null, "emails": null, "org": null, "urls": null});
    for body in [
        template(json!(null)),
        template(
            json!([{"type": "body", "parameters": null, "sub_type": null, "index": null, "cards": null}]),
        ),
        message("contacts", json!([card])),
        json!({"to": "+15550100123", "recipient": null, "type": null, "context": {"message_id": null}, "text": {"body": "b", "preview_url": null}}),
        interactive(
            "catalog_message",
            json!({"name": "catalog_message", "parameters": null}),
        ),
        interactive(
            "carousel",
            json!({"cards": [{"card_index": 0, "action": null}, {"card_index": 1, "header": null, "body": null}]}),
        ),
    ] {
        assert_eq!(wrong(body.clone()), [""; 0], "{body}");
    }
}

#[test]
fn limits_on_titles_count_code_points() {
    let titled = |title: &str| {
        let button = json!({"type": "reply", "reply": {"id": "1", "title": title}});
        wrong(interactive("button", json!({"buttons": [button]})))
    };
    // A family is seven code points, joined to one sign.
    let family = "👨\u{200d}👩\u{200d}👧\u{200d}👦";
    assert_eq!(titled(&"😀".repeat(20)), [""; 0]);
    assert_eq!(titled(&"😀".repeat(21)).len(), 1);
    assert_eq!(titled(&family.repeat(2)), [""; 0]);
    assert_eq!(titled(&family.repeat(3)).len(), 1);
    assert_eq!(titled(&"e\u{301}".repeat(10)), [""; 0]);
    assert_eq!(titled(&"e\u{301}".repeat(11)).len(), 1);
}
