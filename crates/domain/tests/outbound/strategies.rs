//! Valid messages of every type, made by their builders.

use proptest::{collection::vec, option, prelude::*, strategy::Union};
use serde_json::{Map, Value, json};
use wabakit_domain::outbound::{
    Card, Component, Contact, Draft, Flow, Header, Interactive, Location, Media, Outbound,
    Parameter, Pin, PinAction, ProductSection, Row, Section, Template,
};

fn words(most: usize) -> impl Strategy<Value = String> {
    // White space has rules of its own.
    let char = any::<char>().prop_filter("NUL", |char| *char != '\0' && !char.is_whitespace());
    vec(char, 1..=most).prop_map(|chars| chars.into_iter().collect())
}

fn media() -> impl Strategy<Value = Media> {
    let source = prop_oneof![
        "[0-9]{5,20}".prop_map(Media::id),
        "https://[a-z]{3,9}\\.example/[a-z]{1,9}".prop_map(Media::link),
    ];
    (source, option::of(words(40))).prop_map(|(media, caption)| match caption {
        Some(caption) => media.caption(caption),
        None => media,
    })
}

fn document() -> impl Strategy<Value = Media> {
    (media(), option::of(words(20))).prop_map(|(media, filename)| match filename {
        Some(filename) => media.filename(filename),
        None => media,
    })
}

fn header() -> impl Strategy<Value = Header> {
    prop_oneof![
        media().prop_map(Header::image),
        media().prop_map(Header::video),
        document().prop_map(Header::document),
    ]
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    vec((words(20), option::of(words(72))), 1..=5).prop_map(|rows| {
        (rows.into_iter().enumerate())
            .map(|(at, (title, description))| {
                let row = Row::new(at.to_string(), title);
                match description {
                    Some(description) => row.description(description),
                    None => row,
                }
            })
            .collect()
    })
}

fn interactive() -> impl Strategy<Value = Interactive> {
    let plain = prop_oneof![
        (words(1024), vec(words(20), 1..=3)).prop_map(|(body, titles)| {
            let buttons =
                (titles.into_iter().enumerate()).map(|(at, title)| (at.to_string(), title));
            Interactive::buttons(body, buttons)
        }),
        (words(1024), words(20)).prop_map(|(body, text)| Interactive::cta_url(
            body,
            text,
            "https://a.example"
        )),
        (words(1024), words(30), words(9)).prop_map(|(body, cta, token)| Interactive::flow(
            body,
            Flow::new("1", cta).token(token)
        )),
        (words(1024), option::of(words(9)))
            .prop_map(|(body, thumbnail)| Interactive::catalog(body, thumbnail)),
        words(1024).prop_map(Interactive::location_request),
        words(1024).prop_map(|body| Interactive::address(body, "IN")),
        (words(1024), words(20)).prop_map(|(body, text)| Interactive::voice_call(body, text)),
        words(1024).prop_map(Interactive::call_permission),
        words(1024).prop_map(Interactive::contact_info),
        words(1024).prop_map(|body| Interactive::order_details(
            body,
            Map::from_iter([("reference_id".to_owned(), json!("r"))])
        )),
        (words(1024), words(9))
            .prop_map(|(body, status)| Interactive::order_status(body, "r", status)),
    ];
    let plain = (plain, option::of(header())).prop_map(|(message, header)| match header {
        Some(header) => message.header(header),
        None => message,
    });
    let with_rules = prop_oneof![
        (words(4096), words(20), rows(), words(24)).prop_map(|(body, button, rows, title)| {
            Interactive::list(body, button, [Section::new(title, rows)])
        }),
        words(9).prop_map(|product| Interactive::product("1", product)),
        (words(60), words(1024), vec(words(9), 1..=30), words(24)).prop_map(
            |(header, body, products, title)| {
                Interactive::product_list(header, body, "1", [ProductSection::new(title, products)])
            }
        ),
        (
            words(1024),
            vec((media(), "[a-z ]{1,160}", words(20)), 2..=10)
        )
            .prop_map(|(body, cards)| {
                let cards = (cards.into_iter()).map(|(image, body, text)| {
                    Card::cta_url(Header::image(image), body, text, "https://a.example")
                });
                Interactive::carousel(body, cards)
            }),
    ];
    let any_kind = Union::new_weighted(vec![(11, plain.boxed()), (4, with_rules.boxed())]);
    (any_kind, option::of(words(60))).prop_map(|(message, footer)| match footer {
        Some(footer) => message.footer(footer),
        None => message,
    })
}

fn parameter() -> impl Strategy<Value = Parameter> {
    prop_oneof![
        words(60).prop_map(Parameter::text),
        media().prop_map(Parameter::image),
        media().prop_map(Parameter::video),
        document().prop_map(Parameter::document),
        place().prop_map(Parameter::location),
    ]
}

fn template() -> impl Strategy<Value = Template> {
    (
        "[a-z0-9_]{1,40}",
        parameter(),
        vec(words(99), 0..4),
        vec(vec(parameter(), 1..3), 2..=10),
        words(15),
    )
        .prop_map(|(name, header, values, cards, code)| {
            let cards = (cards.into_iter()).map(|values| vec![Component::of("body", values)]);
            Template::new(name, "en_US")
                .header(header)
                .body(values.into_iter().map(Parameter::text))
                .quick_reply(0, "payload")
                .url(1, "end")
                .copy_code(2, code)
                .carousel(cards)
        })
}

/// Millionths of a degree, which text represents exactly.
fn place() -> impl Strategy<Value = Location> {
    let degrees = |most: i32| {
        (-most * 1_000_000..=most * 1_000_000).prop_map(|millionths| f64::from(millionths) / 1e6)
    };
    (degrees(90), degrees(180), words(20))
        .prop_map(|(latitude, longitude, name)| Location::at(latitude, longitude).name(name))
}

fn draft() -> impl Strategy<Value = Draft> {
    prop_oneof![
        2 => words(4096).prop_map(Outbound::text),
        1 => media().prop_map(Outbound::image),
        1 => media().prop_map(Outbound::video),
        1 => document().prop_map(Outbound::document),
        1 => "[0-9]{5,20}".prop_map(|id| Outbound::audio(Media::id(id).voice())),
        1 => "[0-9]{5,20}".prop_map(|id| Outbound::sticker(Media::id(id))),
        1 => place().prop_map(Outbound::location),
        1 => vec((words(9), words(9)), 1..5).prop_map(|names| {
            let card = |(first, last)| Contact::named(first, last).phone("+15550100123", "HOME").email("a@b.example", "WORK");
            Outbound::contacts(names.into_iter().map(card))
        }),
        1 => words(2).prop_map(|emoji| Outbound::reaction("wamid.1", emoji)),
        4 => template().prop_map(Outbound::template),
        10 => interactive().prop_map(Outbound::interactive),
    ]
}

/// A valid message.
pub(super) fn message() -> impl Strategy<Value = Outbound> {
    let to_person = (
        draft(),
        "[1-9][0-9]{6,14}",
        any::<bool>(),
        option::of("wamid\\.[A-Za-z0-9]{1,20}"),
    )
        .prop_map(|(draft, number, by_phone, reply_to)| {
            let draft = match reply_to {
                Some(wamid) => draft.reply_to(wamid),
                None => draft,
            };
            match by_phone {
                true => draft.to_phone(&number),
                false => draft.to_user(format!("US.{number}")),
            }
        });
    let to_group = prop_oneof![
        words(99).prop_map(Outbound::text),
        (option::of(1_u8..=30), any::<bool>()).prop_map(|(expiration_days, pinned)| {
            Outbound::pin(Pin {
                action: if pinned {
                    PinAction::Pin
                } else {
                    PinAction::Unpin
                },
                message_id: "wamid.1".into(),
                expiration_days,
                extra: Map::new(),
            })
        }),
    ]
    .prop_map(|draft| draft.to_group("Y2FwaV9ncm91cA"));
    prop_oneof![9 => to_person, 1 => to_group]
}

/// Any JSON, sometimes with names that have a meaning.
pub(super) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "text|button|image|body|https://a|[a-z]{0,3}".prop_map(Value::from),
    ];
    let key = "type|text|body|id|link|name|language|code|action|buttons|reply|title|header|components|parameters|[a-z]";
    leaf.prop_recursive(5, 40, 5, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((key, inner), 0..5).prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
