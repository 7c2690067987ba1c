use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use wabakit_domain::{
    Time,
    ids::GroupId,
    inbound::{self, MessageContent as Content},
    message,
};

use super::*;

/// What the domain serialises fits the description: no field is missing there, and none is described that is not.
fn fits<T: DeserializeOwned>(told: &impl Serialize) {
    let json = serde_json::to_value(told).unwrap();
    if let Err(error) = serde_json::from_value::<T>(json.clone()) {
        panic!("{error}: {json}");
    }
}

fn at() -> Time {
    Time::from_timestamp(1_790_000_000, 0).unwrap()
}

fn party() -> inbound::Party {
    inbound::Party {
        phone: Some("1".into()),
        user_id: Some("US.1".into()),
        parent_user_id: Some("US.2".into()),
        profile_name: Some("Ada".into()),
        username: Some("ada".into()),
        identity_key_hash: Some("h".into()),
    }
}

fn media() -> inbound::MediaContent {
    inbound::MediaContent {
        meta_media_id: Some("1".into()),
        mime_type: Some("image/jpeg".into()),
        sha256: Some("x".into()),
        caption: Some("c".into()),
        filename: Some("f".into()),
        voice: true,
        animated: false,
        link: Some("https://gone".into()),
    }
}

fn fault() -> inbound::MetaFault {
    inbound::MetaFault {
        code: 131_047,
        title: Some("t".into()),
        message: Some("m".into()),
        details: Some("d".into()),
        href: Some("h".into()),
    }
}

fn card() -> inbound::ContactCard {
    let labelled = inbound::Labelled {
        value: "v".into(),
        label: Some("HOME".into()),
        wa_id: Some("1".into()),
    };
    let word = || Some("w".to_owned());
    inbound::ContactCard {
        name: inbound::ContactName {
            formatted_name: word(),
            first_name: word(),
            last_name: word(),
        },
        phones: vec![labelled.clone()],
        emails: vec![labelled.clone()],
        urls: vec![labelled],
        addresses: vec![inbound::PostalAddress {
            street: word(),
            city: word(),
            state: word(),
            zip: word(),
            country: word(),
            label: word(),
        }],
        company: word(),
        department: word(),
        title: word(),
        birthday: word(),
    }
}

/// Every type, with every field.
fn contents() -> Vec<Content> {
    let word = || Some("w".to_owned());
    vec![
        Content::Text { body: "b".into() },
        Content::Image(media()),
        Content::Video(media()),
        Content::Audio(media()),
        Content::Document(media()),
        Content::Sticker(media()),
        Content::MediaPlaceholder,
        Content::Location {
            latitude: 1.5,
            longitude: 2.5,
            name: word(),
            address: word(),
            url: word(),
        },
        Content::Contacts {
            contacts: vec![card()],
            origin: word(),
        },
        Content::Reaction {
            message_id: "wamid.1".into(),
            emoji: word(),
        },
        Content::Button {
            text: "t".into(),
            payload: word(),
        },
        Content::ButtonReply {
            id: "1".into(),
            title: "t".into(),
        },
        Content::ListReply {
            id: "1".into(),
            title: "t".into(),
            description: word(),
        },
        Content::FormReply {
            name: word(),
            body: word(),
            response: json!({"a": [1]}),
        },
        Content::CallPermissionReply {
            response: "accept".into(),
            source: word(),
            expires_at: Some(at()),
            is_permanent: true,
        },
        Content::Order {
            catalog_id: word(),
            text: word(),
            items: vec![inbound::OrderItem {
                product_retailer_id: "1".into(),
                quantity: 2.0,
                item_price: Some(1.5),
                currency: word(),
            }],
        },
        Content::System {
            kind: "user_changed_number".into(),
            body: word(),
            now: Some(party()),
        },
        Content::RequestWelcome,
        Content::Edit {
            original_message_id: "wamid.1".into(),
            content: Box::new(Content::Text { body: "b".into() }),
        },
        Content::Revoke {
            original_message_id: "wamid.1".into(),
        },
        Content::Template {
            name: "n".into(),
            language: "en".into(),
            components: json!([]),
        },
        Content::Interactive {
            kind: "list".into(),
            header: word(),
            body: word(),
            footer: word(),
            buttons: vec!["b".into()],
            options: vec!["o".into()],
        },
        Content::Pin {
            message_id: "wamid.1".into(),
            pinned: true,
            expiration_days: Some(3),
        },
        Content::Call(inbound::Call {
            call_id: "wacid.1".into(),
            party: party(),
            group_id: Some(GroupId::from("g")),
            by_customer: true,
            event: "connect".into(),
            status: word(),
            at: at(),
            started_at: Some(at()),
            ended_at: Some(at()),
            duration: Some(3),
        }),
        Content::Unsupported {
            kind: word(),
            errors: vec![fault()],
            raw: json!({"type": "new"}),
        },
    ]
}

#[test]
fn every_content_fits_its_description() {
    for content in contents() {
        fits::<MessageContent>(&content);
    }
    fits::<ContactCard>(&inbound::ContactCard::default());
    fits::<Party>(&inbound::Party::default());
}

#[test]
fn every_type_of_content_is_described_and_no_other() {
    use utoipa::PartialSchema;
    let schema = serde_json::to_value(MessageContent::schema()).unwrap();
    let mut described: Vec<_> = schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(kind)
        .collect();
    let mut told: Vec<_> = contents()
        .iter()
        .map(|content| content.kind().to_owned())
        .collect();
    described.sort_unstable();
    told.sort_unstable();
    assert_eq!(described, told);
}

/// The one value of `type` in a variant's schema.
fn kind(variant: &Value) -> String {
    let own = match variant.get("allOf") {
        Some(parts) => &parts[1],
        None => variant,
    };
    let kind = &own["properties"]["type"]["enum"][0];
    kind.as_str().unwrap().to_owned()
}

/// The document's names are made by another macro than the description's: they must be those that are sent.
#[test]
fn the_document_names_fields_as_they_are_sent() {
    use utoipa::PartialSchema;
    let schema = serde_json::to_value(MessageContent::schema()).unwrap();
    for content in contents() {
        let sent = serde_json::to_value(&content).unwrap();
        let mut variants = schema["oneOf"].as_array().unwrap().iter();
        let described = variants
            .find(|variant| kind(variant) == content.kind())
            .unwrap();
        // A variant that holds a struct refers to it by name.
        let Some(properties) = described["properties"].as_object() else {
            continue;
        };
        let names = |value: &serde_json::Map<String, Value>| {
            value
                .keys()
                .cloned()
                .collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(
            names(sent.as_object().unwrap()),
            names(properties),
            "{}",
            content.kind()
        );
    }
}

#[test]
fn what_goes_with_a_message_fits_its_description() {
    fits::<MessageContext>(&inbound::Context::default());
    fits::<MessageContext>(&inbound::Context {
        message_id: Some("wamid.1".into()),
        from: Some("1".into()),
        forwarded: true,
        frequently_forwarded: true,
        referred_product: Some(inbound::ReferredProduct {
            catalog_id: "1".into(),
            product_retailer_id: "2".into(),
        }),
    });
    let word = || Some("w".to_owned());
    fits::<Referral>(&inbound::Referral {
        source_url: word(),
        source_id: word(),
        source_type: word(),
        headline: word(),
        body: word(),
        media_type: word(),
        image_url: word(),
        video_url: word(),
        thumbnail_url: word(),
        ctwa_clid: word(),
        welcome_message: word(),
    });
    fits::<Pricing>(&inbound::Pricing {
        billable: Some(true),
        model: word(),
        kind: word(),
        category: word(),
    });
    for direction in [message::Direction::Inbound, message::Direction::Outbound] {
        fits::<Direction>(&direction);
    }
    use message::{MessageStatus as Status, ReportedStatus as Reported};
    for status in [
        Status::Received,
        Status::Queued,
        Status::Sending,
        Status::Accepted,
        Status::Sent,
        Status::Delivered,
        Status::Read,
        Status::Played,
        Status::Failed,
        Status::Unknown,
        Status::Cancelled,
        Status::Expired,
    ] {
        fits::<MessageStatus>(&status);
    }
    for status in [
        Reported::Sent,
        Reported::Delivered,
        Reported::Read,
        Reported::Played,
        Reported::Failed,
    ] {
        fits::<ReportedStatus>(&status);
    }
    use wabakit_domain::explain;
    for who in [
        explain::Who::Business,
        explain::Who::Customer,
        explain::Who::Platform,
        explain::Who::Meta,
        explain::Who::Nobody,
    ] {
        fits::<Who>(&who);
    }
    for retry in [
        explain::Retry::Safe,
        explain::Retry::Unknown,
        explain::Retry::Later,
        explain::Retry::Never,
    ] {
        fits::<Retry>(&retry);
    }
}
