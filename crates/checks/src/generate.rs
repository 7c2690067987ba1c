//! Makes bodies: a valid one of a type, then up to three changes at places that the shapes name.

use serde_json::{Map, Value, json};

use crate::{
    random::Random,
    shape::{Kind, ListShape, Shape, kinds},
    texts,
};

/// A body, and what is known of it.
#[derive(Debug, Clone)]
pub struct Case {
    /// The body of `POST <phone>/messages`.
    pub body: Value,
    /// The type of the message, and the changes that were made to a valid body.
    pub what: String,
    /// The names of fields that were added or moved, and may belong to no such object.
    pub strays: Vec<String>,
    /// Tells whether Meta's pages say that the body is taken (`true`) or refused. `None`: no page says it.
    pub expected: Option<bool>,
}

/// A place in a body, and its form.
struct Spot<'s> {
    pointer: String,
    shape: &'s Shape,
    is_required: bool,
}

/// Makes the bodies of a seed.
#[derive(Debug)]
pub struct Generator {
    seed: u64,
    kinds: Vec<Kind>,
    context: Shape,
}

impl Generator {
    /// Creates a generator. The same seed makes the same bodies.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            kinds: kinds(),
            context: Shape::Free,
        }
    }

    /// Makes the body at this place of the seed's.
    pub fn case(&self, place: u64) -> Case {
        let mut random = Random::new(self.seed, place);
        let all: usize = self.kinds.iter().map(|kind| kind.weight).sum();
        let mut drawn = random.below(all);
        let kind = self
            .kinds
            .iter()
            .find(|kind| {
                let is_it = drawn < kind.weight;
                drawn = drawn.saturating_sub(kind.weight);
                is_it
            })
            .unwrap_or(&self.kinds[0]);
        let mut maker = Maker {
            random,
            spots: Vec::new(),
            counter: 0,
        };
        let mut case = maker.valid(kind, &self.context);
        let changes = match maker.random.below(100) {
            0..20 => 0,
            20..80 => 1,
            80..95 => 2,
            _ => 3,
        };
        for _ in 0..changes {
            maker.change(&mut case, kind);
        }
        if changes > 1 {
            case.expected = None;
        }
        case
    }
}

struct Maker<'s> {
    random: Random,
    spots: Vec<Spot<'s>>,
    counter: usize,
}

const PHONES: [&str; 5] = [
    "+15550100123",
    "15550100123",
    "+1 (555) 010-0123",
    " +55 11 98765-4321",
    "4915112345678",
];
const USERS: [&str; 4] = [
    "US.13491208655302741918",
    "BR.1000000000000001",
    "US.ENT.11815799212886844830",
    "DE.a1B2",
];
const LINKS: [&str; 5] = [
    "https://a.example/x.png",
    "http://a.example",
    "https://ä.example/?q=a b#c",
    "https://1.2.3.4:8080/a",
    "HTTPS://A.EXAMPLE/a",
];

/// Words that have a meaning at other places.
const WORDS: [&str; 43] = [
    "button",
    "list",
    "cta_url",
    "flow",
    "product",
    "product_list",
    "catalog_message",
    "location_request_message",
    "address_message",
    "carousel",
    "voice_call",
    "call_permission_request",
    "request_contact_info",
    "order_details",
    "order_status",
    "text",
    "image",
    "video",
    "document",
    "gif",
    "location",
    "currency",
    "date_time",
    "payload",
    "coupon_code",
    "action",
    "limited_time_offer",
    "tap_target_configuration",
    "header",
    "HEADER",
    "body",
    "footer",
    "BUTTON",
    "Carousel",
    "LIMITED_TIME_OFFER",
    "quick_reply",
    "reply",
    "send_location",
    "review_order",
    "pin",
    "navigate",
    "TEXT",
    "",
];

impl<'s> Maker<'s> {
    /// Makes a body that keeps every limit.
    fn valid(&mut self, kind: &'s Kind, context: &'s Shape) -> Case {
        let to_group = match (kind.is_for_groups, kind.is_for_persons) {
            (true, true) => self.random.percent(20),
            (is_group, _) => is_group,
        };
        let mut body = Map::new();
        if self.random.percent(70) {
            body.insert("messaging_product".to_owned(), json!("whatsapp"));
        }
        if to_group {
            body.insert("recipient_type".to_owned(), json!("group"));
            let group = *self.random.pick(&["Y2FwaV9ncm91cDox", "120363@g.us"]);
            body.insert("to".to_owned(), json!(group));
        } else {
            if self.random.percent(40) {
                body.insert("recipient_type".to_owned(), json!("individual"));
            }
            let by = self.random.below(10);
            if by < 8 {
                let phone = match self.random.percent(10) {
                    true => json!(15_550_100_123_u64),
                    false => json!(*self.random.pick(&PHONES)),
                };
                body.insert("to".to_owned(), phone);
                self.spot("/to", &Shape::Phone, true);
            }
            if by >= 7 {
                let user = *self.random.pick(&USERS);
                body.insert("recipient".to_owned(), json!(user));
                self.spot("/recipient", &Shape::User, by >= 8);
            }
        }
        if kind.name != "text" || self.random.percent(80) {
            body.insert("type".to_owned(), json!(kind.name));
        }
        if self.random.percent(20) {
            body.insert(
                "context".to_owned(),
                json!({"message_id": "wamid.HBgLNDkxNTExMjM0NTY3OA=="}),
            );
            self.spot("/context", context, false);
        }
        if self.random.percent(5) {
            body.insert("recipient_identity_key_hash".to_owned(), json!("hash="));
        }
        let content = self.make(&kind.shape, &format!("/{}", kind.name), true);
        let inner = content
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let what = format!("{} {inner}", kind.name).trim().to_owned();
        body.insert(kind.name.to_owned(), content);
        Case {
            body: Value::Object(body),
            what,
            strays: Vec::new(),
            expected: Some(true),
        }
    }

    fn spot(&mut self, pointer: &str, shape: &'s Shape, is_required: bool) {
        self.spots.push(Spot {
            pointer: pointer.to_owned(),
            shape,
            is_required,
        });
    }

    /// Makes a value that keeps its shape.
    fn make(&mut self, shape: &'s Shape, pointer: &str, is_required: bool) -> Value {
        if let Shape::OneOf(shapes) = shape {
            let one = &shapes[self.random.below(shapes.len())];
            return self.make(one, pointer, is_required);
        }
        self.spot(pointer, shape, is_required);
        self.counter += 1;
        match shape {
            Shape::Text(text) => texts::ordinary(text, self.counter, &mut self.random).into(),
            Shape::Word(words) => json!(*self.random.pick(words)),
            Shape::Id | Shape::AnyId => match self.random.percent(30) {
                true => json!(self.random.next() >> 20),
                false => json!((self.random.next() >> 20).to_string()),
            },
            Shape::Link => json!(*self.random.pick(&LINKS)),
            Shape::Phone => json!(*self.random.pick(&PHONES)),
            Shape::User => json!(*self.random.pick(&USERS)),
            Shape::Flag => json!(self.random.percent(50)),
            Shape::Degrees(most) => {
                let millionths = self.random.below((most * 2e6) as usize + 1);
                let degrees = millionths as f64 / 1e6 - most;
                match self.random.percent(30) {
                    true => json!(degrees.to_string()),
                    false => json!(degrees),
                }
            }
            Shape::Whole(least, most) => {
                let wide = (most - least) as usize;
                json!(least + self.random.below(wide.saturating_add(1)) as u64)
            }
            Shape::Place | Shape::CardPlace => {
                let place = pointer
                    .split('/')
                    .rev()
                    .find_map(|part| part.parse::<usize>().ok());
                let place = place.unwrap_or_default();
                match matches!(shape, Shape::Place) && self.random.percent(60) {
                    true => json!(place.to_string()),
                    false => json!(place),
                }
            }
            Shape::List(list) => {
                let more = if list.is_sole_limit { 3 } else { 1 };
                let most = list.most.unwrap_or(4).min(list.least + more);
                let many = list.least + self.random.below(most - list.least + 1);
                let items =
                    (0..many).map(|at| self.make(&list.of, &format!("{pointer}/{at}"), true));
                Value::Array(items.collect())
            }
            Shape::Object(fields) => {
                let mut object = Map::new();
                for field in fields {
                    if field.is_required || self.random.percent(45) {
                        let below = format!("{pointer}/{}", field.name);
                        let value = self.make(&field.shape, &below, field.is_required);
                        object.insert(field.name.to_owned(), value);
                    }
                }
                Value::Object(object)
            }
            Shape::Free => json!({"a": [1, "b", null], "screen": "FIRST"}),
            Shape::OneOf(_) => Value::Null,
        }
    }

    /// Makes one change.
    fn change(&mut self, case: &mut Case, kind: &Kind) {
        let (what, expected) = match self.random.percent(18) {
            true => self.change_envelope(case, kind),
            false => self.change_spot(case),
        };
        case.what = format!("{}: {what}", case.what);
        case.expected = expected;
    }

    fn change_spot(&mut self, case: &mut Case) -> (String, Option<bool>) {
        let at = self.random.below(self.spots.len());
        let Spot {
            pointer,
            shape,
            is_required,
        } = &self.spots[at];
        let (pointer, shape, is_required) = (pointer.clone(), *shape, *is_required);
        if self.random.percent(12) {
            let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
            let Some(Value::Object(parent)) = case.body.pointer_mut(parent) else {
                return (format!("{pointer} stays"), None);
            };
            if parent.remove(key).is_none() {
                return (format!("{pointer} stays"), None);
            }
            // Others of these may be there, or no page says that they must be.
            const UNSURE: [&str; 15] = [
                "to",
                "recipient",
                "id",
                "link",
                "first_name",
                "last_name",
                "middle_name",
                "suffix",
                "prefix",
                "parameter_name",
                "tap_target_configuration",
                "hologram",
                "product",
                "product_retailer_id",
                "catalog_id",
            ];
            let is_open = UNSURE.contains(&key) || key == "name" && pointer.contains("/cards/");
            let expected = (!is_open).then_some(!is_required);
            return (format!("{pointer} is left out"), expected);
        }
        if self.random.percent(10) {
            return self.add_stray(case, &pointer);
        }
        let Some(value) = case.body.pointer(&pointer).cloned() else {
            return (format!("{pointer} stays"), None);
        };
        if self.random.percent(12) {
            let from = self.random.below(self.spots.len());
            let from = self.spots[from].pointer.clone();
            let Some(value) = case.body.pointer(&from).cloned() else {
                return (format!("{pointer} stays"), None);
            };
            if let Some(place) = case.body.pointer_mut(&pointer) {
                case.strays.extend(names_in(&value));
                *place = value;
            }
            return (format!("{pointer} is what {from} is"), None);
        }
        let (what, value, expected) = match self.random.percent(30) {
            true => self.other_type(&value),
            false => self.within(shape, &pointer, value),
        };
        if let Some(place) = case.body.pointer_mut(&pointer) {
            *place = value;
        }
        (format!("{pointer} {what}"), expected)
    }

    /// Adds a field that is no field of the object, or belongs to another kind of it.
    fn add_stray(&mut self, case: &mut Case, pointer: &str) -> (String, Option<bool>) {
        const NAMES: [&str; 20] = [
            "shade",
            "templateId",
            "x-y",
            "caption",
            "filename",
            "voice",
            "id",
            "link",
            "cards",
            "index",
            "sub_type",
            "parameters",
            "header",
            "text",
            "title",
            "name",
            "message_id",
            "sub_text",
            "a/b~c",
            "ö",
        ];
        let mut pointer = pointer.to_owned();
        // The nearest object above.
        while !case.body.pointer(&pointer).is_some_and(Value::is_object) {
            pointer.truncate(pointer.rfind('/').unwrap_or(0));
        }
        let name = *self.random.pick(&NAMES);
        let values = [
            json!("x"),
            json!(1),
            json!(null),
            json!({"a": 1}),
            json!([]),
            json!(true),
        ];
        let value = self.random.pick(&values).clone();
        if let Some(Value::Object(object)) = case.body.pointer_mut(&pointer)
            && !object.contains_key(name)
        {
            object.insert(name.to_owned(), value);
            case.strays.push(name.to_owned());
        }
        (format!("{pointer} has a field {name}"), None)
    }

    fn other_type(&mut self, value: &Value) -> (&'static str, Value, Option<bool>) {
        let as_text = |value: &Value| match value {
            Value::String(text) => match text.parse::<u64>() {
                Ok(number) => json!(number),
                Err(_) => json!(12),
            },
            Value::Number(number) => json!(number.to_string()),
            Value::Bool(flag) => json!(flag.to_string()),
            other => json!([other]),
        };
        let others = [
            ("is null", Value::Null),
            ("is another type", as_text(value)),
            ("is 7", json!(7)),
            ("is 1.5", json!(1.5)),
            ("is -1", json!(-1)),
            ("is 18446744073709551615", json!(u64::MAX)),
            ("is 1e300", json!(1e300)),
            ("is true", json!(true)),
            ("is false", json!(false)),
            ("is a text", json!("text")),
            ("is an empty text", json!("")),
            ("is an empty list", json!([])),
            ("is a list of null", json!([null])),
            ("is a list of texts", json!(["a", "a"])),
            ("is a list of empty objects", json!([{}, {}])),
            ("is an empty object", json!({})),
            ("is an object", json!({"a": 1})),
            ("is an object of null", json!({"a": null})),
        ];
        let (what, other) = self.random.pick(&others).clone();
        (what, other, None)
    }

    /// Makes another value of the shape, at its limits or one beyond.
    fn within(
        &mut self,
        shape: &'s Shape,
        pointer: &str,
        value: Value,
    ) -> (&'static str, Value, Option<bool>) {
        match shape {
            Shape::Text(text) => match (self.random.below(3), text.most) {
                (0, Some(most)) => {
                    let mark = text.is_unique.then_some(0xfff);
                    let full = texts::exactly(most, text.style, mark, &mut self.random);
                    ("is as long as may be", full.into(), Some(true))
                }
                (1, Some(most)) => {
                    let mark = text.is_unique.then_some(0xfff);
                    let long = texts::exactly(most + 1, text.style, mark, &mut self.random);
                    ("is too long", long.into(), Some(false))
                }
                (0, None) => {
                    let long = texts::exactly(5_000, text.style, None, &mut self.random);
                    ("is very long", long.into(), Some(true))
                }
                _ => {
                    let odd = *self.random.pick(&texts::ODD);
                    let expected = (odd.is_empty()).then_some(text.least == 0);
                    ("is odd", odd.into(), expected)
                }
            },
            Shape::Word(words) => {
                let word = *self.random.pick(words);
                let others = [
                    word.to_uppercase(),
                    format!(" {word}"),
                    format!("{word}s"),
                    (*self.random.pick(&WORDS)).to_owned(),
                    (*self.random.pick(&WORDS)).to_owned(),
                    (*self.random.pick(&WORDS)).to_owned(),
                    "\u{212a}".to_owned(),
                ];
                ("is another word", json!(self.random.pick(&others)), None)
            }
            Shape::Id | Shape::AnyId => {
                let others = [
                    json!(0),
                    json!(1),
                    json!(u64::MAX),
                    json!(-5),
                    json!(1.0),
                    json!("0"),
                    json!("abc"),
                    json!(" "),
                    json!(""),
                    json!("9".repeat(300)),
                ];
                ("is another id", self.random.pick(&others).clone(), None)
            }
            Shape::Link => {
                let others = [
                    "https://",
                    "https:///a",
                    "https:// /a",
                    "ftp://a.example",
                    "a.example",
                    "//a.example",
                    " https://a.example",
                    "https:a.example",
                    "hTTp://a.example",
                    "https://a b/c",
                    "https://[::1]/",
                    "javascript://a",
                    "https://?a",
                    "https://a.example/\n",
                    "http://a.example:99999",
                    "ﬁle://a",
                ];
                let long = format!("https://a.example/{}", "a".repeat(3_000));
                match self.random.percent(10) {
                    true => ("is a long address", long.into(), Some(true)),
                    false => (
                        "is another address",
                        json!(*self.random.pick(&others)),
                        None,
                    ),
                }
            }
            Shape::Phone => {
                let others = [
                    json!("123456"),
                    json!("1234567"),
                    json!("123456789012345"),
                    json!("1234567890123456"),
                    json!("0049 151 1234567"),
                    json!("+0491511234567"),
                    json!("++15550100123"),
                    json!("1+5550100123"),
                    json!("1.555.010.0123"),
                    json!("1\u{a0}555 010 0123"),
                    json!("\u{a0}15550100123"),
                    json!("١٥٥٥٠١٠٠١٢٣"),
                    json!("１５５５０１００１２３"),
                    json!("call me"),
                    json!("BR.1000000000000001"),
                    json!("120363@g.us"),
                    json!(""),
                    json!(" "),
                    json!("+"),
                    json!("-15550100123"),
                    json!(15_550_100_123_u64),
                    json!(-15_550_100_123_i64),
                    json!(15_550_100_123.5),
                    json!("whatsapp:+15550100123"),
                ];
                ("is another number", self.random.pick(&others).clone(), None)
            }
            Shape::User => {
                let others = [
                    json!(format!("US.{}", "1".repeat(128))),
                    json!(format!("US.{}", "1".repeat(129))),
                    json!(format!("US.ENT.{}", "1".repeat(128))),
                    json!("US."),
                    json!("us.1"),
                    json!("USA.1"),
                    json!("US.1.2"),
                    json!("US.1-2"),
                    json!("US.ENT."),
                    json!("US.ENT"),
                    json!("ÄÖ.1"),
                    json!(" US.1"),
                    json!("+1 555 010 0123"),
                    json!("somebody"),
                    json!(""),
                    json!(12),
                    json!(15_550_100_123_u64),
                ];
                (
                    "is another user id",
                    self.random.pick(&others).clone(),
                    None,
                )
            }
            Shape::Degrees(most) => {
                let others = [
                    json!(most),
                    json!(-most),
                    json!(most + 0.000_001),
                    json!(-most - 1.0),
                    json!(most.to_string()),
                    json!(format!(" {most} ")),
                    json!("NaN"),
                    json!("inf"),
                    json!("1e1"),
                    json!("12,5"),
                    json!("+5"),
                    json!(".5"),
                    json!(""),
                    json!(-0.0),
                    json!(12),
                ];
                ("is another number", self.random.pick(&others).clone(), None)
            }
            Shape::Whole(least, most) => {
                let (value, expected) = match self.random.below(6) {
                    0 => (json!(least), Some(true)),
                    1 => (json!(most), Some(true)),
                    2 => (json!(most + 1), None),
                    3 => (json!(*least as i64 - 1), None),
                    4 => (json!(least.to_string()), None),
                    _ => (json!(*least as f64), None),
                };
                ("is another number", value, expected)
            }
            Shape::Place | Shape::CardPlace => {
                let others = [
                    json!(0),
                    json!("0"),
                    json!(9),
                    json!("9"),
                    json!(10),
                    json!("10"),
                    json!("+1"),
                    json!("01"),
                    json!(" 1"),
                    json!(-1),
                    json!("-1"),
                    json!(1.0),
                    json!("256"),
                    json!(""),
                    json!("x"),
                ];
                ("is another place", self.random.pick(&others).clone(), None)
            }
            Shape::List(list) => self.resize(list, pointer, value),
            Shape::Flag => ("is a word", json!("true"), Some(false)),
            Shape::Object(_) | Shape::Free | Shape::OneOf(_) => ("is empty", json!({}), None),
        }
    }

    /// Makes a list of as many items as may be, or one more or fewer, or with one item twice.
    fn resize(
        &mut self,
        list: &'s ListShape,
        pointer: &str,
        value: Value,
    ) -> (&'static str, Value, Option<bool>) {
        let Value::Array(mut items) = value else {
            return ("stays", value, None);
        };
        let (what, many, expected) = match (self.random.below(5), list.most, list.least) {
            (0 | 1, Some(most), _) => ("has as many items as may be", most, true),
            (2, Some(most), _) => ("has too many items", most + 1, false),
            (2, None, _) => ("has many items", 12, true),
            (3, _, 1..) => ("has too few items", list.least - 1, false),
            _ => {
                if let Some(first) = items.first().cloned() {
                    items.push(first);
                }
                return ("has its first item twice", Value::Array(items), None);
            }
        };
        items.truncate(many);
        while items.len() < many {
            let item = self.make(&list.of, &format!("{pointer}/{}", items.len()), true);
            items.push(item);
        }
        let expected = Some(expected).filter(|_| list.is_sole_limit && list.most.is_some());
        (what, Value::Array(items), expected)
    }

    /// Changes a field beside the content.
    fn change_envelope(&mut self, case: &mut Case, kind: &Kind) -> (String, Option<bool>) {
        let Value::Object(body) = &mut case.body else {
            return ("stays".to_owned(), None);
        };
        let words = [
            "text",
            "image",
            "interactive",
            "template",
            "pin",
            "reaction",
            "contacts",
            "poll",
            "TEXT",
            "",
        ];
        let fields: [(&str, Vec<Value>); 12] = [
            ("type", words.map(Value::from).to_vec()),
            (
                "recipient_type",
                vec![
                    json!("group"),
                    json!("individual"),
                    json!("GROUP"),
                    json!(1),
                    json!(null),
                ],
            ),
            (
                "messaging_product",
                vec![json!("sms"), json!(null), json!(1), json!("WhatsApp")],
            ),
            (
                "to",
                vec![
                    json!(null),
                    json!(""),
                    json!({}),
                    json!([]),
                    json!(true),
                    json!(7),
                    json!("15550100123"),
                ],
            ),
            (
                "recipient",
                vec![
                    json!(null),
                    json!(""),
                    json!({}),
                    json!(7),
                    json!("US.1"),
                    json!("somebody"),
                ],
            ),
            (
                "context",
                vec![
                    json!(null),
                    json!({}),
                    json!({"message_id": null}),
                    json!({"message_id": ""}),
                    json!({"message_id": "x"}),
                    json!({"message_id": 7}),
                    json!({"id": "wamid.1"}),
                    json!("wamid.1"),
                    json!([]),
                ],
            ),
            (
                "recipient_identity_key_hash",
                vec![json!(""), json!("h"), json!(1), json!(null), json!({})],
            ),
            (
                "biz_opaque_callback_data",
                vec![
                    json!("x"),
                    json!("x".repeat(512)),
                    json!("x".repeat(513)),
                    json!(1),
                    json!(null),
                ],
            ),
            ("text", vec![json!({"body": "b"}), json!("b"), json!(null)]),
            ("image", vec![json!({"id": "1"}), json!(null)]),
            ("shade", vec![json!("blue"), json!(null), json!("\u{0}")]),
            ("messaging_account_id", vec![json!("1"), json!(1)]),
        ];
        let (name, values) = self.random.pick(&fields);
        let value = self.random.pick(values).clone();
        if *name == kind.name {
            return ("stays".to_owned(), None);
        }
        let what = format!("/{name} is {value}");
        body.insert((*name).to_owned(), value);
        (what, None)
    }
}

/// Returns the names of the fields in a value, at any depth.
fn names_in(value: &Value) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let below = fields.values().flat_map(names_in);
            fields.keys().cloned().chain(below).collect()
        }
        Value::Array(items) => items.iter().flat_map(names_in).collect(),
        _ => Vec::new(),
    }
}
