//! Pairs of a template and the values of a message, from the limits of Meta's pages.

use serde_json::{Value, json};

use crate::random::Random;

/// A template and a message with it.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The template, as Meta shows it.
    pub template: Value,
    /// The `template` object of a message.
    pub message: Value,
    /// The change that was made, in words. Empty if the message is valid.
    pub what: String,
}

/// Makes pairs. The same seed makes the same pairs.
#[derive(Debug)]
pub struct PairGenerator {
    seed: u64,
}

/// Texts that a line may hold, and some that it may not.
const ODD: [&str; 14] = [
    "",
    " ",
    "a\nb",
    "a\tb",
    "a\rb",
    "a     b",
    "a    b",
    "\u{a0}",
    "\u{feff}",
    "é",
    "👩‍👩‍👧",
    "\u{202e}abc",
    "{{1}}",
    "a\u{2028}b",
];

impl PairGenerator {
    /// Begins the pairs of a seed.
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Makes the pair of a place.
    pub fn pair(&self, place: u64) -> Pair {
        let mut maker = Maker {
            random: Random::new(self.seed ^ 0x7465_6d70_6c61_7465, place),
            is_named: false,
            has_offer: false,
        };
        let template = maker.template();
        let mut components = maker.values(&template);
        let mut what = Vec::new();
        let changes = *maker.random.pick(&[0, 1, 1, 1, 2, 3]);
        for _ in 0..changes {
            what.extend(maker.change(&mut components));
        }
        let mut message =
            json!({"name": template["name"], "language": {"code": template["language"]}});
        match &components {
            Value::Array(list) if list.is_empty() && maker.random.percent(50) => {}
            _ => message["components"] = components,
        }
        Pair {
            template,
            message,
            what: what.join(", "),
        }
    }
}

struct Maker {
    random: Random,
    is_named: bool,
    has_offer: bool,
}

impl Maker {
    fn template(&mut self) -> Value {
        let category = *self.random.pick(&[
            "MARKETING",
            "MARKETING",
            "MARKETING",
            "MARKETING",
            "UTILITY",
            "UTILITY",
            "UTILITY",
            "AUTHENTICATION",
        ]);
        let mut node = json!({
            "id": "1", "name": "n", "language": "en_US", "status": "APPROVED", "category": category,
            "parameter_format": "POSITIONAL",
        });
        if category == "AUTHENTICATION" {
            node["components"] = self.code();
            return node;
        }
        self.is_named = self.random.percent(30);
        if self.is_named {
            node["parameter_format"] = json!("NAMED");
        }
        let is_marketing = category == "MARKETING";
        let mut components = Vec::new();
        if is_marketing && self.random.percent(12) {
            self.has_offer = true;
            components
                .push(json!({"type": "HEADER", "format": self.random.pick(&["IMAGE", "VIDEO"])}));
            components.push(self.body(600));
            components.push(json!({"type": "LIMITED_TIME_OFFER", "limited_time_offer": {
                "text": "Sale", "has_expiration": self.random.percent(70)}}));
            let mut buttons = vec![json!({"type": "COPY_CODE", "text": "Copy", "example": "SALE"})];
            if self.random.percent(70) {
                buttons.push(self.url());
            }
            components.push(json!({"type": "BUTTONS", "buttons": buttons}));
        } else if is_marketing && self.random.percent(20) {
            components.push(self.body(1024));
            components.push(self.carousel());
        } else {
            components.extend(self.header(is_marketing));
            components.push(self.body(1024));
            if self.random.percent(30) {
                components.push(json!({"type": "FOOTER", "text": "Bye"}));
            }
            components.extend(self.buttons(is_marketing));
        }
        node["components"] = components.into();
        node
    }

    fn code(&mut self) -> Value {
        let button = match self.random.percent(50) {
            true => json!({"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}),
            false => json!({"type": "URL", "text": "Copy code",
                "url": "https://www.whatsapp.com/otp/code/?otp_type=COPY_CODE&code=otp{{1}}"}),
        };
        json!([
            {"type": "BODY", "text": "*{{1}}* is your verification code.", "example": {"body_text": [["123456"]]}},
            {"type": "FOOTER", "text": "This code expires in 10 minutes."},
            {"type": "BUTTONS", "buttons": [button]},
        ])
    }

    fn header(&mut self, is_marketing: bool) -> Option<Value> {
        let formats = [
            "", "TEXT", "TEXT", "IMAGE", "VIDEO", "DOCUMENT", "LOCATION", "GIF", "PRODUCT",
        ];
        let formats = if is_marketing {
            &formats[..]
        } else {
            &formats[..7]
        };
        match *self.random.pick(formats) {
            "" => None,
            "TEXT" if self.random.percent(60) => {
                let variable = if self.is_named { "{{head}}" } else { "{{1}}" };
                Some(
                    json!({"type": "HEADER", "format": "TEXT", "text": format!("For {variable} é")}),
                )
            }
            "TEXT" => Some(json!({"type": "HEADER", "format": "TEXT", "text": "News"})),
            format => Some(
                json!({"type": "HEADER", "format": format, "example": {"header_handle": ["https://cdn.example/x"]}}),
            ),
        }
    }

    /// Makes a body with up to four variables, one of them twice at times.
    fn body(&mut self, longest: usize) -> Value {
        let many = self.random.below(5);
        let mut text = "Dear customer é,".to_owned();
        for at in 0..many {
            let variable = self.variable(at);
            text.push_str(&format!(" word {variable},"));
        }
        if many > 0 && self.random.percent(20) {
            let variable = self.variable(0);
            text.push_str(&format!(" again {variable},"));
        }
        text.push_str(" bye.");
        if self.random.percent(10) {
            let long = text.chars().count();
            // The values need some of the room.
            let room = longest.saturating_sub(long + 60);
            text.insert_str(0, &"x".repeat(self.random.below(room)));
        }
        json!({"type": "BODY", "text": text})
    }

    fn variable(&mut self, at: usize) -> String {
        let space = if self.random.percent(5) { " " } else { "" };
        match self.is_named {
            true => format!(
                "{{{{{space}{}{space}}}}}",
                ["who", "what", "order_id", "day"][at]
            ),
            false => format!("{{{{{space}{}{space}}}}}", at + 1),
        }
    }

    fn url(&mut self) -> Value {
        match self.random.percent(60) {
            true => {
                json!({"type": "URL", "text": "Track", "url": "https://a.example/é/{{1}}", "example": ["x"]})
            }
            false => json!({"type": "URL", "text": "Shop", "url": "https://a.example/"}),
        }
    }

    fn buttons(&mut self, is_marketing: bool) -> Option<Value> {
        let many = *self.random.pick(&[0, 0, 1, 1, 2, 3, 5]);
        let kinds = [
            "QUICK_REPLY",
            "URL",
            "URL",
            "PHONE_NUMBER",
            "FLOW",
            "VOICE_CALL",
            "REQUEST_CONTACT_INFO",
            "COPY_CODE",
            "CATALOG",
            "MPM",
            "SPM",
        ];
        let kinds = if is_marketing {
            &kinds[..]
        } else {
            &kinds[..7]
        };
        let buttons: Vec<Value> = (0..many)
            .map(|_| match *self.random.pick(kinds) {
                "URL" => self.url(),
                "PHONE_NUMBER" => json!({"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550100123"}),
                "FLOW" => json!({"type": "FLOW", "text": "Form", "flow_id": "1", "flow_action": "NAVIGATE", "navigate_screen": "A"}),
                "COPY_CODE" => json!({"type": "COPY_CODE", "text": "Copy", "example": "SALE"}),
                kind => json!({"type": kind, "text": "Tap"}),
            })
            .collect();
        (!buttons.is_empty()).then(|| json!({"type": "BUTTONS", "buttons": buttons}))
    }

    fn carousel(&mut self) -> Value {
        let is_of_products = self.random.percent(30);
        let card = if is_of_products {
            let button = match self.random.percent(50) {
                true => json!({"type": "SPM", "text": "View"}),
                false => self.url(),
            };
            json!({"components": [{"type": "HEADER", "format": "PRODUCT"}, {"type": "BUTTONS", "buttons": [button]}]})
        } else {
            let mut parts =
                vec![json!({"type": "HEADER", "format": self.random.pick(&["IMAGE", "VIDEO"])})];
            if self.random.percent(70) {
                let variable = self.variable(0);
                parts.push(json!({"type": "BODY", "text": format!("Now {variable} off")}));
            }
            let mut buttons = vec![json!({"type": "QUICK_REPLY", "text": "Yes"})];
            if self.random.percent(50) {
                buttons.push(self.url());
            }
            parts.push(json!({"type": "BUTTONS", "buttons": buttons}));
            json!({"components": parts})
        };
        let many = if is_of_products {
            2
        } else {
            *self.random.pick(&[2, 2, 3, 10])
        };
        json!({"type": "CAROUSEL", "cards": vec![card; many]})
    }

    /// Makes the values that a template needs, and some that it may have.
    fn values(&mut self, template: &Value) -> Value {
        let is_code = template["category"] == "AUTHENTICATION";
        let parts = template["components"].as_array().unwrap();
        let mut made = self.part(parts, is_code);
        for part in parts {
            match part["type"].as_str().unwrap() {
                "LIMITED_TIME_OFFER" if part["limited_time_offer"]["has_expiration"] == true => {
                    made.push(json!({"type": "limited_time_offer", "parameters": [{"type": "limited_time_offer",
                        "limited_time_offer": {"expiration_time_ms": 1_900_000_000_000_u64}}]}));
                }
                "CAROUSEL" => {
                    let cards = part["cards"].as_array().unwrap();
                    let is_of_products = cards[0]["components"][0]["format"] == "PRODUCT";
                    let many = match is_of_products {
                        true => 2 + self.random.below(9),
                        false => cards.len(),
                    };
                    let cards: Vec<Value> = (0..many)
                        .map(|at| {
                            let card = cards.get(at).unwrap_or(&cards[0]);
                            let parts = card["components"].as_array().unwrap();
                            json!({"card_index": at, "components": self.part(parts, false)})
                        })
                        .collect();
                    made.push(json!({"type": "carousel", "cards": cards}));
                }
                _ => {}
            }
        }
        made.into()
    }

    fn part(&mut self, parts: &[Value], is_code: bool) -> Vec<Value> {
        let mut made = Vec::new();
        for part in parts {
            let text = part["text"].as_str().unwrap_or_default();
            match part["type"].as_str().unwrap() {
                "HEADER" => {
                    let format = part["format"].as_str().unwrap();
                    let values = match format {
                        "TEXT" => self.texts(text),
                        "LOCATION" => vec![
                            json!({"type": "location", "location": {"latitude": 1.5, "longitude": "2"}}),
                        ],
                        "PRODUCT" => vec![
                            json!({"type": "product", "product": {"product_retailer_id": "p", "catalog_id": "c"}}),
                        ],
                        _ if self.has_offer && self.random.percent(20) => Vec::new(),
                        format => {
                            let kind = format.to_lowercase();
                            let file = match self.random.percent(50) {
                                true => json!({"id": "1"}),
                                false => json!({"link": "https://a.example/x"}),
                            };
                            vec![json!({"type": kind.clone(), kind: file})]
                        }
                    };
                    if !values.is_empty() || self.random.percent(10) {
                        made.push(json!({"type": "header", "parameters": values}));
                    }
                }
                "BODY" => {
                    let values = match is_code {
                        true => vec![json!({"type": "text", "text": "123456"})],
                        false => self.texts(text),
                    };
                    if !values.is_empty() || self.random.percent(10) {
                        let word = self.random.pick(&["body", "body", "BODY"]);
                        made.push(json!({"type": word, "parameters": values}));
                    }
                }
                "BUTTONS" => {
                    for (at, button) in part["buttons"].as_array().unwrap().iter().enumerate() {
                        made.extend(self.button(at, button));
                    }
                }
                _ => {}
            }
        }
        made
    }

    /// Makes a value for each variable of a text.
    fn texts(&mut self, text: &str) -> Vec<Value> {
        let mut names: Vec<&str> = Vec::new();
        for rest in text.split("{{").skip(1) {
            let name = rest.split("}}").next().unwrap().trim();
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut values: Vec<Value> = (names.iter())
            .map(|name| {
                let mut value = match self.random.below(10) {
                    0 => json!({"type": "currency", "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000}}),
                    1 => json!({"type": "date_time", "date_time": {"fallback_value": "today"}}),
                    _ => json!({"type": "text", "text": "value é"}),
                };
                if self.is_named {
                    value["parameter_name"] = json!(name);
                }
                value
            })
            .collect();
        if self.is_named && self.random.percent(50) {
            values.reverse();
        }
        values
    }

    fn button(&mut self, at: usize, button: &Value) -> Option<Value> {
        let (sub_type, value, is_optional) = match button["type"].as_str().unwrap() {
            "QUICK_REPLY" => (
                "quick_reply",
                json!({"type": "payload", "payload": "p"}),
                true,
            ),
            "URL" if button["url"].as_str().unwrap().contains("{{") => {
                ("url", json!({"type": "text", "text": "123456"}), false)
            }
            "OTP" => ("url", json!({"type": "text", "text": "123456"}), false),
            "COPY_CODE" => (
                "copy_code",
                json!({"type": "coupon_code", "coupon_code": "SALE"}),
                false,
            ),
            "FLOW" => (
                "flow",
                json!({"type": "action", "action": {"flow_token": "t", "flow_action_data": {"a": 1}}}),
                true,
            ),
            "CATALOG" => (
                "catalog",
                json!({"type": "action", "action": {"thumbnail_product_retailer_id": "p"}}),
                true,
            ),
            "MPM" => (
                "mpm",
                json!({"type": "action", "action": {"sections": [
                {"title": "t", "product_items": [{"product_retailer_id": "p"}, {"product_retailer_id": 7}]}]}}),
                false,
            ),
            _ => return None,
        };
        if is_optional && self.random.percent(50) {
            return None;
        }
        let index = match self.random.percent(50) {
            true => json!(at),
            false => json!(at.to_string()),
        };
        Some(json!({"type": "button", "sub_type": sub_type, "index": index, "parameters": [value]}))
    }

    /// Changes something, and says what.
    fn change(&mut self, components: &mut Value) -> Option<String> {
        let list = components.as_array_mut()?;
        // Half of the changes of a carousel are within a card.
        if self.random.percent(60)
            && let Some(carousel) = list.iter_mut().find(|part| part["type"] == "carousel")
        {
            let cards = carousel["cards"].as_array_mut()?;
            if self.random.percent(50) {
                return self.change_cards(cards);
            }
            let at = self.random.below(cards.len());
            let what = self.change_parts(cards.get_mut(at)?["components"].as_array_mut()?)?;
            return Some(format!("card {at}: {what}"));
        }
        self.change_parts(list)
    }

    fn change_cards(&mut self, cards: &mut Vec<Value>) -> Option<String> {
        if cards.is_empty() {
            return None;
        }
        let at = self.random.below(cards.len());
        match self.random.below(4) {
            0 => {
                cards.remove(at);
                Some(format!("card {at} left out"))
            }
            1 => {
                let again = cards.get(at)?.clone();
                cards.push(again);
                Some(format!("card {at} twice"))
            }
            2 => {
                let last = cards.len();
                let mut again = cards.get(at)?.clone();
                again["card_index"] = json!(last);
                cards.push(again);
                Some("one card more".to_owned())
            }
            _ => {
                let place = self.random.below(11);
                cards.get_mut(at)?["card_index"] = json!(place);
                Some(format!("card {at} at {place}"))
            }
        }
    }

    fn change_parts(&mut self, list: &mut Vec<Value>) -> Option<String> {
        if list.is_empty() || self.random.percent(8) {
            let part = match self.random.below(6) {
                0 => json!({"type": "header", "parameters": [{"type": "text", "text": "x"}]}),
                1 => json!({"type": "body", "parameters": [{"type": "text", "text": "x"}]}),
                2 => {
                    json!({"type": "button", "sub_type": "url", "index": self.random.below(10), "parameters": [{"type": "text", "text": "x"}]})
                }
                3 => {
                    json!({"type": "button", "sub_type": "quick_reply", "index": self.random.below(3), "parameters": []})
                }
                4 => json!({"type": "body"}),
                _ => {
                    json!({"type": "tap_target_configuration", "parameters": [{"type": "tap_target_configuration",
                    "tap_target_configuration": [{"url": "https://a.example", "title": "A"}]}]})
                }
            };
            let what = format!("added {part}");
            list.push(part);
            return Some(what);
        }
        let at = self.random.below(list.len());
        match self.random.below(12) {
            0 => Some(format!("left out {}", list.remove(at)["type"])),
            1 => {
                let again = list.get(at)?.clone();
                let what = format!("{} twice", again["type"]);
                list.push(again);
                Some(what)
            }
            2 => {
                list.reverse();
                Some("in another order".to_owned())
            }
            3 => {
                let index = self.random.below(10);
                let part = list.get_mut(at)?;
                part.get("index")?;
                part["index"] = json!(index);
                Some(format!("button at {index}"))
            }
            4 => {
                let word = *self.random.pick(&[
                    "url",
                    "quick_reply",
                    "copy_code",
                    "flow",
                    "mpm",
                    "hologram",
                    "URL",
                    "",
                ]);
                let part = list.get_mut(at)?;
                part.get("sub_type")?;
                part["sub_type"] = json!(word);
                Some(format!("sub_type {word:?}"))
            }
            5 => {
                list.get_mut(at)?["parameters"] =
                    self.random.pick(&[json!([]), json!(null)]).clone();
                Some("no values".to_owned())
            }
            _ => {
                let values = list.get_mut(at)?.get_mut("parameters")?.as_array_mut()?;
                self.change_values(values)
            }
        }
    }

    fn change_values(&mut self, values: &mut Vec<Value>) -> Option<String> {
        if values.is_empty() {
            values.push(json!({"type": "text", "text": "x"}));
            return Some("a value more".to_owned());
        }
        let at = self.random.below(values.len());
        match self.random.below(9) {
            0 => {
                values.remove(at);
                Some("a value less".to_owned())
            }
            1 => {
                let again = values.get(at)?.clone();
                values.push(again);
                Some("a value twice".to_owned())
            }
            2 => {
                let mut other = self
                    .random
                    .pick(&[
                        json!({"type": "text", "text": "x"}),
                        json!({"type": "payload", "payload": "p"}),
                        json!({"type": "image", "image": {"id": "1"}}),
                        json!({"type": "video", "video": {"link": "https://a.example"}}),
                        json!({"type": "document", "document": {"id": "1", "filename": "a.pdf"}}),
                        json!({"type": "location", "location": {"latitude": 0, "longitude": 0}}),
                        json!({"type": "coupon_code", "coupon_code": "C"}),
                        json!({"type": "action", "action": {}}),
                        json!({"type": "product", "product": {}}),
                        json!({"type": "hologram"}),
                    ])
                    .clone();
                let value = values.get_mut(at)?;
                if let (Some(name), true) = (value.get("parameter_name"), self.random.percent(70)) {
                    other["parameter_name"] = name.clone();
                }
                let what = format!("{} for {}", other["type"], value["type"]);
                *value = other;
                Some(what)
            }
            3 => {
                let value = values.get_mut(at)?;
                match self.random.below(3) {
                    0 => {
                        value["parameter_name"] =
                            json!(self.random.pick(&["who", "what", "nobody", ""]));
                    }
                    _ => {
                        value.as_object_mut()?.remove("parameter_name")?;
                    }
                }
                Some("another name".to_owned())
            }
            4 => {
                let odd = self
                    .random
                    .pick(&[json!(1), json!(null), json!([]), json!({}), json!(true)])
                    .clone();
                let value = values.get_mut(at)?;
                let kind = value["type"].as_str()?.to_owned();
                // Meta's pages do not show the value of a moving picture.
                if kind == "gif" {
                    return None;
                }
                let what = format!("{kind} is {odd}");
                value[kind.as_str()] = odd;
                Some(what)
            }
            5 => {
                let value = values.get_mut(at)?;
                let action = value.get_mut("action")?.as_object_mut()?;
                let many = *self.random.pick(&[0, 1, 10, 11]);
                let items = *self.random.pick(&[0, 1, 3, 4, 30, 31]);
                let item = self
                    .random
                    .pick(&[
                        json!({"product_retailer_id": "p"}),
                        json!({"product_retailer_id": ""}),
                        json!({}),
                    ])
                    .clone();
                let section = json!({"title": "t", "product_items": vec![item; items]});
                action.insert("sections".to_owned(), json!(vec![section; many]));
                Some(format!("{many} sections of {items}"))
            }
            6 => {
                let odd = *self.random.pick(&ODD);
                self.put_text(values.get_mut(at)?, odd)?;
                Some(format!("{odd:?}"))
            }
            _ => {
                let long = self.long();
                let letter = *self.random.pick(&["x", "é", "😀"]);
                self.put_text(values.get_mut(at)?, &letter.repeat(long))?;
                Some(format!("{long} characters"))
            }
        }
    }

    fn put_text(&self, value: &mut Value, text: &str) -> Option<()> {
        let kind = value["type"].as_str()?.to_owned();
        match kind.as_str() {
            "text" | "payload" | "coupon_code" => value[kind.as_str()] = json!(text),
            "currency" | "date_time" | "product" => {
                let key = if kind == "product" {
                    "catalog_id"
                } else {
                    "fallback_value"
                };
                let inner = value.get_mut(kind.as_str())?.as_object_mut()?;
                inner.insert(key.to_owned(), json!(text));
            }
            _ => return None,
        }
        Some(())
    }

    /// Draws a length at a limit or beside it. The fixed characters of the texts above move it across.
    fn long(&mut self) -> usize {
        let limit = *self
            .random
            .pick(&[15, 20, 60, 160, 160, 600, 1024, 1024, 1024, 2000, 32_768]);
        let below = *self
            .random
            .pick(&[0, 0, 1, 8, 6, 7, 19, 20, 22, 25, 30, 38]);
        let above = self.random.below(2);
        let share = *self.random.pick(&[1, 1, 1, 2]);
        (limit + above - below.min(limit)) / share
    }
}
