use serde_json::json;
use wabakit_domain::inbound::{
    Call, ContactCard, ContactName, Labelled, MediaContent, MessageContent as C, OrderItem, Party,
    PostalAddress,
};

use super::{at, bare_fault, fault, party, word};

fn media() -> MediaContent {
    MediaContent {
        meta_media_id: Some("1166846181421424".into()),
        mime_type: word("image/jpeg"),
        sha256: word("dI5ZIX7yH9xpkRS8TJVpAzVZzlhfCmPwfHc3ckA="),
        caption: word("A cup"),
        filename: word("cup.jpg"),
        voice: true,
        animated: true,
        link: word("https://lookaside.example/1"),
    }
}

fn bare_media() -> MediaContent {
    MediaContent {
        meta_media_id: None,
        mime_type: None,
        sha256: None,
        caption: None,
        filename: None,
        voice: false,
        animated: false,
        link: None,
    }
}

fn card() -> ContactCard {
    let labelled = Labelled {
        value: "+1 650-555-1234".into(),
        label: word("WORK"),
        wa_id: word("16505551234"),
    };
    ContactCard {
        name: ContactName {
            formatted_name: word("Ada Lovelace"),
            first_name: word("Ada"),
            last_name: word("Lovelace"),
        },
        phones: vec![labelled.clone()],
        emails: vec![labelled.clone()],
        urls: vec![labelled],
        addresses: vec![PostalAddress {
            street: word("1 Lucky Shrub Way"),
            city: word("Menlo Park"),
            state: word("CA"),
            zip: word("94025"),
            country: word("United States"),
            label: word("HOME"),
        }],
        company: word("Lucky Shrub"),
        department: word("Legal"),
        title: word("Lead Counsel"),
        birthday: word("1815-12-10"),
    }
}

fn call() -> Call {
    Call {
        call_id: "wacid.HBgL".into(),
        party: party(),
        group_id: Some("Y2FwaV9ncm91cDox".into()),
        by_customer: true,
        event: "terminate".into(),
        status: word("COMPLETED"),
        at: at(7),
        started_at: Some(at(5)),
        ended_at: Some(at(7)),
        duration: Some(2),
        recording: None,
        transcript: None,
        errors: Vec::new(),
    }
}

/// Returns every type of content, with every field.
pub fn contents() -> Vec<C> {
    vec![
        C::Text {
            body: "Hello\n\"there\" \u{1f44b}".into(),
        },
        C::Image(media()),
        C::Video(media()),
        C::Audio(media()),
        C::Document(media()),
        C::Sticker(media()),
        C::MediaPlaceholder,
        C::Location {
            latitude: 37.483_307,
            longitude: -122.148_98,
            name: word("HQ"),
            address: word("1 Hacker Way"),
            url: word("https://maps.example"),
        },
        C::Contacts {
            contacts: vec![card(), ContactCard::default()],
            origin: word("request"),
        },
        C::Reaction {
            message_id: "wamid.HBgA".into(),
            emoji: word("\u{1f44d}"),
        },
        C::Button {
            text: "Yes".into(),
            payload: word("yes-1"),
        },
        C::ButtonReply {
            id: "b1".into(),
            title: "Change".into(),
        },
        C::ListReply {
            id: "r1".into(),
            title: "Priority".into(),
            description: word("Next day"),
        },
        C::FormReply {
            name: word("flow"),
            body: word("Sent"),
            response: json!({"flow_token": "t", "id": 9_007_199_254_740_993_i64, "list": [1, null, 2.5]}),
        },
        C::CallPermissionReply {
            response: "accept".into(),
            source: word("user_action"),
            expires_at: Some(at(8)),
            is_permanent: true,
        },
        C::Order {
            catalog_id: word("194836987003835"),
            text: word("Please wrap it"),
            items: vec![
                OrderItem {
                    product_retailer_id: "di9ozbzfi4".into(),
                    quantity: 2.0,
                    item_price: Some(30.5),
                    currency: word("USD"),
                },
                OrderItem {
                    product_retailer_id: "nqryix03ez".into(),
                    quantity: 1.0,
                    item_price: None,
                    currency: None,
                },
            ],
        },
        C::System {
            kind: "user_changed_number".into(),
            body: word("Ada changed her number"),
            now: Some(party()),
            previous: None,
        },
        C::RequestWelcome,
        C::Edit {
            original_message_id: "wamid.HBgA".into(),
            content: Box::new(C::Image(media())),
        },
        C::Revoke {
            original_message_id: "wamid.HBgA".into(),
        },
        C::Template {
            name: "order_confirmation".into(),
            language: "en_US".into(),
            components: json!([{"type": "body", "parameters": [{"type": "text", "text": "17"}]}]),
        },
        C::Interactive {
            kind: "list".into(),
            header: word("Shipping"),
            body: word("Choose"),
            footer: word("Tap below"),
            buttons: vec!["Options".into()],
            options: vec!["Express".into(), "Mail".into()],
        },
        C::Pin {
            message_id: "wamid.HBgA".into(),
            pinned: true,
            expiration_days: Some(7),
        },
        C::Call(call()),
        C::Unsupported {
            kind: word("poll"),
            errors: vec![fault(), bare_fault()],
            raw: json!({"type": "poll", "id": 9_007_199_254_740_993_i64}),
        },
        C::System {
            kind: "user_changed_user_id".into(),
            body: word("Ada has a new id"),
            now: Some(party()),
            previous: Some(Box::new(party())),
        },
    ]
}

/// Returns every type of content with optional fields, without them.
pub fn bare_contents() -> Vec<C> {
    vec![
        C::Image(bare_media()),
        C::Location {
            latitude: 1.0,
            longitude: 2.0,
            name: None,
            address: None,
            url: None,
        },
        C::Contacts {
            contacts: Vec::new(),
            origin: None,
        },
        C::Reaction {
            message_id: "wamid.HBgA".into(),
            emoji: None,
        },
        C::Button {
            text: "Yes".into(),
            payload: None,
        },
        C::ListReply {
            id: "r1".into(),
            title: "Priority".into(),
            description: None,
        },
        C::FormReply {
            name: None,
            body: None,
            response: json!("not json"),
        },
        C::CallPermissionReply {
            response: "reject".into(),
            source: None,
            expires_at: None,
            is_permanent: false,
        },
        C::Order {
            catalog_id: None,
            text: None,
            items: Vec::new(),
        },
        C::System {
            kind: "customer_identity_changed".into(),
            body: None,
            now: None,
            previous: None,
        },
        C::Interactive {
            kind: "button".into(),
            header: None,
            body: None,
            footer: None,
            buttons: Vec::new(),
            options: Vec::new(),
        },
        C::Pin {
            message_id: "wamid.HBgA".into(),
            pinned: false,
            expiration_days: None,
        },
        C::Call(Call {
            party: Party::default(),
            group_id: None,
            status: None,
            started_at: None,
            ended_at: None,
            duration: None,
            ..call()
        }),
        C::Unsupported {
            kind: None,
            errors: Vec::new(),
            raw: json!(null),
        },
    ]
}
