//! The forms of messages by Meta's pages: each type with its fields and limits. They are written a third time here, so
//! that a limit that product and sandbox both have wrong is found as well.

/// The form of a value.
#[derive(Debug)]
pub(crate) enum Shape {
    Text(TextShape),
    /// One of these words.
    Word(&'static [&'static str]),
    /// An id: a text that is not empty, or a whole number.
    Id,
    /// An id of a page of the business, which may be empty.
    AnyId,
    /// An address of the web.
    Link,
    /// A phone number.
    Phone,
    /// A business-scoped user id.
    User,
    Flag,
    /// A number from minus to plus this, also as text.
    Degrees(f64),
    /// A whole number.
    Whole(u64, u64),
    /// The place of a button: a number or a text, and another one in each item.
    Place,
    /// The place of a card: the item's own.
    CardPlace,
    List(Box<ListShape>),
    Object(Vec<Field>),
    /// Any object.
    Free,
    OneOf(Vec<Shape>),
}

/// The form of a text: its characters, and what they may be.
#[derive(Debug)]
pub(crate) struct TextShape {
    pub(crate) least: usize,
    /// The most code points. `None` where no page names a limit.
    pub(crate) most: Option<usize>,
    pub(crate) style: Style,
    /// Tells whether each text of the message is another.
    pub(crate) is_unique: bool,
}

/// The characters that a text may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Any,
    /// The part shows something.
    Shown,
    /// It stands in one line.
    Line,
    /// Small letters, digits and underscores.
    Name,
}

#[derive(Debug)]
pub(crate) struct ListShape {
    pub(crate) of: Shape,
    pub(crate) least: usize,
    /// The most items. `None` where no page names a limit.
    pub(crate) most: Option<usize>,
    /// Tells whether the list's length is all that matters, so that its limits say what is taken.
    pub(crate) is_sole_limit: bool,
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) is_required: bool,
}

fn must(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        is_required: true,
    }
}

fn may(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        shape,
        is_required: false,
    }
}

fn text(least: usize, most: Option<usize>, style: Style) -> Shape {
    Shape::Text(TextShape {
        least,
        most,
        style,
        is_unique: false,
    })
}

fn unique(most: usize) -> Shape {
    Shape::Text(TextShape {
        least: 1,
        most: Some(most),
        style: Style::Shown,
        is_unique: true,
    })
}

fn any() -> Shape {
    text(0, None, Style::Any)
}

fn given() -> Shape {
    text(1, None, Style::Any)
}

fn shown(most: usize) -> Shape {
    text(1, Some(most), Style::Shown)
}

fn upto(most: usize) -> Shape {
    text(0, Some(most), Style::Any)
}

fn list(of: Shape, least: usize, most: usize) -> Shape {
    Shape::List(Box::new(ListShape {
        of,
        least,
        most: Some(most),
        is_sole_limit: true,
    }))
}

/// A list that shares its limit with others of the message.
fn part(of: Shape, least: usize, most: usize) -> Shape {
    Shape::List(Box::new(ListShape {
        of,
        least,
        most: Some(most),
        is_sole_limit: false,
    }))
}

fn any_list(of: Shape) -> Shape {
    Shape::List(Box::new(ListShape {
        of,
        least: 0,
        most: None,
        is_sole_limit: true,
    }))
}

fn object(fields: Vec<Field>) -> Shape {
    Shape::Object(fields)
}

/// The form of a file of this kind.
fn file(kind: &str) -> Shape {
    let rest = || {
        let mut rest = Vec::new();
        if !matches!(kind, "audio" | "sticker") {
            rest.push(may("caption", upto(1_024)));
        }
        if kind == "document" {
            rest.push(may("filename", any()));
        }
        if kind == "audio" {
            rest.push(may("voice", Shape::Flag));
        }
        rest
    };
    let with = |field| {
        let mut fields = vec![field];
        fields.extend(rest());
        object(fields)
    };
    Shape::OneOf(vec![
        with(must("id", Shape::Id)),
        with(must("link", Shape::Link)),
    ])
}

fn place() -> Shape {
    object(vec![
        must("latitude", Shape::Degrees(90.0)),
        must("longitude", Shape::Degrees(180.0)),
        may("name", any()),
        may("address", any()),
    ])
}

fn contact() -> Shape {
    let texts = |names: &[&'static str]| {
        let fields = names.iter().map(|name| may(name, any()));
        object(fields.collect())
    };
    let parts = ["first_name", "last_name", "middle_name", "suffix", "prefix"];
    let name = |sure: &'static str| {
        let mut fields = vec![must("formatted_name", given()), must(sure, any())];
        fields.extend(
            parts
                .iter()
                .filter(|part| **part != sure)
                .map(|part| may(part, any())),
        );
        object(fields)
    };
    object(vec![
        must(
            "name",
            Shape::OneOf(parts.iter().map(|part| name(part)).collect()),
        ),
        may(
            "phones",
            any_list(object(vec![
                may("phone", any()),
                may("type", any()),
                may("wa_id", Shape::AnyId),
            ])),
        ),
        may("emails", any_list(texts(&["email", "type"]))),
        may("urls", any_list(texts(&["url", "type"]))),
        may(
            "addresses",
            any_list(texts(&[
                "street",
                "city",
                "state",
                "zip",
                "country",
                "country_code",
                "type",
            ])),
        ),
        may("org", texts(&["company", "department", "title"])),
        may("birthday", any()),
    ])
}

fn head(kinds: &[&'static str]) -> Shape {
    let of = |kind: &&'static str| match *kind {
        "text" => object(vec![
            must("type", Shape::Word(&["text"])),
            must("text", shown(60)),
            may("sub_text", upto(60)),
        ]),
        "image" => object(vec![
            must("type", Shape::Word(&["image"])),
            must("image", file("image")),
        ]),
        "video" => object(vec![
            must("type", Shape::Word(&["video"])),
            must("video", file("video")),
        ]),
        _ => object(vec![
            must("type", Shape::Word(&["document"])),
            must("document", file("document")),
        ]),
    };
    Shape::OneOf(kinds.iter().map(of).collect())
}

const EVERY_HEADER: &[&str] = &["text", "image", "video", "document"];

/// An interactive message with an optional header of every kind and a body.
fn interactive(kind: &'static [&'static str], action: Shape) -> Shape {
    whole(
        kind,
        vec![
            may("header", head(EVERY_HEADER)),
            must("body", object(vec![must("text", shown(1_024))])),
        ],
        action,
    )
}

fn whole(kind: &'static [&'static str], words: Vec<Field>, action: Shape) -> Shape {
    let mut fields = vec![must("type", Shape::Word(kind))];
    fields.extend(words);
    fields.push(may("footer", object(vec![must("text", shown(60))])));
    fields.push(must("action", action));
    object(fields)
}

fn named(name: &'static [&'static str], parameters: Option<Field>) -> Shape {
    let mut fields = vec![must("name", Shape::Word(name))];
    fields.extend(parameters);
    object(fields)
}

fn reply() -> Shape {
    object(vec![
        must("type", Shape::Word(&["reply"])),
        must(
            "reply",
            object(vec![must("id", unique(256)), must("title", unique(20))]),
        ),
    ])
}

fn row() -> Shape {
    object(vec![
        must("id", unique(200)),
        must("title", shown(24)),
        may("description", upto(72)),
    ])
}

/// One section of many items, or several titled ones of few.
fn sections(name: &'static str, item: fn() -> Shape, most: usize) -> Shape {
    let one = object(vec![
        may("title", upto(24)),
        must(name, list(item(), 1, most)),
    ]);
    let of_several = object(vec![
        must("title", shown(24)),
        must(name, part(item(), 1, most)),
    ]);
    Shape::OneOf(vec![part(one, 1, 1), part(of_several, 2, 10)])
}

fn cta_url() -> Shape {
    named(
        &["cta_url"],
        Some(must(
            "parameters",
            object(vec![
                must("display_text", shown(20)),
                must("url", Shape::Link),
            ]),
        )),
    )
}

fn flow() -> Shape {
    let by = |which| {
        object(vec![
            must("flow_message_version", Shape::Word(&["3"])),
            which,
            must("flow_cta", shown(30)),
            may("flow_token", any()),
            may("flow_action", Shape::Word(&["navigate", "data_exchange"])),
            may("flow_action_payload", Shape::Free),
            may("mode", Shape::Word(&["draft", "published"])),
        ])
    };
    let parameters = Shape::OneOf(vec![
        by(must("flow_id", Shape::Id)),
        by(must("flow_name", given())),
    ]);
    named(&["flow"], Some(must("parameters", parameters)))
}

fn item() -> Shape {
    object(vec![must("product_retailer_id", Shape::Id)])
}

fn card() -> Shape {
    object(vec![
        must("card_index", Shape::CardPlace),
        may("type", Shape::Word(&["cta_url"])),
        may("header", head(&["image", "video"])),
        may(
            "body",
            object(vec![must("text", text(1, Some(160), Style::Any))]),
        ),
        may("action", cta_url()),
    ])
}

/// The forms of interactive messages.
fn interactives() -> Vec<Shape> {
    let order = |rest: Vec<Field>| {
        let mut fields = vec![must("reference_id", given())];
        fields.extend(rest);
        must("parameters", object(fields))
    };
    let body = |most| must("body", object(vec![must("text", shown(most))]));
    let optional_body = || may("body", object(vec![must("text", shown(1_024))]));
    vec![
        interactive(
            &["button"],
            object(vec![must("buttons", list(reply(), 1, 3))]),
        ),
        whole(
            &["list"],
            vec![may("header", head(&["text"])), body(4_096)],
            object(vec![
                must("button", shown(20)),
                must("sections", sections("rows", row, 10)),
            ]),
        ),
        interactive(&["cta_url"], cta_url()),
        interactive(&["flow"], flow()),
        whole(
            &["product"],
            vec![optional_body()],
            object(vec![
                must("catalog_id", Shape::Id),
                must("product_retailer_id", Shape::Id),
            ]),
        ),
        whole(
            &["product_list"],
            vec![must("header", head(&["text"])), body(1_024)],
            object(vec![
                must("catalog_id", Shape::Id),
                must("sections", sections("product_items", item, 30)),
            ]),
        ),
        interactive(
            &["catalog_message"],
            named(
                &["catalog_message"],
                Some(may(
                    "parameters",
                    object(vec![must("thumbnail_product_retailer_id", Shape::AnyId)]),
                )),
            ),
        ),
        interactive(
            &["location_request_message"],
            named(&["send_location"], Some(may("parameters", Shape::Free))),
        ),
        interactive(
            &["address_message"],
            named(
                &["address_message"],
                Some(must(
                    "parameters",
                    object(vec![must("country", given()), may("values", Shape::Free)]),
                )),
            ),
        ),
        interactive(
            &["carousel"],
            object(vec![must("cards", list(card(), 2, 10))]),
        ),
        interactive(
            &["voice_call"],
            named(
                &["voice_call"],
                Some(may(
                    "parameters",
                    object(vec![
                        may("display_text", upto(20)),
                        may("ttl_minutes", Shape::Whole(1, 43_200)),
                    ]),
                )),
            ),
        ),
        whole(
            &["call_permission_request"],
            vec![may("header", head(EVERY_HEADER)), optional_body()],
            named(
                &["call_permission_request"],
                Some(may("parameters", Shape::Free)),
            ),
        ),
        interactive(
            &["request_contact_info"],
            named(
                &["request_contact_info"],
                Some(may("parameters", Shape::Free)),
            ),
        ),
        interactive(
            &["order_details"],
            named(&["review_and_pay"], Some(order(Vec::new()))),
        ),
        interactive(
            &["order_status"],
            named(
                &["review_order"],
                Some(order(vec![must(
                    "order",
                    object(vec![must("status", given()), may("description", any())]),
                )])),
            ),
        ),
    ]
}

/// The values that stand in a line: of at most so many characters.
fn values(most: usize) -> Vec<Shape> {
    let of = |kind: &'static [&'static str], name: &'static str, shape| {
        object(vec![must("type", Shape::Word(kind)), must(name, shape)])
    };
    let line = || text(1, None, Style::Line);
    vec![
        of(&["text"], "text", text(1, Some(most), Style::Line)),
        of(
            &["currency"],
            "currency",
            object(vec![
                must("fallback_value", line()),
                must("code", given()),
                must("amount_1000", Shape::Whole(0, 1_000_000_000)),
            ]),
        ),
        of(
            &["date_time"],
            "date_time",
            object(vec![must("fallback_value", line())]),
        ),
        of(&["location"], "location", place()),
        of(&["image"], "image", file("image")),
        of(&["video"], "video", file("video")),
        of(&["document"], "document", file("document")),
        of(
            &["product"],
            "product",
            object(vec![
                must("product_retailer_id", Shape::AnyId),
                must("catalog_id", Shape::AnyId),
            ]),
        ),
        of(&["hologram"], "hologram", Shape::Free),
    ]
}

fn named_value() -> Shape {
    object(vec![
        must("type", Shape::Word(&["text"])),
        must("text", text(1, Some(32_768), Style::Line)),
        must("parameter_name", any()),
    ])
}

fn button() -> Shape {
    let of = |sub_type, parameters| {
        object(vec![
            must("type", Shape::Word(&["button", "BUTTON"])),
            must("sub_type", Shape::Word(sub_type)),
            must("index", Shape::Place),
            may("parameters", parameters),
        ])
    };
    let one = |name: &'static [&'static str], key: &'static str, shape| {
        any_list(object(vec![
            must("type", Shape::Word(name)),
            must(key, shape),
        ]))
    };
    Shape::OneOf(vec![
        of(
            &["quick_reply", "QUICK_REPLY"],
            one(&["payload"], "payload", given()),
        ),
        of(
            &["url", "voice_call"],
            one(&["text"], "text", text(1, Some(2_000), Style::Line)),
        ),
        of(
            &["copy_code"],
            one(
                &["coupon_code"],
                "coupon_code",
                text(1, Some(20), Style::Line),
            ),
        ),
        of(
            &["flow", "catalog", "mpm"],
            one(&["action"], "action", Shape::Free),
        ),
    ])
}

/// The components that stand in a message and in a card.
fn components() -> Vec<Shape> {
    let of = |kind: &'static [&'static str], parameters| {
        object(vec![
            must("type", Shape::Word(kind)),
            may("parameters", parameters),
        ])
    };
    vec![
        of(&["header", "HEADER"], list(Shape::OneOf(values(60)), 0, 1)),
        of(&["body", "BODY"], any_list(Shape::OneOf(values(32_768)))),
        of(&["body"], any_list(named_value())),
        button(),
        of(
            &["tap_target_configuration"],
            any_list(object(vec![
                must("type", Shape::Word(&["tap_target_configuration"])),
                must("tap_target_configuration", any_list(Shape::Free)),
            ])),
        ),
        of(
            &["order_status", "footer", "hologram"],
            any_list(Shape::OneOf(values(32_768))),
        ),
    ]
}

fn template() -> Shape {
    let mut all = components();
    all.push(object(vec![
        must("type", Shape::Word(&["limited_time_offer"])),
        must(
            "parameters",
            list(
                object(vec![
                    must("type", Shape::Word(&["limited_time_offer"])),
                    must(
                        "limited_time_offer",
                        object(vec![must(
                            "expiration_time_ms",
                            Shape::Whole(1, 9_000_000_000_000_000),
                        )]),
                    ),
                ]),
                1,
                1,
            ),
        ),
    ]));
    all.push(object(vec![
        must("type", Shape::Word(&["carousel"])),
        must(
            "cards",
            list(
                object(vec![
                    must("card_index", Shape::CardPlace),
                    must("components", any_list(Shape::OneOf(components()))),
                ]),
                2,
                10,
            ),
        ),
    ]));
    object(vec![
        must("name", text(1, Some(512), Style::Name)),
        must(
            "language",
            object(vec![
                must("code", given()),
                may("policy", Shape::Word(&["deterministic"])),
            ]),
        ),
        may("components", any_list(Shape::OneOf(all))),
    ])
}

/// A type of message.
#[derive(Debug)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    pub(crate) is_for_groups: bool,
    pub(crate) is_for_persons: bool,
    /// The weight with which it is drawn.
    pub(crate) weight: usize,
}

/// Returns the types of messages.
pub(crate) fn kinds() -> Vec<Kind> {
    let kind = |name, shape, weight| Kind {
        name,
        shape,
        is_for_groups: !matches!(name, "location" | "contacts" | "reaction" | "interactive"),
        is_for_persons: name != "pin",
        weight,
    };
    let mut kinds = vec![
        kind(
            "text",
            object(vec![
                must("body", text(1, Some(4_096), Style::Any)),
                may("preview_url", Shape::Flag),
            ]),
            8,
        ),
        kind("location", place(), 4),
        kind("contacts", list(contact(), 1, 257), 6),
        kind(
            "reaction",
            object(vec![must("message_id", given()), must("emoji", any())]),
            4,
        ),
        kind(
            "pin",
            object(vec![
                must("type", Shape::Word(&["pin", "unpin"])),
                must("message_id", given()),
                may("expiration_days", Shape::Whole(1, 30)),
            ]),
            3,
        ),
        kind("template", template(), 30),
    ];
    for name in ["image", "video", "audio", "document", "sticker"] {
        kinds.push(kind(name, file(name), 3));
    }
    for shape in interactives() {
        kinds.push(kind("interactive", shape, 4));
    }
    kinds
}
