//! The builders against the requests that Meta documents. Placeholders of Meta's pages are kept.

use rstest::rstest;
use serde_json::{Value, json};

use super::*;
use crate::endpoint::{Body, Endpoint as _};
use crate::endpoints::{ProductPolicy, SendMarketing, SendMessage};

fn to() -> MessageDraft {
    NewMessage::to("16505551234")
}

/// The request's body, as it is sent.
fn sent(message: &NewMessage) -> Value {
    match SendMessage::new("51", message).request().body() {
        Body::RawJson(body) => serde_json::from_slice(body).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn meta(kind: &str, content: Value) -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "16505551234",
        "type": kind, kind: content,
    })
}

#[rstest]
#[case(to().text("text-message-content"), "text", json!({"body": "text-message-content"}))]
#[case(
    to().text(TextContent::new("Please visit https://youtu.be/hpltvTEiRrY.").preview_url(true)),
    "text",
    json!({"body": "Please visit https://youtu.be/hpltvTEiRrY.", "preview_url": true})
)]
#[case(to().audio(Audio::id("<AUDIO_OBJECT_ID>")), "audio", json!({"id": "<AUDIO_OBJECT_ID>"}))]
#[case(to().audio(Audio::id("1").voice()), "audio", json!({"id": "1", "voice": true}))]
#[case(to().image(Image::link("http(s)://image-url")), "image", json!({"link": "http(s)://image-url"}))]
#[case(
    to().video(Video::id("<VIDEO_OBJECT_ID>").caption("<VIDEO_CAPTION_TEXT>")),
    "video",
    json!({"caption": "<VIDEO_CAPTION_TEXT>", "id": "<VIDEO_OBJECT_ID>"})
)]
#[case(
    to().document(Document::id("<ID>").caption("<CAPTION>").filename("<FILENAME>")),
    "document",
    json!({"caption": "<CAPTION>", "filename": "<FILENAME>", "id": "<ID>"})
)]
#[case(to().sticker(Sticker::id("<MEDIA_OBJECT_ID>")), "sticker", json!({"id": "<MEDIA_OBJECT_ID>"}))]
#[case(
    to().location(
        Place::at(37.758056, -122.425332).name("META HQ").address("1 Hacker Way, Menlo Park, CA 94025")
    ),
    "location",
    json!({
        "address": "1 Hacker Way, Menlo Park, CA 94025",
        "latitude": 37.758056, "longitude": -122.425332, "name": "META HQ",
    })
)]
#[case(
    to().reaction("wamid.HBgLM...", "😀"),
    "reaction",
    json!({"emoji": "😀", "message_id": "wamid.HBgLM..."})
)]
#[case(to().no_reaction("wamid.A"), "reaction", json!({"emoji": "", "message_id": "wamid.A"}))]
#[case(to().other("hologram", json!({"depth": 3})), "hologram", json!({"depth": 3}))]
fn each_type_is_written_as_meta_documents_it(
    #[case] message: NewMessage,
    #[case] kind: &str,
    #[case] content: Value,
) {
    assert_eq!(sent(&message), meta(kind, content));
}

#[test]
fn a_contact_card_is_written_as_meta_documents_it() {
    let name = CardName::new("John Smith")
        .first_name("John")
        .last_name("Smith")
        .middle_name("D.")
        .prefix("Dr")
        .suffix("Jr");
    let home = CardAddress::new("HOME")
        .street("1 Hacker Way")
        .city("Menlo Park")
        .state("CA")
        .zip("94025")
        .country("United States")
        .country_code("us");
    let card = ContactShare::new(name)
        .address(home.clone())
        .address(home.street("200 Jefferson Dr").kind("WORK"))
        .birthday("2012-08-18")
        .email("WORK", "test@fb.com")
        .email("HOME", "test@whatsapp.com")
        .org("WhatsApp", "Design", "Manager")
        .phone("HOME", "+1 (940) 555-1234")
        .whatsapp("WORK", "+1 (650) 555-1234", "16505551234")
        .url("WORK", "https://www.facebook.com")
        .url("HOME", "https://www.whatsapp.com");
    let documented = json!([{
        "addresses": [
            {"city": "Menlo Park", "country": "United States", "country_code": "us", "state": "CA",
             "street": "1 Hacker Way", "type": "HOME", "zip": "94025"},
            {"city": "Menlo Park", "country": "United States", "country_code": "us", "state": "CA",
             "street": "200 Jefferson Dr", "type": "WORK", "zip": "94025"},
        ],
        "birthday": "2012-08-18",
        "emails": [
            {"email": "test@fb.com", "type": "WORK"}, {"email": "test@whatsapp.com", "type": "HOME"},
        ],
        "name": {"first_name": "John", "formatted_name": "John Smith", "last_name": "Smith",
                 "middle_name": "D.", "prefix": "Dr", "suffix": "Jr"},
        "org": {"company": "WhatsApp", "department": "Design", "title": "Manager"},
        "phones": [
            {"phone": "+1 (940) 555-1234", "type": "HOME"},
            {"phone": "+1 (650) 555-1234", "type": "WORK", "wa_id": "16505551234"},
        ],
        "urls": [
            {"type": "WORK", "url": "https://www.facebook.com"},
            {"type": "HOME", "url": "https://www.whatsapp.com"},
        ],
    }]);
    assert_eq!(sent(&to().contacts([card])), meta("contacts", documented));
}

#[rstest]
#[case(
    InteractiveMessage::buttons("<BUTTON_TEXT>", [("<ID_1>", "<TITLE_1>"), ("<ID_2>", "<TITLE_2>")]),
    json!({
        "type": "button", "body": {"text": "<BUTTON_TEXT>"},
        "action": {"buttons": [
            {"reply": {"id": "<ID_1>", "title": "<TITLE_1>"}, "type": "reply"},
            {"reply": {"id": "<ID_2>", "title": "<TITLE_2>"}, "type": "reply"},
        ]},
    })
)]
#[case(
    InteractiveMessage::list(
        "<BODY_TEXT>",
        "<BUTTON_TEXT>",
        [
            ListSection::new("<TITLE_1>", [ListRow::new("<ID_1>", "<ROW_1>").description("<DESC_1>")]),
            ListSection::new("<TITLE_2>", [("<ID_2>", "<ROW_2>")]),
        ],
    )
    .header("<HEADER_TEXT>")
    .footer("<FOOTER_TEXT>"),
    json!({
        "type": "list",
        "header": {"text": "<HEADER_TEXT>", "type": "text"},
        "body": {"text": "<BODY_TEXT>"},
        "footer": {"text": "<FOOTER_TEXT>"},
        "action": {"button": "<BUTTON_TEXT>", "sections": [
            {"title": "<TITLE_1>", "rows": [{"id": "<ID_1>", "title": "<ROW_1>", "description": "<DESC_1>"}]},
            {"title": "<TITLE_2>", "rows": [{"id": "<ID_2>", "title": "<ROW_2>"}]},
        ]},
    })
)]
#[case(
    InteractiveMessage::cta_url("Dates", "See dates", "https://www.luckyshrub.com")
        .header(Image::link("https://www.luckyshrub.com/logo.png")),
    json!({
        "type": "cta_url",
        "header": {"type": "image", "image": {"link": "https://www.luckyshrub.com/logo.png"}},
        "body": {"text": "Dates"},
        "action": {"name": "cta_url", "parameters": {
            "display_text": "See dates", "url": "https://www.luckyshrub.com",
        }},
    })
)]
#[case(
    InteractiveMessage::flow(
        "<BODY_TEXT>",
        FlowLaunch::id("{{Flow-ID}}", "Open Flow!")
            .token("<FLOW_TOKEN>")
            .navigate("<SCREEN_ID>", json!({"<CUSTOM_KEY>": "<CUSTOM_VALUE>"})),
    )
    .header("<HEADER_TEXT>"),
    json!({
        "type": "flow",
        "header": {"text": "<HEADER_TEXT>", "type": "text"},
        "body": {"text": "<BODY_TEXT>"},
        "action": {"name": "flow", "parameters": {
            "flow_action": "navigate",
            "flow_action_payload": {"data": {"<CUSTOM_KEY>": "<CUSTOM_VALUE>"}, "screen": "<SCREEN_ID>"},
            "flow_cta": "Open Flow!", "flow_id": "{{Flow-ID}}", "flow_message_version": "3",
            "flow_token": "<FLOW_TOKEN>",
        }},
    })
)]
#[case(
    InteractiveMessage::flow("b", FlowLaunch::name("{{Flow-Name}}", "Go").draft().data_exchange()),
    json!({
        "type": "flow", "body": {"text": "b"},
        "action": {"name": "flow", "parameters": {
            "flow_action": "data_exchange", "flow_cta": "Go", "flow_message_version": "3",
            "flow_name": "{{Flow-Name}}", "mode": "draft",
        }},
    })
)]
#[case(
    InteractiveMessage::product("367025965434465", "<ID_TEST_ITEM_1>")
        .body("<OPTIONAL_BODY_TEXT>")
        .footer("<OPTIONAL_FOOTER_TEXT>"),
    json!({
        "action": {"catalog_id": "367025965434465", "product_retailer_id": "<ID_TEST_ITEM_1>"},
        "body": {"text": "<OPTIONAL_BODY_TEXT>"},
        "footer": {"text": "<OPTIONAL_FOOTER_TEXT>"},
        "type": "product",
    })
)]
#[case(
    InteractiveMessage::product_list(
        "<HEADER>", "<BODY>", "146265584024623", [ProductGroup::new("<SECTION1_TITLE>", ["<SKU1>", "<SKU2>"])],
    ),
    json!({
        "action": {"catalog_id": "146265584024623", "sections": [{
            "product_items": [{"product_retailer_id": "<SKU1>"}, {"product_retailer_id": "<SKU2>"}],
            "title": "<SECTION1_TITLE>",
        }]},
        "body": {"text": "<BODY>"}, "header": {"text": "<HEADER>", "type": "text"}, "type": "product_list",
    })
)]
#[case(
    InteractiveMessage::catalog("Hello!", Some("2lc20305pt")).footer("Best grocery deals on WhatsApp!"),
    json!({
        "action": {"name": "catalog_message", "parameters": {"thumbnail_product_retailer_id": "2lc20305pt"}},
        "body": {"text": "Hello!"}, "footer": {"text": "Best grocery deals on WhatsApp!"},
        "type": "catalog_message",
    })
)]
#[case(
    InteractiveMessage::location_request("Where are you?"),
    json!({
        "type": "location_request_message", "body": {"text": "Where are you?"},
        "action": {"name": "send_location"},
    })
)]
#[case(
    InteractiveMessage::address(
        "Where to?", AddressRequest::country("IN").values([("name".to_owned(), "Asha".to_owned())]),
    ),
    json!({
        "type": "address_message", "body": {"text": "Where to?"},
        "action": {"name": "address_message", "parameters": {"country": "IN", "values": {"name": "Asha"}}},
    })
)]
#[case(
    InteractiveMessage::carousel(
        "Offers",
        [
            InteractiveCard::cta_url(Image::id("1"), "See", "https://shop.example/1").body("One"),
            InteractiveCard::cta_url(Image::id("2"), "See", "https://shop.example/2"),
        ],
    ),
    json!({
        "type": "carousel", "body": {"text": "Offers"},
        "action": {"cards": [
            {"card_index": 0, "type": "cta_url", "header": {"type": "image", "image": {"id": "1"}},
             "body": {"text": "One"},
             "action": {"name": "cta_url", "parameters": {"display_text": "See", "url": "https://shop.example/1"}}},
            {"card_index": 1, "type": "cta_url", "header": {"type": "image", "image": {"id": "2"}},
             "action": {"name": "cta_url", "parameters": {"display_text": "See", "url": "https://shop.example/2"}}},
        ]},
    })
)]
#[case(
    InteractiveMessage::voice_call("Call us", VoiceCallButton::new("Call now").ttl_minutes(100)),
    json!({
        "type": "voice_call", "body": {"text": "Call us"},
        "action": {"name": "voice_call", "parameters": {"display_text": "Call now", "ttl_minutes": 100}},
    })
)]
#[case(
    InteractiveMessage::call_permission_request("May we call?"),
    json!({
        "type": "call_permission_request", "body": {"text": "May we call?"},
        "action": {"name": "call_permission_request"},
    })
)]
#[case(
    InteractiveMessage::contact_info_request("Your number?"),
    json!({
        "type": "request_contact_info", "body": {"text": "Your number?"},
        "action": {"name": "request_contact_info"},
    })
)]
#[case(
    InteractiveMessage::order_details("Pay", json!({"reference_id": "r", "currency": "INR"}))
        .header(Image::link("https://shop.example/bread.jpg")),
    json!({
        "type": "order_details", "body": {"text": "Pay"},
        "header": {"type": "image", "image": {"link": "https://shop.example/bread.jpg"}},
        "action": {"name": "review_and_pay", "parameters": {"reference_id": "r", "currency": "INR"}},
    })
)]
#[case(
    InteractiveMessage::order_status("your-text-body-content", "unique-reference-id", "processing"),
    json!({
        "type": "order_status", "body": {"text": "your-text-body-content"},
        "action": {"name": "review_order", "parameters": {
            "order": {"status": "processing"}, "reference_id": "unique-reference-id",
        }},
    })
)]
#[case(
    InteractiveMessage::other("orbit", json!({"name": "orbit"})).set("speed", 3),
    json!({"type": "orbit", "action": {"name": "orbit"}, "speed": 3})
)]
fn each_interactive_message_is_written_as_meta_documents_it(
    #[case] interactive: InteractiveMessage,
    #[case] documented: Value,
) {
    let message = to().interactive(interactive);
    assert_eq!(sent(&message), meta("interactive", documented));
}

fn template() -> TemplateMessage {
    TemplateMessage::new("template-name", "en_US")
}

#[rstest]
#[case(template(), json!([]))]
#[case(
    template().header(Image::link("http(s)://the-image-url")).body([
        TemplateValue::text("text-string"),
        TemplateValue::currency("$100.99", "USD", 100_990),
        TemplateValue::date_time("February 25, 1977"),
    ]).quick_reply(0, "aGlzIHRoaXMgaXMgY29v").quick_reply(1, "9rwnB8RbYmPF5t2Mn09x4h"),
    json!([
        {"parameters": [{"image": {"link": "http(s)://the-image-url"}, "type": "image"}], "type": "header"},
        {"parameters": [
            {"text": "text-string", "type": "text"},
            {"currency": {"amount_1000": 100_990, "code": "USD", "fallback_value": "$100.99"}, "type": "currency"},
            {"date_time": {"fallback_value": "February 25, 1977"}, "type": "date_time"},
        ], "type": "body"},
        {"index": "0", "parameters": [{"payload": "aGlzIHRoaXMgaXMgY29v", "type": "payload"}],
         "sub_type": "quick_reply", "type": "button"},
        {"index": "1", "parameters": [{"payload": "9rwnB8RbYmPF5t2Mn09x4h", "type": "payload"}],
         "sub_type": "quick_reply", "type": "button"},
    ])
)]
#[case(
    template().body([TemplateValue::named("first_name", "Zoë")]),
    json!([{"type": "body", "parameters": [{"type": "text", "text": "Zoë", "parameter_name": "first_name"}]}])
)]
#[case(
    TemplateMessage::one_time_code("template-name", "en_US", "J$FpnYnP"),
    json!([
        {"type": "body", "parameters": [{"type": "text", "text": "J$FpnYnP"}]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "J$FpnYnP"}]},
    ])
)]
#[case(
    template().header(Place::at(1.5, -2.5).name("Here").address("There")),
    json!([{"type": "header", "parameters": [{"type": "location", "location": {
        "latitude": 1.5, "longitude": -2.5, "name": "Here", "address": "There",
    }}]}])
)]
#[case(
    template().header(TemplateValue::product("9", "sku")).copy_code(1, "250FF"),
    json!([
        {"type": "header", "parameters": [
            {"type": "product", "product": {"catalog_id": "9", "product_retailer_id": "sku"}},
        ]},
        {"type": "button", "sub_type": "copy_code", "index": "1",
         "parameters": [{"type": "coupon_code", "coupon_code": "250FF"}]},
    ])
)]
#[case(
    template().flow(0, "<FLOW_TOKEN>", json!({"<CUSTOM_KEY>": "<CUSTOM_VALUE>"})),
    json!([{
        "index": "0",
        "parameters": [{"action": {
            "flow_action_data": {"<CUSTOM_KEY>": "<CUSTOM_VALUE>"}, "flow_token": "<FLOW_TOKEN>",
        }, "type": "action"}],
        "sub_type": "flow", "type": "button",
    }])
)]
#[case(
    template().body(["100", "400", "3"]).catalog(0, "2lc20305pt"),
    json!([
        {"parameters": [
            {"text": "100", "type": "text"}, {"text": "400", "type": "text"}, {"text": "3", "type": "text"},
        ], "type": "body"},
        {"index": "0", "parameters": [
            {"action": {"thumbnail_product_retailer_id": "2lc20305pt"}, "type": "action"},
        ], "sub_type": "catalog", "type": "button"},
    ])
)]
#[case(
    template().products(0, "2lc20305pt", [ProductGroup::new("Popular Bundles", ["2lc20305pt"])]),
    json!([{"type": "button", "sub_type": "mpm", "index": "0", "parameters": [{"type": "action", "action": {
        "thumbnail_product_retailer_id": "2lc20305pt",
        "sections": [{"title": "Popular Bundles", "product_items": [{"product_retailer_id": "2lc20305pt"}]}],
    }}]}])
)]
#[case(
    template().offer_ends(1_209_600_000),
    json!([{"type": "limited_time_offer", "parameters": [
        {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1_209_600_000}},
    ]}])
)]
#[case(
    template().carousel([
        CardValues::new().header(Image::id("24230790383178626")).quick_reply(0, "more-aloes").url(1, "blue-elf"),
        CardValues::new().header(Image::id("2")).body(["10OFF"]),
    ]),
    json!([{"type": "carousel", "cards": [
        {"card_index": 0, "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "24230790383178626"}}]},
            {"type": "button", "sub_type": "quick_reply", "index": "0",
             "parameters": [{"type": "payload", "payload": "more-aloes"}]},
            {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "blue-elf"}]},
        ]},
        {"card_index": 1, "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "2"}}]},
            {"type": "body", "parameters": [{"type": "text", "text": "10OFF"}]},
        ]},
    ]}])
)]
#[case(
    template().tap_target("https://shop.example", "Shop"),
    json!([{"type": "tap_target_configuration", "parameters": [{
        "type": "tap_target_configuration",
        "tap_target_configuration": [{"url": "https://shop.example", "title": "Shop"}],
    }]}])
)]
#[case(
    template().button("voice_call", 0, [json!({"type": "ttl_minutes", "ttl_minutes": 100})]),
    json!([{"type": "button", "sub_type": "voice_call", "index": "0",
            "parameters": [{"type": "ttl_minutes", "ttl_minutes": 100}]}])
)]
fn each_part_of_a_template_is_written_as_meta_documents_it(
    #[case] template: TemplateMessage,
    #[case] components: Value,
) {
    let mut documented = json!({"name": "template-name", "language": {"code": "en_US"}});
    if components != json!([]) {
        documented["components"] = components;
    }
    let message = to().template(template);
    assert_eq!(sent(&message), meta("template", documented));
}

#[test]
fn the_recipient_is_a_phone_a_user_id_or_a_group() {
    let recipient = |draft: MessageDraft| {
        let body = sent(&draft.text("x"));
        (
            body["recipient_type"].clone(),
            body["to"].clone(),
            body["recipient"].clone(),
        )
    };
    let (individual, group) = (json!("individual"), json!("group"));
    assert_eq!(
        recipient(to()),
        (individual.clone(), json!("16505551234"), Value::Null)
    );
    let user = NewMessage::to_user("BR.1000000000000001");
    assert_eq!(
        recipient(user),
        (individual, Value::Null, json!("BR.1000000000000001"))
    );
    assert_eq!(
        recipient(NewMessage::to_group("Y2Fw")),
        (group, json!("Y2Fw"), Value::Null)
    );
}

#[test]
fn options_stand_beside_the_content() {
    let message = NewMessage::to("16505551234")
        .text("x")
        .reply_to("wamid.A")
        .callback_data("order-7")
        .identity_key_hash("DF2lS5v2W6x=")
        .messaging_account("42")
        .direct_send(DirectSendCategory::Utility)
        .direct_send_template("order_note");
    let mut documented = meta("text", json!({"body": "x"}));
    documented["context"] = json!({"message_id": "wamid.A"});
    documented["biz_opaque_callback_data"] = json!("order-7");
    documented["recipient_identity_key_hash"] = json!("DF2lS5v2W6x=");
    documented["messaging_account_id"] = json!("42");
    documented["category"] = json!("utility");
    documented["direct_send_config"] = json!({"template_name": "order_note"});
    assert_eq!(sent(&message), documented);
}

#[test]
fn a_pin_is_for_a_group() {
    let pin = NewMessage::to_group("Y2Fw").pin("wamid.A", 7);
    let documented = json!({"type": "pin", "message_id": "wamid.A", "expiration_days": 7});
    assert_eq!(sent(&pin)["pin"], documented);
    let unpin = NewMessage::to_group("Y2Fw").unpin("wamid.A");
    assert_eq!(
        sent(&unpin)["pin"],
        json!({"type": "unpin", "message_id": "wamid.A"})
    );
}

#[test]
fn a_field_that_this_crate_does_not_know_can_be_set_in_every_object() {
    let message = to()
        .image(Image::id("1").set("alt", "A cat"))
        .set("priority", json!({"level": 2}));
    let mut documented = meta("image", json!({"id": "1", "alt": "A cat"}));
    documented["priority"] = json!({"level": 2});
    assert_eq!(sent(&message), documented);
    let Value::Object(fields) = message.to_json() else {
        panic!("no object")
    };
    assert_eq!(sent(&NewMessage::from_json(fields)), documented);
}

#[test]
fn a_marketing_message_goes_by_its_own_endpoint() {
    let message =
        NewMessage::to("16315552222").template(TemplateMessage::new("welcome_offer", "en_US"));
    let call = SendMarketing {
        product_policy: Some(ProductPolicy::CloudApiFallback),
        message_activity_sharing: Some(true),
        ..SendMarketing::new("51", &message)
    };
    let request = call.request();
    assert_eq!(
        (request.path().join("/"), request.is_once()),
        ("51/marketing_messages".to_owned(), true)
    );
    let Body::Json(body) = request.body() else {
        panic!("no JSON")
    };
    let documented = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "16315552222",
        "type": "template", "template": {"name": "welcome_offer", "language": {"code": "en_US"}},
        "product_policy": "CLOUD_API_FALLBACK", "message_activity_sharing": true,
    });
    assert_eq!(*body, documented);
    let plain = SendMarketing {
        bid_multiplier: Some(1.5),
        ..SendMarketing::new("51", &message)
    };
    let plain = plain.request();
    let Body::Json(body) = plain.body() else {
        panic!("no JSON")
    };
    assert_eq!(body["bid_spec"], json!({"per_message_bid_multiplier": 1.5}));
    assert!(body.get("product_policy").is_none());
}
