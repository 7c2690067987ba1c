//! Named values, and the components that a message has at Meta.

use serde_json::{Map, Number, Value, json};

use super::{
    ParameterKind, TemplateButtonKind, TemplateCheck, TemplateComponent, TemplateDefinition,
    TemplateFault, TemplateHeader, TemplateParameter, TemplateText,
    definition::{body_of, buttons_of, header_of},
    parameters::key,
    preflight::code,
};

/// The components of a message, made of named values, and what is wrong with them.
#[derive(Clone, PartialEq, Debug)]
pub struct FilledTemplate {
    /// `components`, in Meta's form.
    pub components: Value,
    /// The faults that pre-flight found. Pointers begin with `/parameters`.
    pub check: TemplateCheck,
}

/// The largest whole number that JavaScript holds exactly.
pub(super) const LARGEST: u64 = (1 << 53) - 1;

impl TemplateDefinition {
    /// Turns named values into the components of a message, and checks them. Keys are those of
    /// [`parameters`](Self::parameters). Null is no value. Send the components only if the check is ok.
    pub fn fill(&self, values: &Map<String, Value>) -> FilledTemplate {
        let mut check = TemplateCheck::default();
        let parameters = self.parameters();
        for key in values.keys() {
            if !parameters.iter().any(|parameter| parameter.key == *key) {
                let words = "Remove it: the template has no such parameter.";
                check.refuse(&pointer_of(key), code::COUNT, words);
            }
        }
        for parameter in &parameters {
            match values.get(&parameter.key) {
                Some(value) => {
                    let pointer = pointer_of(&parameter.key);
                    shape(parameter.kind, &pointer, value, &mut check);
                    let long = value.as_str().map_or(0, |text| text.chars().count());
                    if let Some(most) = parameter.max_length.filter(|most| long > *most) {
                        let words = format!("Shorten it to {most} characters: it has {long}.");
                        check.refuse(&pointer, code::TOO_LONG, words);
                    }
                }
                None if is_needed(parameter, &parameters, values) => {
                    let words = format!("Give `{}`: it is missing.", parameter.key);
                    check.refuse(&pointer_of(&parameter.key), code::MISSING, words);
                }
                None => {}
            }
        }
        let mut maker = Maker {
            values,
            is_named: self.is_named(),
            places: Vec::new(),
        };
        let components = maker.message(self);
        if check.is_ok() {
            check = maker.named(self.check(&components));
        } else {
            // What is missing shows as faults of whole components, which says nothing new.
            let more = maker.named(self.check(&components));
            let is_of_value = |fault: &TemplateFault| fault.pointer.len() > PARAMETERS.len();
            check
                .faults
                .extend(more.faults.into_iter().filter(is_of_value));
            check
                .warnings
                .extend(more.warnings.into_iter().filter(is_of_value));
            let mut seen = Vec::new();
            check.faults.retain(|fault| {
                let is_new = !seen.contains(&fault.pointer);
                seen.push(fault.pointer.clone());
                is_new
            });
        }
        FilledTemplate { components, check }
    }

    /// Reads the named values back from the components of a message. Values that have no place are left out.
    pub fn values(&self, components: &Value) -> Map<String, Value> {
        let mut found = Map::new();
        let list = components.as_array().map_or(&[][..], Vec::as_slice);
        let is_named = self.is_named();
        for parameter in self.parameters() {
            let list = match parameter.card {
                None => list,
                Some(card) => card_of(list, card),
            };
            let parts = list.iter().filter(|part| {
                is_word(part.get("type"), parameter.component.as_str())
                    && parameter
                        .index
                        .is_none_or(|index| is_index(part.get("index"), index))
            });
            let mut all = parts.flat_map(|part| {
                part.get("parameters")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten()
            });
            let last = parameter.key.rsplit('.').next().unwrap_or_default();
            let value = match is_named && parameter.kind == ParameterKind::Text {
                true => all.find(|value| {
                    value.get("parameter_name").and_then(Value::as_str) == Some(last)
                }),
                false => {
                    let at = last.parse::<usize>().unwrap_or(1).saturating_sub(1);
                    all.nth(at)
                }
            };
            if let Some(value) = value.and_then(inner) {
                found.insert(parameter.key, value);
            }
        }
        found
    }
}

/// Returns the components of a card of a message.
fn card_of(components: &[Value], card: u8) -> &[Value] {
    let carousel = components
        .iter()
        .find(|part| is_word(part.get("type"), "carousel"));
    let cards = carousel.and_then(|part| part.get("cards")?.as_array());
    let card = cards
        .into_iter()
        .flatten()
        .find(|it| it.get("card_index").and_then(Value::as_u64) == Some(u64::from(card)));
    (card.and_then(|card| card.get("components")?.as_array())).map_or(&[], Vec::as_slice)
}

fn is_word(value: Option<&Value>, word: &str) -> bool {
    value
        .and_then(Value::as_str)
        .is_some_and(|value| value.eq_ignore_ascii_case(word))
}

fn is_index(value: Option<&Value>, index: u8) -> bool {
    match value {
        Some(Value::Number(number)) => number.as_u64() == Some(u64::from(index)),
        Some(Value::String(text)) => text.parse() == Ok(index),
        _ => false,
    }
}

/// Returns the value within a parameter of a message.
fn inner(parameter: &Value) -> Option<Value> {
    let kind = parameter.get("type")?.as_str()?;
    let value = parameter.get(kind)?;
    let within = match kind {
        "currency" | "date_time" => value.get("fallback_value")?,
        "limited_time_offer" => value.get("expiration_time_ms")?,
        _ => value,
    };
    Some(within.clone())
}

const PARAMETERS: &str = "/parameters";

fn pointer_of(key: &str) -> String {
    match key.contains(['~', '/']) {
        true => format!("{PARAMETERS}/{}", key.replace('~', "~0").replace('/', "~1")),
        false => format!("{PARAMETERS}/{key}"),
    }
}

/// Tells whether the values need this one. A card beyond those of the template needs its own and those before it.
fn is_needed(
    parameter: &TemplateParameter,
    all: &[TemplateParameter],
    values: &Map<String, Value>,
) -> bool {
    if parameter.is_required {
        return true;
    }
    let Some(card) = parameter.card else {
        return false;
    };
    is_needed_in_card(parameter, all)
        && all.iter().any(|other| {
            other.card.is_some_and(|other| other >= card) && values.contains_key(&other.key)
        })
}

/// Tells whether a card that is there needs the value.
pub(super) fn is_needed_in_card(parameter: &TemplateParameter, all: &[TemplateParameter]) -> bool {
    let is_same = |other: &&TemplateParameter| {
        (other.card, other.component, other.index, other.kind)
            == (
                Some(0),
                parameter.component,
                parameter.index,
                parameter.kind,
            )
    };
    parameter.card.is_some()
        && all
            .iter()
            .find(is_same)
            .is_some_and(|first| first.is_required)
}

/// Checks the form of a named value, which is stricter than Meta's: texts are texts, and there are no other fields.
fn shape(kind: ParameterKind, pointer: &str, value: &Value, check: &mut TemplateCheck) {
    use ParameterKind as Kind;
    let file: &[(&str, Form)] = &[("id", Form::Id), ("link", Form::Text)];
    let fields: &[(&str, Form)] = match kind {
        Kind::Text | Kind::Code | Kind::Url | Kind::Payload | Kind::CouponCode => {
            if !value.is_string() {
                check.refuse(pointer, code::FORMAT, "Give a text.");
            }
            return;
        }
        Kind::OfferEnd => {
            if milliseconds(value).is_none() {
                let words = "Give the offer's end in milliseconds since 1970, as a whole number.";
                check.refuse(pointer, code::FORMAT, words);
            }
            return;
        }
        Kind::Image | Kind::Video | Kind::Gif => file,
        Kind::Document => &[
            ("id", Form::Id),
            ("link", Form::Text),
            ("filename", Form::Text),
        ],
        Kind::Location => &[
            ("latitude", Form::Number),
            ("longitude", Form::Number),
            ("name", Form::Text),
            ("address", Form::Text),
        ],
        Kind::Product => &[("product_retailer_id", Form::Id), ("catalog_id", Form::Id)],
        Kind::Flow => &[
            ("flow_token", Form::Text),
            ("flow_action_data", Form::Object),
        ],
        Kind::Catalog => &[("thumbnail_product_retailer_id", Form::Id)],
        Kind::Products => &[
            ("thumbnail_product_retailer_id", Form::Id),
            ("sections", Form::Sections),
        ],
    };
    object(pointer, value, fields, check);
}

/// The form of a field of a named value.
#[derive(Clone, Copy)]
enum Form {
    Id,
    Text,
    Number,
    Object,
    Sections,
    Items,
}

fn object(pointer: &str, value: &Value, fields: &[(&str, Form)], check: &mut TemplateCheck) {
    let Value::Object(given) = value else {
        return check.refuse(pointer, code::FORMAT, "Give an object.");
    };
    for (key, value) in given {
        let escaped = key.replace('~', "~0").replace('/', "~1");
        let pointer = format!("{pointer}/{escaped}");
        let Some((_, form)) = fields.iter().find(|(known, _)| known == key) else {
            let words = "Remove it or correct its name: the value has no such field.";
            check.refuse(&pointer, code::FORMAT, words);
            continue;
        };
        let of_items = |fields: &[(&str, Form)], check: &mut TemplateCheck| match value {
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    object(&format!("{pointer}/{at}"), item, fields, check);
                }
            }
            _ => check.refuse(&pointer, code::FORMAT, "Give a list."),
        };
        match form {
            Form::Id if value.as_str().is_none_or(str::is_empty) => {
                check.refuse(&pointer, code::FORMAT, "Give the id, as a text.");
            }
            Form::Text if !value.is_string() => {
                check.refuse(&pointer, code::FORMAT, "Give a text.");
            }
            Form::Number if !value.is_number() => {
                check.refuse(&pointer, code::FORMAT, "Give a number.");
            }
            Form::Object if !value.is_object() => {
                check.refuse(&pointer, code::FORMAT, "Give an object.");
            }
            Form::Sections => {
                of_items(
                    &[("title", Form::Text), ("product_items", Form::Items)],
                    check,
                );
            }
            Form::Items => of_items(&[("product_retailer_id", Form::Id)], check),
            Form::Id | Form::Text | Form::Number | Form::Object => {}
        }
    }
}

/// Reads milliseconds. JSON Schema counts 1.0 as a whole number, and so does this.
fn milliseconds(value: &Value) -> Option<u64> {
    let number = value.as_number()?;
    let whole = number.as_u64().or_else(|| {
        let number = number.as_f64()?;
        // The range makes the cast exact.
        let is_whole = number.fract() == 0.0 && (1.0..=LARGEST as f64).contains(&number);
        is_whole.then_some(number as u64)
    });
    whole.filter(|whole| (1..=LARGEST).contains(whole))
}

/// Makes an object of values, which it takes as they are: `json!` would copy them once more at each level.
fn node<'k>(fields: impl IntoIterator<Item = (&'k str, Value)>) -> Value {
    let fields = fields.into_iter();
    Value::Object(fields.map(|(key, value)| (key.to_owned(), value)).collect())
}

/// Makes the components of a message.
struct Maker<'v> {
    values: &'v Map<String, Value>,
    is_named: bool,
    /// Where the value of each key stands.
    places: Vec<(String, String)>,
}

impl Maker<'_> {
    fn message(&mut self, template: &TemplateDefinition) -> Value {
        if template.is_one_time_code() {
            return self.code(template);
        }
        let mut made = self.part(template.components(), None, "/components");
        if template.offer() == Some(true)
            && let Some(end) = self.values.get(OFFER)
        {
            let end = milliseconds(end).map_or_else(|| end.clone(), |end| Number::from(end).into());
            let offer = json!({"expiration_time_ms": end});
            let at = format!("/components/{}/parameters/0", made.len());
            self.places.push((at, OFFER.to_owned()));
            made.push(json!({
                "type": "limited_time_offer",
                "parameters": [{"type": "limited_time_offer", "limited_time_offer": offer}],
            }));
        }
        let known = template.cards();
        let mut cards = Vec::new();
        for place in 0..10_u8 {
            let at = usize::from(place);
            let card = match known.get(at) {
                Some(card) => card,
                None if template.has_product_cards() => match known.first() {
                    Some(card) => card,
                    None => break,
                },
                None => break,
            };
            let pointer = format!(
                "/components/{}/cards/{}/components",
                made.len(),
                cards.len()
            );
            let parts = self.part(card, Some(place), &pointer);
            if at < known.len() || !parts.is_empty() {
                cards.push(node([
                    ("card_index", place.into()),
                    ("components", Value::Array(parts)),
                ]));
            }
        }
        if !cards.is_empty() {
            made.push(node([
                ("type", "carousel".into()),
                ("cards", Value::Array(cards)),
            ]));
        }
        Value::Array(made)
    }

    fn code(&mut self, template: &TemplateDefinition) -> Value {
        let Some(code) = self.values.get(CODE) else {
            return Value::Array(Vec::new());
        };
        let mut value = json!({"type": "text", "text": code});
        let button = json!([value.clone()]);
        let text = template.body().and_then(|body| body.text.as_ref());
        let variable = text.and_then(|text| text.variables().first());
        if let (Some(variable), Value::Object(fields), true) = (variable, &mut value, self.is_named)
        {
            fields.insert("parameter_name".to_owned(), variable.name.as_str().into());
        }
        let mut made = vec![json!({"type": "body", "parameters": [value]})];
        let index = template.buttons().iter().position(|button| {
            button.kind.is_one_time_code() || matches!(button.kind, TemplateButtonKind::Url(_))
        });
        if let Some(index) = index {
            made.push(json!({
                "type": "button", "sub_type": "url", "index": index.to_string(), "parameters": button,
            }));
        }
        for at in 0..made.len() {
            self.places
                .push((format!("/components/{at}/parameters/0"), CODE.to_owned()));
        }
        Value::Array(made)
    }

    /// Makes header, body and buttons of the message or of a card.
    fn part(
        &mut self,
        template: &[TemplateComponent],
        card: Option<u8>,
        pointer: &str,
    ) -> Vec<Value> {
        let mut made = Vec::new();
        let header = match header_of(template) {
            Some(TemplateHeader::Text(text)) => {
                self.texts(text, "header", card, pointer, made.len())
            }
            Some(TemplateHeader::Media(media)) => self.one(
                &key(card, "header.1"),
                media.parameter_type(),
                pointer,
                made.len(),
            ),
            Some(TemplateHeader::Location) => {
                self.one(&key(card, "header.1"), "location", pointer, made.len())
            }
            Some(TemplateHeader::Product) => {
                self.one(&key(card, "header.1"), "product", pointer, made.len())
            }
            Some(TemplateHeader::Other(_)) | None => Vec::new(),
        };
        if !header.is_empty() {
            made.push(node([
                ("type", "header".into()),
                ("parameters", Value::Array(header)),
            ]));
        }
        if let Some(text) = body_of(template).and_then(|body| body.text.as_ref()) {
            let body = self.texts(text, "body", card, pointer, made.len());
            if !body.is_empty() {
                made.push(node([
                    ("type", "body".into()),
                    ("parameters", Value::Array(body)),
                ]));
            }
        }
        for (at, button) in buttons_of(template).iter().enumerate() {
            let (sub_type, kind) = match &button.kind {
                TemplateButtonKind::Url(_) => ("url", "text"),
                TemplateButtonKind::QuickReply => ("quick_reply", "payload"),
                TemplateButtonKind::CopyCode { .. } => ("copy_code", "coupon_code"),
                TemplateButtonKind::Flow => ("flow", "action"),
                TemplateButtonKind::Catalog => ("catalog", "action"),
                TemplateButtonKind::Products => ("mpm", "action"),
                _ => continue,
            };
            let key = key(card, &format!("button.{at}.1"));
            if matches!(&button.kind, TemplateButtonKind::Url(url) if url.variables().is_empty()) {
                continue;
            }
            let value = self.one(&key, kind, pointer, made.len());
            if !value.is_empty() {
                made.push(node([
                    ("type", "button".into()),
                    ("sub_type", sub_type.into()),
                    ("index", at.to_string().into()),
                    ("parameters", Value::Array(value)),
                ]));
            }
        }
        made
    }

    fn texts(
        &mut self,
        text: &TemplateText,
        word: &str,
        card: Option<u8>,
        pointer: &str,
        component: usize,
    ) -> Vec<Value> {
        let mut made = Vec::new();
        for (at, variable) in text.variables().iter().enumerate() {
            let key = match self.is_named {
                true => key(card, &variable.name),
                false => key(card, &format!("{word}.{}", at + 1)),
            };
            let Some(value) = self.values.get(&key) else {
                continue;
            };
            let mut parameter = node([("type", "text".into()), ("text", value.clone())]);
            if let (true, Value::Object(fields)) = (self.is_named, &mut parameter) {
                fields.insert("parameter_name".to_owned(), variable.name.as_str().into());
            }
            let place = format!("{pointer}/{component}/parameters/{}", made.len());
            self.places.push((place, key));
            made.push(parameter);
        }
        made
    }

    fn one(&mut self, key: &str, kind: &str, pointer: &str, component: usize) -> Vec<Value> {
        let Some(value) = self.values.get(key) else {
            return Vec::new();
        };
        let place = format!("{pointer}/{component}/parameters/0");
        self.places.push((place, key.to_owned()));
        vec![node([("type", kind.into()), (kind, value.clone())])]
    }

    /// Says the faults of components in the places of the named values.
    fn named(&self, check: TemplateCheck) -> TemplateCheck {
        let of = |faults: Vec<TemplateFault>| {
            let mut named: Vec<TemplateFault> = Vec::new();
            for fault in faults {
                let pointer = self.place(&fault.pointer);
                if !named
                    .iter()
                    .any(|known| known.pointer == pointer && known.code == fault.code)
                {
                    named.push(TemplateFault { pointer, ..fault });
                }
            }
            named
        };
        TemplateCheck {
            faults: of(check.faults),
            warnings: of(check.warnings),
        }
    }

    fn place(&self, pointer: &str) -> String {
        let found = self.places.iter().find_map(|(place, key)| {
            let rest = pointer.strip_prefix(place.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then_some((key, rest))
        });
        let Some((key, rest)) = found else {
            return PARAMETERS.to_owned();
        };
        // The first step leads into the parameter's own type: `/text`, `/image`, `/action`.
        let within = rest.get(1..).and_then(|rest| rest.split_once('/'));
        match within {
            Some((_, within)) if !rest.ends_with("/expiration_time_ms") => {
                format!("{}/{within}", pointer_of(key))
            }
            _ => pointer_of(key),
        }
    }
}

const OFFER: &str = "limited_time_offer.1";
const CODE: &str = "body.1";
