use serde_json::{Value, json};
use wabakit_domain::inbound::{
    ContactCard, ContactName, Labelled, MediaContent, MessageContent, PostalAddress,
};

use crate::support::{PERSON, content, some, text};

fn typed(kind: &str, part: Value) -> MessageContent {
    content(json!({"type": kind, kind: part}))
}

#[test]
fn text_is_kept_as_the_person_wrote_it() {
    let odd = "1/2 Jürgen 😀 \"q\" \\ \u{2028}\n\tمرحبا";
    assert_eq!(typed("text", json!({"body": odd})), text(odd));
    assert_eq!(typed("text", json!({"body": ""})), text(""));
}

#[test]
fn every_kind_of_media_is_told_with_what_it_has() {
    let part = json!({"id": "2754859441498128", "mime_type": "image/jpeg", "sha256": "SfInY0gGKTsJlUWbwxC1k+FA",
        "caption": "Grüße", "filename": "a/b.pdf", "url": "https://lookaside.fbsbx.com/x?mid=1"});
    let media = MediaContent {
        meta_media_id: Some("2754859441498128".into()),
        mime_type: some("image/jpeg"),
        sha256: some("SfInY0gGKTsJlUWbwxC1k+FA"),
        caption: some("Grüße"),
        filename: some("a/b.pdf"),
        voice: false,
        animated: false,
        link: some("https://lookaside.fbsbx.com/x?mid=1"),
    };
    type Made = fn(MediaContent) -> MessageContent;
    let expected: [(&str, Made); 5] = [
        ("image", MessageContent::Image),
        ("video", MessageContent::Video),
        ("document", MessageContent::Document),
        ("audio", MessageContent::Audio),
        ("sticker", MessageContent::Sticker),
    ];
    for (kind, made) in expected {
        assert_eq!(typed(kind, part.clone()), made(media.clone()));
    }
}

#[test]
fn a_media_id_may_be_an_integer_or_missing() {
    let media = |part: Value| typed("image", part).media().unwrap().meta_media_id.clone();
    assert_eq!(
        media(json!({"id": 2754859441498128_u64})),
        Some("2754859441498128".into())
    );
    assert_eq!(media(json!({"mime_type": "image/png"})), None);
}

#[test]
fn a_voice_note_and_an_animated_sticker_say_so() {
    assert!(
        typed("audio", json!({"id": "1", "voice": true}))
            .media()
            .unwrap()
            .voice
    );
    assert!(
        !typed("audio", json!({"id": "1", "voice": false}))
            .media()
            .unwrap()
            .voice
    );
    assert!(
        typed("sticker", json!({"id": "1", "animated": true}))
            .media()
            .unwrap()
            .animated
    );
}

#[test]
fn a_location_may_have_numbers_as_texts_and_no_name() {
    let place = |latitude: Value, longitude: Value| {
        typed(
            "location",
            json!({"latitude": latitude, "longitude": longitude}),
        )
    };
    let bare = MessageContent::Location {
        latitude: 37.44216251868683,
        longitude: -122.0,
        name: None,
        address: None,
        url: None,
    };
    assert_eq!(place(json!(37.44216251868683), json!(-122)), bare);
    assert_eq!(place(json!("37.44216251868683"), json!("-122.0")), bare);
    assert_eq!(place(json!("north"), json!(1)).kind(), "unsupported");
    let named = json!({"latitude": 1, "longitude": 2, "name": "Philz", "address": "101 Forest Ave",
        "url": "https://philz.com/"});
    assert_eq!(
        typed("location", named),
        MessageContent::Location {
            latitude: 1.0,
            longitude: 2.0,
            name: some("Philz"),
            address: some("101 Forest Ave"),
            url: some("https://philz.com/"),
        }
    );
}

#[test]
fn contact_cards_are_read_whole() {
    let card = json!({
        "name": {"formatted_name": "Barbara J. Johnson", "first_name": "Barbara", "last_name": "Johnson"},
        "phones": [{"phone": "+1 (650) 555-1234", "wa_id": PERSON, "type": "MOBILE"}, {"wa_id": "49151"}, {}],
        "emails": [{"email": "b@example.com", "type": "WORK"}],
        "urls": [{"url": "https://example.com", "type": "HOME"}],
        "addresses": [{"street": "1 Lucky Way", "city": "Menlo Park", "state": "CA", "zip": "94025",
            "country": "United States", "type": "OFFICE"}],
        "org": {"company": "Lucky Shrub", "department": "Legal", "title": "Counsel"},
        "birthday": "1999-01-23",
    });
    let labelled = |value: &str, label: Option<&str>, wa_id: Option<&str>| Labelled {
        value: value.to_owned(),
        label: label.map(str::to_owned),
        wa_id: wa_id.map(str::to_owned),
    };
    let expected = ContactCard {
        name: ContactName {
            formatted_name: some("Barbara J. Johnson"),
            first_name: some("Barbara"),
            last_name: some("Johnson"),
        },
        phones: vec![
            labelled("+1 (650) 555-1234", Some("MOBILE"), Some(PERSON)),
            labelled("49151", None, Some("49151")),
        ],
        emails: vec![labelled("b@example.com", Some("WORK"), None)],
        urls: vec![labelled("https://example.com", Some("HOME"), None)],
        addresses: vec![PostalAddress {
            street: some("1 Lucky Way"),
            city: some("Menlo Park"),
            state: some("CA"),
            zip: some("94025"),
            country: some("United States"),
            label: some("OFFICE"),
        }],
        company: some("Lucky Shrub"),
        department: some("Legal"),
        title: some("Counsel"),
        birthday: some("1999-01-23"),
    };
    assert_eq!(
        typed("contacts", json!([card])),
        MessageContent::Contacts {
            contacts: vec![expected],
            origin: None
        }
    );
}

#[test]
fn cards_that_answer_a_request_say_so() {
    let card = json!({"name": {"formatted_name": "A"}});
    let beside =
        content(json!({"type": "contacts", "contacts": [card], "origin": "contact_request"}));
    let mut inside = card.clone();
    inside["origin"] = json!("contact_request");
    for told in [beside, typed("contacts", json!([inside]))] {
        let MessageContent::Contacts { contacts, origin } = told else {
            panic!()
        };
        assert_eq!((contacts.len(), origin), (1, some("contact_request")));
    }
}

#[test]
fn a_reaction_without_an_emoji_takes_it_back() {
    let reaction = |emoji: Option<&str>| MessageContent::Reaction {
        message_id: "wamid.a".into(),
        emoji: emoji.map(str::to_owned),
    };
    let told = |emoji: Value| typed("reaction", json!({"message_id": "wamid.a", "emoji": emoji}));
    assert_eq!(told(json!("👍🏽")), reaction(Some("👍🏽")));
    assert_eq!(told(json!("")), reaction(None));
    assert_eq!(told(json!(null)), reaction(None));
    assert_eq!(
        typed("reaction", json!({"message_id": "wamid.a"})),
        reaction(None)
    );
}
