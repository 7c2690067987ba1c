//! Pre-flight: checks the values of a message against its template, before Meta does.
//!
//! A rule that Meta's pages state refuses. Where they are silent or disagree, it warns.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    HeaderMedia, TemplateButton, TemplateButtonKind, TemplateCheck, TemplateComponent,
    TemplateDefinition, TemplateHeader, TemplateText, TemplateVariable,
    definition::{body_of, buttons_of, header_of},
    parameters::{BODY_OF_CARD, CARDS, CODE, COUPON, HEADER, URL},
};
use crate::outbound::template_values;

/// Meta's codes.
pub(super) mod code {
    /// Something is not as the endpoint wants it.
    pub(crate) const INVALID: i64 = 100;
    /// A value is missing.
    pub(crate) const MISSING: i64 = 131_008;
    /// There are more or fewer values than places.
    pub(crate) const COUNT: i64 = 132_000;
    /// A text is too long, filled.
    pub(crate) const TOO_LONG: i64 = 132_005;
    /// A value is of the wrong type.
    pub(crate) const FORMAT: i64 = 132_012;
    /// A value is not valid.
    pub(crate) const VALUE: i64 = 132_018;
}

/// The most products of a button, and the most sections.
const PRODUCTS: usize = 30;
const SECTIONS: usize = 10;

impl TemplateDefinition {
    /// Checks the `components` of a message, in Meta's form, against this template. It reports all faults, with pointers
    /// that begin with `/components`. Null counts as left out.
    ///
    /// The template's status is not judged: see [`is_sendable`](Self::is_sendable).
    pub fn check(&self, components: &Value) -> TemplateCheck {
        let mut checker = Checker {
            template: self,
            is_named: self.is_named(),
            found: TemplateCheck::default(),
        };
        checker.message(components);
        let mut found = checker.found;
        for fault in template_values(components) {
            // The template's own rules have named the fault more exactly.
            if !found
                .faults
                .iter()
                .any(|known| known.pointer == fault.pointer)
            {
                found.refuse(&fault.pointer, code::INVALID, fault.message);
            }
        }
        found
    }
}

struct Checker<'t> {
    template: &'t TemplateDefinition,
    is_named: bool,
    found: TemplateCheck,
}

/// A component of the message: its place, and its values.
#[derive(Clone, Copy)]
struct Given<'v> {
    at: usize,
    component: &'v Value,
}

impl<'v> Given<'v> {
    fn field(self, key: &str) -> Option<&'v Value> {
        field(self.component, key)
    }

    fn values(self) -> &'v [Value] {
        list(self.field("parameters"))
    }
}

fn field<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.get(key).filter(|value| !value.is_null())
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn is_word(value: Option<&Value>, word: &str) -> bool {
    value
        .and_then(Value::as_str)
        .is_some_and(|value| value.eq_ignore_ascii_case(word))
}

fn kind(value: &Value) -> &str {
    field(value, "type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn is_kind(component: &Value, word: &str) -> bool {
    kind(component).eq_ignore_ascii_case(word)
}

/// The parts of a template or of a card, and where the values for them stand.
struct Part<'t, 'v> {
    template: &'t [TemplateComponent],
    given: &'v [Value],
    /// Where the components stand.
    at: String,
    /// The words before a key, such as `card.0.`.
    prefix: String,
    /// The most characters of the body, filled.
    longest_body: usize,
    /// The most characters of the body, filled, that no page of Meta's speaks against.
    advised_body: usize,
}

impl<'v> Part<'_, 'v> {
    fn of<'p>(&'p self, word: &'p str) -> impl Iterator<Item = Given<'v>> + 'p {
        (self.given.iter().enumerate())
            .filter(move |(_, component)| is_kind(component, word))
            .map(|(at, component)| Given { at, component })
    }

    fn pointer(&self, given: Given<'_>, rest: &str) -> String {
        format!("{}/{}{rest}", self.at, given.at)
    }
}

impl Checker<'_> {
    fn message(&mut self, components: &Value) {
        let template = self.template;
        let part = Part {
            template: template.components(),
            given: list(Some(components)),
            at: "/components".to_owned(),
            prefix: String::new(),
            longest_body: template.longest_body(),
            advised_body: template.advised_body(),
        };
        self.header(&part);
        if template.is_one_time_code() {
            self.code(&part);
        } else {
            self.body(&part);
            self.buttons(&part);
        }
        self.offer(&part);
        self.cards(&part);
    }

    /// Finds the one component of a kind. Others of the kind have no place in the template.
    fn one<'v>(&mut self, part: &Part<'_, 'v>, word: &str) -> Option<Given<'v>> {
        let mut all = part.of(word);
        let first = all.next();
        for other in all {
            let words = format!("Remove it: the values of the {word} were given before.");
            self.found
                .refuse(&part.pointer(other, ""), code::COUNT, words);
        }
        first
    }

    fn header(&mut self, part: &Part<'_, '_>) {
        let given = self.one(part, "header");
        match header_of(part.template) {
            None => self.none(part, given, "The template has no header."),
            Some(TemplateHeader::Text(text)) => {
                self.text(part, given, "header", text, (HEADER, HEADER));
            }
            Some(TemplateHeader::Media(media)) => {
                let types: &[&str] = match media {
                    // Meta's pages do not show the value of a moving picture.
                    HeaderMedia::Gif => &["gif", "video"],
                    HeaderMedia::Image => &["image"],
                    HeaderMedia::Video => &["video"],
                    HeaderMedia::Document => &["document"],
                };
                self.one_value(
                    part,
                    given,
                    types,
                    "a file for the header: the example's link is never sent",
                );
            }
            Some(TemplateHeader::Location) => {
                self.one_value(part, given, &["location"], "a location for the header");
            }
            Some(TemplateHeader::Product) => {
                let value = self.one_value(part, given, &["product"], "a product for the header");
                if let Some((given, value)) = value {
                    let pointer = part.pointer(given, "/parameters/0/product");
                    self.product(&pointer, field(value, "product"));
                }
            }
            Some(TemplateHeader::Other(_)) => {}
        }
    }

    /// Refuses values for a part that takes none.
    fn none(&mut self, part: &Part<'_, '_>, given: Option<Given<'_>>, why: &str) {
        if let Some(given) = given.filter(|given| !given.values().is_empty()) {
            let pointer = part.pointer(given, "/parameters");
            self.found.refuse(
                &pointer,
                code::COUNT,
                format!("Remove the values: {}", lower(why)),
            );
        }
    }

    /// Checks the one value of a header that is no text.
    fn one_value<'v>(
        &mut self,
        part: &Part<'_, 'v>,
        given: Option<Given<'v>>,
        types: &[&str],
        what: &str,
    ) -> Option<(Given<'v>, &'v Value)> {
        let key = format!("{}header.1", part.prefix);
        // Public threads saw offers without their header accepted.
        if self.template.offer().is_some() && given.is_none_or(|given| given.values().is_empty()) {
            self.found
                .warn(&part.at, code::FORMAT, format!("Give `{key}`, {what}."));
            return None;
        }
        let Some(given) = given else {
            let words = format!("Give `{key}`, {what}.");
            self.found.refuse(&part.at, code::FORMAT, words);
            return None;
        };
        let pointer = || part.pointer(given, "/parameters");
        match given.values() {
            [] => {
                self.found
                    .refuse(&pointer(), code::FORMAT, format!("Give `{key}`, {what}."));
                None
            }
            [value] if types.contains(&kind(value)) => Some((given, value)),
            [_] => {
                let words = format!(
                    "Give {what}, of the type `{}`.",
                    types.first().unwrap_or(&"")
                );
                self.found
                    .refuse(&format!("{}/0/type", pointer()), code::FORMAT, words);
                None
            }
            // More than one value is a fault of every header.
            _ => {
                self.found.refuse(
                    &pointer(),
                    code::COUNT,
                    "Give one value: a header has one place.",
                );
                None
            }
        }
    }

    fn product(&mut self, pointer: &str, product: Option<&Value>) {
        for key in ["product_retailer_id", "catalog_id"] {
            if !product
                .and_then(|product| field(product, key))
                .is_some_and(is_id)
            {
                let pointer = format!("{pointer}/{key}");
                self.found
                    .refuse(&pointer, code::FORMAT, "Give the id, as a text.");
            }
        }
    }

    fn body(&mut self, part: &Part<'_, '_>) {
        let given = self.one(part, "body");
        match body_of(part.template) {
            None => self.none(part, given, "The template has no body."),
            Some(body) => {
                if let Some(text) = &body.text {
                    self.text(
                        part,
                        given,
                        "body",
                        text,
                        (part.longest_body, part.advised_body),
                    );
                }
            }
        }
    }

    /// Checks the values of a text's variables.
    fn text(
        &mut self,
        part: &Part<'_, '_>,
        given: Option<Given<'_>>,
        word: &str,
        text: &TemplateText,
        (most, advised): (usize, usize),
    ) {
        let variables = text.variables();
        let values = given.map(Given::values).unwrap_or_default();
        let pointer = || {
            given.map_or_else(
                || part.at.clone(),
                |given| part.pointer(given, "/parameters"),
            )
        };
        let mut filled = text.fixed_length();
        let mut is_whole = true;
        for (at, value) in values.iter().enumerate() {
            match shown(value) {
                Some(shown) => {
                    let variable = match self.is_named {
                        true => (variables.iter()).find(|it| name(value) == Some(&*it.name)),
                        false => variables.get(at),
                    };
                    filled += length(&shown) * variable.map_or(1, |it| it.count);
                    self.in_line(
                        || format!("{}/{at}/{}", pointer(), place_of_text(value)),
                        &shown,
                    );
                }
                None => {
                    is_whole = false;
                    if !matches!(kind(value), "text" | "currency" | "date_time") {
                        let words = format!("Give a text: the {word} takes no other values.");
                        let pointer = format!("{}/{at}/type", pointer());
                        self.found.refuse(&pointer, code::FORMAT, words);
                    }
                }
            }
        }
        let is_right = match self.is_named {
            true => self.names(part, &pointer(), word, variables, values),
            false => {
                let is_right = variables.len() == values.len();
                if !is_right {
                    let places = variables.len();
                    let many = values.len();
                    let last = format!("{}{word}.{places}", part.prefix);
                    let words = match places {
                        0 => format!("Remove the values: the {word} has no variables."),
                        1 => format!("Give one value, `{last}`: there are {many}."),
                        _ => format!(
                            "Give {places} values, `{}{word}.1` to `{last}`: there are {many}.",
                            part.prefix
                        ),
                    };
                    self.found.refuse(&pointer(), code::COUNT, words);
                }
                is_right
            }
        };
        if is_right && is_whole && filled > most && !variables.is_empty() {
            let words = format!(
                "Shorten the values: with them the {word} has {filled} characters, and at most {most} fit."
            );
            let pointer = match values {
                [value] => format!("{}/0/{}", pointer(), place_of_text(value)),
                _ => pointer(),
            };
            self.found.refuse(&pointer, code::TOO_LONG, words);
        } else if is_right && is_whole && !variables.is_empty() {
            self.near_the_edge(pointer, text, values, advised);
        }
    }

    /// Warns where a text fits by code points and not by UTF-16: Meta does not say which it counts.
    fn near_the_edge(
        &mut self,
        pointer: impl FnOnce() -> String,
        text: &TemplateText,
        values: &[Value],
        most: usize,
    ) {
        let least = text.as_str().len()
            + values
                .iter()
                .filter_map(shown)
                .map(|it| it.len())
                .sum::<usize>();
        if least <= most {
            return;
        }
        let filled = text.filled(|variable| {
            let mut by_name = values.iter().filter(|value| name(value) == Some(variable));
            let value = match self.is_named {
                true => by_name.next(),
                false => {
                    let at = text.variables().iter().position(|it| it.name == variable);
                    at.and_then(|at| values.get(at))
                }
            };
            value.and_then(shown)
        });
        if filled.encode_utf16().count() > most {
            let words = format!("Shorten the values: Meta may count more than {most} characters.");
            self.found.warn(&pointer(), code::TOO_LONG, words);
        }
    }

    /// Checks that each variable has one value by its name.
    fn names(
        &mut self,
        part: &Part<'_, '_>,
        pointer: &str,
        word: &str,
        variables: &[TemplateVariable],
        values: &[Value],
    ) -> bool {
        let mut is_right = true;
        for (at, value) in values.iter().enumerate() {
            let place = || format!("{pointer}/{at}/parameter_name");
            let Some(given) = name(value) else {
                is_right = false;
                let words = "Give the variable's name: this template has named ones.";
                self.found.refuse(&place(), code::INVALID, words);
                continue;
            };
            if !variables.iter().any(|variable| variable.name == given) {
                is_right = false;
                let words = format!(
                    "Remove the value or correct its name: the {word} has no variable `{given}`."
                );
                self.found.refuse(&place(), code::COUNT, words);
            } else if values
                .iter()
                .take(at)
                .any(|earlier| name(earlier) == Some(given))
            {
                is_right = false;
                self.found
                    .refuse(&place(), code::COUNT, format!("Give `{given}` once."));
            }
        }
        for variable in variables {
            if !values
                .iter()
                .any(|value| name(value) == Some(&variable.name))
            {
                is_right = false;
                let words = format!(
                    "Give `{}{}`, a value of the {word}.",
                    part.prefix, variable.name
                );
                self.found.refuse(pointer, code::COUNT, words);
            }
        }
        is_right
    }

    /// Checks a value that stands within a line.
    fn in_line(&mut self, pointer: impl FnOnce() -> String, text: &str) {
        let words = if text.contains(['\n', '\r', '\t']) {
            "Remove the line breaks and tabs: a template's value stands in one line."
        } else if text.contains("     ") {
            "Leave at most four spaces in a row."
        } else {
            return;
        };
        self.found.refuse(&pointer(), code::VALUE, words);
    }

    /// Checks a one-time code, which stands in the body and in the button.
    fn code(&mut self, part: &Part<'_, '_>) {
        let body = self.one(part, "body");
        let values = body.map(Given::values).unwrap_or_default();
        let pointer =
            body.map_or_else(|| part.at.clone(), |body| part.pointer(body, "/parameters"));
        let code = match values {
            [value] => {
                let code = shown(value).filter(|_| kind(value) == "text");
                match &code {
                    Some(text) => {
                        let pointer = format!("{pointer}/0/text");
                        self.one_time_code(&pointer, text);
                    }
                    None if kind(value) != "text" => {
                        let pointer = format!("{pointer}/0/type");
                        self.found
                            .refuse(&pointer, code::FORMAT, "Give the code as a text.");
                    }
                    None => {}
                }
                if self.is_named {
                    let variables = body_of(part.template).and_then(|body| body.text.as_ref());
                    let variables = variables.map(TemplateText::variables).unwrap_or_default();
                    self.names(part, &pointer, "body", variables, values);
                }
                code
            }
            _ => {
                let words = "Give one value, `body.1`, the code.";
                self.found.refuse(&pointer, code::COUNT, words);
                None
            }
        };
        let buttons = buttons_of(part.template);
        let own = buttons.iter().position(|button| {
            button.kind.is_one_time_code() || matches!(button.kind, TemplateButtonKind::Url(_))
        });
        let mut is_given = false;
        for given in part.of("button") {
            let Some(at) = index(given) else { continue };
            if Some(at) != own {
                let pointer = part.pointer(given, "/index");
                let words = "Remove it: only the code's button takes a value.";
                self.found.refuse(&pointer, code::COUNT, words);
                continue;
            }
            is_given = true;
            // Meta's pages show `url`, also for a button that is not read back as a link.
            let kind_of_button = buttons.get(at).map(|button| &button.kind);
            if !(matches!(kind_of_button, Some(TemplateButtonKind::Otp { .. }))
                && is_word(given.field("sub_type"), "otp"))
            {
                self.sub_type(part, given, "url");
            }
            let pointer = part.pointer(given, "/parameters");
            match given.values() {
                [value] if kind(value) == "text" => {
                    let text = shown(value);
                    if let Some(text) = &text {
                        self.one_time_code(&format!("{pointer}/0/text"), text);
                    }
                    if text.is_some() && code.is_some() && text != code {
                        let words =
                            "Give the same code as in the body: the person copies this one.";
                        self.found
                            .warn(&format!("{pointer}/0/text"), code::VALUE, words);
                    }
                }
                [_] => {
                    let words = "Give the code as a text.";
                    self.found
                        .refuse(&format!("{pointer}/0/type"), code::FORMAT, words);
                }
                _ => self
                    .found
                    .refuse(&pointer, code::MISSING, "Give one value, the code."),
            }
        }
        if own.is_some() && !is_given {
            let words = "Give the code a second time, for the button.";
            self.found.refuse(&part.at, code::MISSING, words);
        }
    }

    fn one_time_code(&mut self, pointer: &str, text: &str) {
        self.in_line(|| pointer.to_owned(), text);
        let long = length(text);
        if long > CODE {
            let words = format!("Shorten the code to {CODE} characters: it has {long}.");
            self.found.refuse(pointer, code::TOO_LONG, words);
        }
    }

    fn sub_type(&mut self, part: &Part<'_, '_>, given: Given<'_>, wanted: &str) -> bool {
        let Some(word) = given.field("sub_type").and_then(Value::as_str) else {
            return false;
        };
        let is_right = word.eq_ignore_ascii_case(wanted);
        if !is_right && !word.is_empty() {
            let words = format!("Give `{wanted}`: that is the kind of this button.");
            self.found
                .refuse(&part.pointer(given, "/sub_type"), code::FORMAT, words);
        }
        is_right
    }

    fn buttons(&mut self, part: &Part<'_, '_>) {
        let buttons = buttons_of(part.template);
        for given in part.of("button") {
            let Some(at) = index(given) else { continue };
            match buttons.get(at) {
                Some(button) => self.button(part, given, button),
                None => {
                    let many = buttons.len();
                    let words =
                        format!("Remove it: the template has {many} buttons, counted from 0.");
                    self.found
                        .refuse(&part.pointer(given, "/index"), code::COUNT, words);
                }
            }
        }
        for (at, button) in buttons.iter().enumerate() {
            let (what, code) = match &button.kind {
                TemplateButtonKind::Url(url) if !url.variables().is_empty() => {
                    ("the end of its address", code::MISSING)
                }
                TemplateButtonKind::CopyCode { .. } => ("the code to copy", code::MISSING),
                TemplateButtonKind::Products => ("its products", code::MISSING),
                _ => continue,
            };
            if !part.of("button").any(|given| index(given) == Some(at)) {
                let words = format!("Give `{}button.{at}.1`, {what}.", part.prefix);
                self.found.refuse(&part.at, code, words);
            }
        }
    }

    fn button(&mut self, part: &Part<'_, '_>, given: Given<'_>, button: &TemplateButton) {
        use TemplateButtonKind as Kind;
        let (wanted, types, is_required): (_, &[&str], _) = match &button.kind {
            Kind::Url(url) if !url.variables().is_empty() => ("url", &["text"], true),
            Kind::QuickReply => ("quick_reply", &["payload"], false),
            Kind::CopyCode { .. } => ("copy_code", &["coupon_code"], true),
            Kind::Flow => ("flow", &["action"], false),
            Kind::Catalog => ("catalog", &["action"], false),
            Kind::Products => ("mpm", &["action"], true),
            Kind::Url(_) | Kind::PhoneNumber(_) | Kind::RequestContactInfo => {
                self.sub_type(part, given, &button.kind.as_str().to_ascii_lowercase());
                return self.none(part, Some(given), "This button takes no value.");
            }
            Kind::VoiceCall | Kind::Product => {
                self.sub_type(part, given, &button.kind.as_str().to_ascii_lowercase());
                return;
            }
            Kind::Otp { .. } | Kind::Other(_) => return,
        };
        if !self.sub_type(part, given, wanted) {
            return;
        }
        let pointer = part.pointer(given, "/parameters");
        let value = match given.values() {
            [] if is_required => {
                let words = format!(
                    "Give one value of the type `{}`.",
                    types.first().unwrap_or(&"")
                );
                return self.found.refuse(&pointer, code::MISSING, words);
            }
            [] => return,
            [value] => value,
            _ => {
                let words = "Give one value: a button has one place.";
                return self.found.refuse(&pointer, code::COUNT, words);
            }
        };
        let pointer = format!("{pointer}/0");
        if !types.contains(&kind(value)) {
            let words = format!(
                "Give a value of the type `{}`.",
                types.first().unwrap_or(&"")
            );
            return self
                .found
                .refuse(&format!("{pointer}/type"), code::FORMAT, words);
        }
        self.value_of_button(&pointer, value, &button.kind);
    }

    fn value_of_button(&mut self, pointer: &str, value: &Value, kind: &TemplateButtonKind) {
        use TemplateButtonKind as Kind;
        let text = |key: &str| field(value, key).and_then(Value::as_str);
        match kind {
            Kind::Url(url) => {
                let Some(end) = text("text") else { return };
                let pointer = format!("{pointer}/text");
                self.in_line(|| pointer.clone(), end);
                let long = url.fixed_length() + length(end);
                if long > URL {
                    let words = format!(
                        "Shorten it: the address has {long} characters, and at most {URL} fit."
                    );
                    self.found.refuse(&pointer, code::TOO_LONG, words);
                }
            }
            Kind::QuickReply if text("payload") == Some("") => {
                let words = "Give a payload, or leave the button out.";
                self.found
                    .refuse(&format!("{pointer}/payload"), code::VALUE, words);
            }
            Kind::CopyCode { .. } => {
                let Some(given) = text("coupon_code") else {
                    return;
                };
                let pointer = format!("{pointer}/coupon_code");
                self.in_line(|| pointer.clone(), given);
                let long = length(given);
                if self.template.offer().is_some() && long > CODE {
                    let words = format!("Shorten it to {CODE} characters: it has {long}.");
                    self.found.refuse(&pointer, code::TOO_LONG, words);
                } else if (CODE + 1..=COUPON).contains(&long) {
                    let words = "Shorten it to 15 characters: Meta's pages say 15 or 20.";
                    self.found.warn(&pointer, code::TOO_LONG, words);
                }
            }
            Kind::Flow => self.flow(pointer, field(value, "action")),
            Kind::Catalog => self.thumbnail(pointer, field(value, "action")),
            Kind::Products => {
                let action = field(value, "action");
                self.thumbnail(pointer, action);
                self.sections(pointer, action.and_then(|action| field(action, "sections")));
            }
            _ => {}
        }
    }

    fn flow(&mut self, pointer: &str, action: Option<&Value>) {
        let of = |key: &str| action.and_then(|action| field(action, key));
        if of("flow_token").is_some_and(|token| !token.is_string()) {
            let pointer = format!("{pointer}/action/flow_token");
            self.found.warn(&pointer, code::FORMAT, "Give a text.");
        }
        if of("flow_action_data").is_some_and(|data| !data.is_object()) {
            let pointer = format!("{pointer}/action/flow_action_data");
            self.found.warn(&pointer, code::FORMAT, "Give an object.");
        }
    }

    fn thumbnail(&mut self, pointer: &str, action: Option<&Value>) {
        let id = action.and_then(|action| field(action, "thumbnail_product_retailer_id"));
        if id.is_some_and(|id| !is_id(id)) {
            let pointer = format!("{pointer}/action/thumbnail_product_retailer_id");
            self.found
                .warn(&pointer, code::FORMAT, "Give the product's id, as a text.");
        }
    }

    fn sections(&mut self, pointer: &str, sections: Option<&Value>) {
        let pointer = format!("{pointer}/action/sections");
        let sections = list(sections);
        if !(1..=SECTIONS).contains(&sections.len()) {
            let words = format!("Give 1 to {SECTIONS} sections with products.");
            return self.found.refuse(&pointer, code::FORMAT, words);
        }
        let mut many = 0;
        for (at, section) in sections.iter().enumerate() {
            let items = list(field(section, "product_items"));
            many += items.len();
            let pointer = format!("{pointer}/{at}/product_items");
            if items.is_empty() {
                self.found
                    .refuse(&pointer, code::FORMAT, "Give at least one product.");
            }
            for (at, item) in items.iter().enumerate() {
                if !field(item, "product_retailer_id").is_some_and(is_id) {
                    let pointer = format!("{pointer}/{at}/product_retailer_id");
                    self.found
                        .refuse(&pointer, code::FORMAT, "Give the product's id, as a text.");
                }
            }
        }
        if many > PRODUCTS {
            let words = format!("Give at most {PRODUCTS} products in all: there are {many}.");
            self.found.refuse(&pointer, code::FORMAT, words);
        }
    }

    fn offer(&mut self, part: &Part<'_, '_>) {
        let given = self.one(part, "limited_time_offer");
        match (self.template.offer(), given) {
            (Some(true), None) => {
                let words = "Give `limited_time_offer.1`, the offer's end.";
                self.found.refuse(&part.at, code::MISSING, words);
            }
            (Some(false), Some(given)) => {
                let words = "Remove it: this offer has no end.";
                self.found
                    .warn(&part.pointer(given, ""), code::COUNT, words);
            }
            (None, Some(given)) => {
                let words = "Remove it: the template has no limited-time offer.";
                self.found
                    .refuse(&part.pointer(given, ""), code::COUNT, words);
            }
            (Some(true), Some(_)) | (_, None) => {}
        }
    }

    fn cards(&mut self, part: &Part<'_, '_>) {
        let given = self.one(part, "carousel");
        let known = self.template.cards();
        let Some(given) = given else {
            if !known.is_empty() {
                let words = format!("Give the carousel's {} cards.", known.len());
                self.found.refuse(&part.at, code::COUNT, words);
            }
            return;
        };
        if known.is_empty() {
            let words = "Remove it: the template has no carousel.";
            return self
                .found
                .refuse(&part.pointer(given, ""), code::COUNT, words);
        }
        let cards = list(given.field("cards"));
        let pointer = part.pointer(given, "/cards");
        let has_products = self.template.has_product_cards();
        let range = match has_products {
            true => 2..=CARDS,
            false => known.len()..=known.len(),
        };
        if !range.contains(&cards.len()) {
            let words = match has_products {
                true => format!("Give 2 to {CARDS} cards: there are {}.", cards.len()),
                false => format!("Give {} cards: there are {}.", known.len(), cards.len()),
            };
            self.found.refuse(&pointer, code::COUNT, words);
        }
        let mut seen = [false; CARDS];
        for (at, card) in cards.iter().enumerate() {
            let pointer = format!("{pointer}/{at}");
            let place = field(card, "card_index").and_then(Value::as_u64);
            // A place that cannot be read is a fault of every carousel.
            let Some(place) = place.and_then(|place| usize::try_from(place).ok()) else {
                continue;
            };
            match seen.get_mut(place) {
                Some(seen) if !*seen && place < cards.len() => *seen = true,
                _ => {
                    let words = "Give each card its own place, counted from 0 without gaps.";
                    let pointer = format!("{pointer}/card_index");
                    self.found.refuse(&pointer, code::INVALID, words);
                }
            }
            let first = known.first().filter(|_| has_products);
            let Some(template) = known.get(place).or(first) else {
                continue;
            };
            let card = Part {
                template,
                given: list(field(card, "components")),
                at: format!("{pointer}/components"),
                prefix: format!("card.{place}."),
                longest_body: BODY_OF_CARD,
                advised_body: BODY_OF_CARD,
            };
            self.header(&card);
            self.body(&card);
            self.buttons(&card);
        }
    }
}

/// Returns the text that a value shows.
fn shown(value: &Value) -> Option<Cow<'_, str>> {
    let text = match kind(value) {
        "text" => field(value, "text"),
        word @ ("currency" | "date_time") => {
            field(value, word).and_then(|inner| field(inner, "fallback_value"))
        }
        _ => None,
    };
    text.and_then(Value::as_str).map(Cow::Borrowed)
}

/// Returns where a value's text stands within it.
fn place_of_text(value: &Value) -> &'static str {
    match kind(value) {
        "currency" => "currency/fallback_value",
        "date_time" => "date_time/fallback_value",
        _ => "text",
    }
}

fn name(value: &Value) -> Option<&str> {
    field(value, "parameter_name").and_then(Value::as_str)
}

fn length(text: &str) -> usize {
    text.chars().count()
}

fn is_id(value: &Value) -> bool {
    value.is_u64() || value.as_str().is_some_and(|id| !id.is_empty())
}

/// Reads the place of a button: a number, or a text of one.
fn index(given: Given<'_>) -> Option<usize> {
    let index = match given.field("index")? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    index
        .and_then(|index| usize::try_from(index).ok())
        .filter(|index| *index < 10)
}

fn lower(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}
