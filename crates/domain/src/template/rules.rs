//! Meta's rules for making and editing templates, before Meta is asked.
//!
//! The codes are Meta's own for template calls, which stand in `code` or `error_subcode`.

use serde_json::{Map, Value};

use super::{
    TemplateCategory, TemplateCheck, TemplateDefinition, TemplateStatus, TemplateText,
    text::{Piece, is_number, pieces},
};

const INVALID: i64 = 100;
/// The status does not allow the change.
const LOCKED: i64 = 2_388_039;
const TOO_LONG: i64 = 2_388_040;
const COMPONENT: i64 = 2_388_043;
const HEADER: i64 = 2_388_047;
const BODY: i64 = 2_388_072;
const FOOTER: i64 = 2_388_073;
/// There are too many variables for the text, or two side by side.
const DENSITY: i64 = 2_388_293;
/// The text begins or ends with a variable.
const EDGE: i64 = 2_388_299;

/// The most buttons of each kind in a template.
const KINDS: [(&str, usize); 11] = [
    ("QUICK_REPLY", 10),
    ("URL", 2),
    ("PHONE_NUMBER", 1),
    ("COPY_CODE", 1),
    ("OTP", 1),
    ("FLOW", 1),
    ("VOICE_CALL", 1),
    ("REQUEST_CONTACT_INFO", 1),
    ("CATALOG", 1),
    ("MPM", 1),
    ("SPM", 1),
];

const COMPONENTS: [&str; 7] = [
    "HEADER",
    "BODY",
    "FOOTER",
    "BUTTONS",
    "CAROUSEL",
    "LIMITED_TIME_OFFER",
    "CALL_PERMISSION_REQUEST",
];

/// Checks the body of a create: `name`, `language`, `category`, `components` and what belongs to them, in Meta's form.
/// It reports all faults, with pointers into the body.
pub fn check_create(body: &Value) -> TemplateCheck {
    check(body, None)
}

/// Checks the body of an edit of this template. An edit brings all components: Meta replaces them.
pub fn check_edit(body: &Value, template: &TemplateDefinition) -> TemplateCheck {
    check(body, Some(template))
}

fn check(body: &Value, edited: Option<&TemplateDefinition>) -> TemplateCheck {
    let mut rules = Rules {
        body,
        category: None,
        is_named: false,
        found: TemplateCheck::default(),
    };
    let Some(fields) = body.as_object() else {
        rules.found.refuse("", INVALID, "Give an object.");
        return rules.found;
    };
    rules.category = match (text(body, "category"), edited) {
        (Some(word), _) => Some(TemplateCategory::read(word)),
        (None, Some(edited)) => edited.category.clone(),
        (None, None) => None,
    };
    match edited {
        None => rules.identity(),
        Some(edited) => rules.edit(edited),
    }
    rules.fields(fields, edited);
    let is_library = get(body, "library_template_name").is_some();
    match get(body, "components") {
        Some(Value::Array(components)) => rules.components(components),
        Some(_) => rules
            .found
            .refuse("/components", COMPONENT, "Give a list of components."),
        None if !is_library && (edited.is_none() || fields.is_empty()) => {
            rules.found.refuse(
                "/components",
                COMPONENT,
                "Give the components: they are missing.",
            );
        }
        None => {}
    }
    rules.found
}

fn get<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.get(key).filter(|value| !value.is_null())
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    get(value, key).and_then(Value::as_str)
}

fn word(value: &Value, key: &str) -> String {
    text(value, key).unwrap_or_default().to_ascii_uppercase()
}

fn items<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    let items = get(value, key).and_then(Value::as_array);
    items.map_or(&[], Vec::as_slice)
}

fn length(text: &str) -> usize {
    text.chars().count()
}

struct Rules<'b> {
    body: &'b Value,
    category: Option<TemplateCategory>,
    is_named: bool,
    found: TemplateCheck,
}

impl Rules<'_> {
    fn refuse(&mut self, pointer: &str, code: i64, words: impl Into<String>) {
        self.found.refuse(pointer, code, words);
    }

    fn is(&self, category: &TemplateCategory) -> bool {
        self.category.as_ref() == Some(category)
    }

    /// Checks name, language and category, which a create needs.
    fn identity(&mut self) {
        let is_plain = |name: &str| {
            name.bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        };
        match text(self.body, "name") {
            Some(name) if (1..=512).contains(&name.len()) && is_plain(name) => {}
            _ => self.refuse(
                "/name",
                INVALID,
                "Give a name of 1 to 512 small letters, digits and underscores.",
            ),
        }
        match text(self.body, "language") {
            None | Some("") => {
                self.refuse("/language", INVALID, "Give the language, such as `en_US`.");
            }
            Some(code) if !is_language(code) => {
                let words = "Check the language: Meta's codes look like `en`, `en_US` or `pt_BR`.";
                self.found.warn("/language", INVALID, words);
            }
            Some(_) => {}
        }
        if !self.category.as_ref().is_some_and(is_known) {
            let words = "Give one of `AUTHENTICATION`, `MARKETING`, `UTILITY`.";
            self.refuse("/category", INVALID, words);
        }
    }

    fn edit(&mut self, edited: &TemplateDefinition) {
        use TemplateStatus as Status;
        match &edited.status {
            Some(Status::Approved | Status::Rejected | Status::Paused | Status::Other(_))
            | None => {}
            Some(status) => {
                let words = format!(
                    "Wait: Meta changes approved, rejected and paused templates only, and this one is {status}."
                );
                self.refuse("", LOCKED, words);
            }
        }
        let Some(word) = text(self.body, "category") else {
            return;
        };
        let category = TemplateCategory::read(word);
        if !is_known(&category) {
            let words = "Give one of `AUTHENTICATION`, `MARKETING`, `UTILITY`.";
            self.refuse("/category", INVALID, words);
        } else if edited.status == Some(Status::Approved) && edited.category != Some(category) {
            let words = "Leave the category as it is: that of an approved template is fixed.";
            self.refuse("/category", INVALID, words);
        }
    }

    fn fields(&mut self, fields: &Map<String, Value>, edited: Option<&TemplateDefinition>) {
        self.is_named = match get(self.body, "parameter_format") {
            None => edited.is_some_and(TemplateDefinition::is_named),
            Some(format) => match format.as_str().map(str::to_ascii_uppercase).as_deref() {
                Some("NAMED") => true,
                Some("POSITIONAL") => false,
                _ => {
                    let words = "Give `POSITIONAL` or `NAMED`.";
                    self.refuse("/parameter_format", INVALID, words);
                    false
                }
            },
        };
        if let Some(ttl) = get(self.body, "message_send_ttl_seconds") {
            self.time_to_live(ttl);
        }
        if fields.contains_key("bid_spec") {
            let words = "Give the highest price as `optimization_spec`: Meta refuses `bid_spec`.";
            self.refuse("/bid_spec", INVALID, words);
        }
        if fields.contains_key("allow_category_change") {
            let words =
                "Leave it out: Meta no longer honours it, and may always change the category.";
            self.found.warn("/allow_category_change", INVALID, words);
        }
    }

    fn time_to_live(&mut self, ttl: &Value) {
        let (range, may_be_longest) = match &self.category {
            Some(TemplateCategory::Authentication) => (30..=900, true),
            Some(TemplateCategory::Utility) => (30..=43_200, true),
            Some(TemplateCategory::Marketing) => (43_200..=2_592_000, false),
            _ => return,
        };
        let seconds = ttl.as_i64();
        let is_right = seconds.is_some_and(|it| range.contains(&it) || may_be_longest && it == -1);
        if !is_right {
            let longest = if may_be_longest {
                ", or -1 for 30 days"
            } else {
                ""
            };
            let (least, most) = (range.start(), range.end());
            let words = format!("Give {least} to {most} seconds{longest}.");
            self.refuse("/message_send_ttl_seconds", INVALID, words);
        }
    }

    fn components(&mut self, components: &[Value]) {
        let is_code = self.is(&TemplateCategory::Authentication);
        let kinds: Vec<String> = components.iter().map(|it| word(it, "type")).collect();
        let many = |kind: &str| kinds.iter().filter(|known| *known == kind).count();
        let has_offer = many("LIMITED_TIME_OFFER") > 0;
        let is_single = components.iter().any(|component| {
            items(component, "buttons")
                .iter()
                .any(|button| word(button, "type") == "SPM")
        });
        let longest = match (has_offer, is_single) {
            (true, _) => 600,
            (_, true) => 160,
            _ => 1024,
        };
        for (at, (component, kind)) in components.iter().zip(&kinds).enumerate() {
            let pointer = format!("/components/{at}");
            let is_repeat = kinds.iter().take(at).any(|earlier| earlier == kind);
            if is_repeat && COMPONENTS.contains(&kind.as_str()) {
                let words = format!("Remove it: a template has one {kind} at most.");
                self.refuse(&pointer, COMPONENT, words);
            }
            match kind.as_str() {
                "HEADER" if is_code => self.refuse(
                    &pointer,
                    HEADER,
                    "Remove it: an authentication template has no header.",
                ),
                "HEADER" => self.header(&pointer, component),
                "BODY" if is_code => self.without_text(&pointer, component, BODY),
                "BODY" => self.text_of_body(&pointer, component, longest),
                "FOOTER" if is_code => self.minutes(&pointer, component),
                "FOOTER" => self.footer(&pointer, component),
                "BUTTONS" => self.buttons(&pointer, component, has_offer),
                "CAROUSEL" => self.carousel(&pointer, component),
                "LIMITED_TIME_OFFER" => self.offer(&pointer, component, components),
                "CALL_PERMISSION_REQUEST" => self.call_permission(&pointer, &kinds),
                "" => self.refuse(&format!("{pointer}/type"), COMPONENT, "Give the type."),
                _ => {
                    let words = format!("Meta's pages name no component {kind}.");
                    self.found
                        .warn(&format!("{pointer}/type"), COMPONENT, words);
                }
            }
        }
        if many("BODY") == 0 {
            self.refuse("/components", COMPONENT, "Add a component of type BODY.");
        }
        if is_code && many("BUTTONS") == 0 {
            let words = "Add a component BUTTONS with one OTP button.";
            self.refuse("/components", COMPONENT, words);
        }
    }

    /// Reads a required text of 1 to `most` characters.
    fn needs<'v>(
        &mut self,
        pointer: &str,
        object: &'v Value,
        key: &str,
        most: usize,
        code: i64,
    ) -> Option<&'v str> {
        let pointer = format!("{pointer}/{key}");
        match text(object, key) {
            Some(text) if !text.trim().is_empty() => {
                let long = length(text);
                if long > most {
                    let words = format!("Shorten it to {most} characters: it has {long}.");
                    self.refuse(&pointer, TOO_LONG, words);
                }
                Some(text)
            }
            _ => {
                self.refuse(&pointer, code, "Give a text.");
                None
            }
        }
    }

    fn header(&mut self, pointer: &str, component: &Value) {
        let format = word(component, "format");
        match format.as_str() {
            "TEXT" => {
                let Some(text) = self.needs(pointer, component, "text", 60, HEADER) else {
                    return;
                };
                let variables = self.variables(&format!("{pointer}/text"), text, HEADER);
                if variables.variables().len() > 1 {
                    let words = "Use one variable at most in a header.";
                    self.refuse(&format!("{pointer}/text"), HEADER, words);
                }
                self.examples(pointer, component, &variables, "header_text", HEADER);
            }
            "IMAGE" | "VIDEO" | "DOCUMENT" | "GIF" => {
                let handles = component.pointer("/example/header_handle");
                let has_one = match handles {
                    Some(Value::Array(handles)) => handles.first().is_some_and(Value::is_string),
                    Some(Value::String(handle)) => !handle.is_empty(),
                    _ => false,
                };
                if !has_one {
                    let words = "Give an example file: upload one, and name it here.";
                    self.refuse(&format!("{pointer}/example/header_handle"), HEADER, words);
                }
                if format == "GIF" && !self.is(&TemplateCategory::Marketing) {
                    let words =
                        "Choose a video: moving pictures go by the Marketing Messages API only.";
                    self.found.warn(&format!("{pointer}/format"), HEADER, words);
                }
            }
            "LOCATION" => {}
            "PRODUCT" => self.needs_marketing(&format!("{pointer}/format"), "a product header"),
            "" => self.refuse(&format!("{pointer}/format"), HEADER, "Give the format."),
            _ => {
                let words = format!("Meta's pages name no header format {format}.");
                self.found.warn(&format!("{pointer}/format"), HEADER, words);
            }
        }
    }

    fn needs_marketing(&mut self, pointer: &str, what: &str) {
        if !self.is(&TemplateCategory::Marketing) {
            let words = format!("Choose the category MARKETING: only there is {what} allowed.");
            self.refuse(pointer, COMPONENT, words);
        }
    }

    fn text_of_body(&mut self, pointer: &str, component: &Value, most: usize) {
        let Some(text) = self.needs(pointer, component, "text", most, BODY) else {
            return;
        };
        let place = format!("{pointer}/text");
        let variables = self.variables(&place, text, BODY);
        let pieces: Vec<Piece<'_>> = pieces(text.trim()).collect();
        let is_variable = |piece: Option<&Piece<'_>>| matches!(piece, Some(Piece::Variable(_)));
        if is_variable(pieces.first()) || is_variable(pieces.last()) {
            let words = "Begin and end the text with words: a variable may not be first or last.";
            self.refuse(&place, EDGE, words);
        }
        let is_close = pieces.windows(2).any(|pair| {
            matches!(pair, [Piece::Variable(_), Piece::Variable(_)])
        }) || pieces.windows(3).any(|three| {
            matches!(three, [Piece::Variable(_), Piece::Fixed(between), Piece::Variable(_)] if between.trim().is_empty())
        });
        if is_close {
            let words = "Put words between the variables: two may not stand side by side.";
            self.refuse(&place, DENSITY, words);
        }
        let words = text.split_whitespace().count();
        let many: usize = variables.variables().iter().map(|it| it.count).sum();
        if many > 0 && words < 3 * many {
            let words = "Use more words: Meta may find too many variables for so short a text.";
            self.found.warn(&place, DENSITY, words);
        }
        if text.chars().filter(|letter| is_emoji(*letter)).count() > 10 {
            let words =
                "Use fewer emoji: Meta limits them in marketing, and does not say to how many.";
            self.found.warn(&place, BODY, words);
        }
        self.examples(pointer, component, &variables, "body_text", BODY);
    }

    /// Checks the variables of a text.
    fn variables(&mut self, pointer: &str, text: &str, code: i64) -> TemplateText {
        let read = TemplateText::new(text);
        let has_braces = pieces(text).any(|piece| {
            matches!(piece, Piece::Fixed(text) if text.contains("{{") || text.contains("}}"))
        });
        if has_braces {
            let words = match self.is_named {
                true => {
                    "Write variables as `{{first_name}}`: small letters and underscores between two braces."
                }
                false => "Write variables as `{{1}}`: a number between two braces.",
            };
            self.refuse(pointer, code, words);
        }
        let names: Vec<&str> = read.variables().iter().map(|it| it.name.as_str()).collect();
        if self.is_named {
            for name in &names {
                let is_small = name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
                let is_digit_only = is_number(name);
                let has_digits = name
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit());
                if is_small {
                    continue;
                }
                if has_digits && !is_digit_only {
                    let words = format!("Rename `{name}`: Meta may refuse digits in a name.");
                    self.found.warn(pointer, code, words);
                } else {
                    let words =
                        format!("Rename `{name}`: a name has small letters and underscores only.");
                    self.refuse(pointer, code, words);
                }
            }
            if read.variables().iter().any(|it| it.count > 1) {
                self.found.warn(
                    pointer,
                    code,
                    "Use each name once: Meta may refuse repeats.",
                );
            }
            return read;
        }
        if let Some(name) = names.iter().find(|name| !is_number(name)) {
            let words =
                format!("Number it, or give `parameter_format` `NAMED`: `{name}` is a name.");
            self.refuse(pointer, code, words);
            return read;
        }
        let mut first_seen: Vec<&str> = Vec::new();
        for piece in pieces(text) {
            if let Piece::Variable(name) = piece
                && !first_seen.contains(&name)
            {
                first_seen.push(name);
            }
        }
        let is_in_order =
            (first_seen.iter().enumerate()).all(|(at, name)| name.parse() == Ok(at + 1));
        if !is_in_order {
            let words = "Number the variables from {{1}} in the order of the text, without gaps.";
            self.refuse(pointer, code, words);
        }
        read
    }

    /// Checks that each variable has an example.
    fn examples(
        &mut self,
        pointer: &str,
        component: &Value,
        text: &TemplateText,
        key: &str,
        code: i64,
    ) {
        let variables = text.variables();
        if variables.is_empty() {
            return;
        }
        let example = get(component, "example");
        if self.is_named {
            let key = format!("{key}_named_params");
            let given = example
                .map(|example| items(example, &key))
                .unwrap_or_default();
            for variable in variables {
                let has_one = given.iter().any(|it| {
                    self::text(it, "param_name") == Some(&variable.name)
                        && self::text(it, "example")
                            .is_some_and(|example| !example.trim().is_empty())
                });
                if !has_one {
                    let words = format!("Give an example for `{}`.", variable.name);
                    self.refuse(&format!("{pointer}/example/{key}"), code, words);
                }
            }
            return;
        }
        let given: Vec<&Value> = match example.and_then(|example| get(example, key)) {
            Some(Value::Array(list)) => match list.first() {
                Some(Value::Array(inner)) => inner.iter().collect(),
                _ => list.iter().collect(),
            },
            Some(one @ Value::String(_)) => vec![one],
            _ => Vec::new(),
        };
        let is_shown = |example: &&Value| {
            example
                .as_str()
                .is_some_and(|example| !example.trim().is_empty())
        };
        if given.len() != variables.len() || !given.iter().all(is_shown) {
            let many = variables.len();
            let words = format!("Give an example for each of the {many} variables, as texts.");
            self.refuse(&format!("{pointer}/example/{key}"), code, words);
        }
    }

    fn footer(&mut self, pointer: &str, component: &Value) {
        if let Some(text) = self.needs(pointer, component, "text", 60, FOOTER)
            && text.contains("{{")
        {
            self.refuse(
                &format!("{pointer}/text"),
                FOOTER,
                "Remove the variables from the footer.",
            );
        }
    }

    fn without_text(&mut self, pointer: &str, component: &Value, code: i64) {
        if get(component, "text").is_some() {
            let words = "Remove the text: in authentication templates it is Meta's own.";
            self.refuse(&format!("{pointer}/text"), code, words);
        }
        if get(component, "add_security_recommendation").is_some_and(|it| !it.is_boolean()) {
            let pointer = format!("{pointer}/add_security_recommendation");
            self.refuse(&pointer, code, "Give true or false.");
        }
    }

    fn minutes(&mut self, pointer: &str, component: &Value) {
        self.without_text(pointer, component, FOOTER);
        if let Some(minutes) = get(component, "code_expiration_minutes")
            && !minutes
                .as_i64()
                .is_some_and(|minutes| (1..=90).contains(&minutes))
        {
            let pointer = format!("{pointer}/code_expiration_minutes");
            self.refuse(&pointer, FOOTER, "Give 1 to 90 minutes.");
        }
    }

    fn buttons(&mut self, pointer: &str, component: &Value, has_offer: bool) {
        let buttons = items(component, "buttons");
        let place = format!("{pointer}/buttons");
        if !(1..=10).contains(&buttons.len()) {
            self.refuse(&place, COMPONENT, "Give 1 to 10 buttons.");
        }
        let kinds: Vec<String> = buttons.iter().map(|it| word(it, "type")).collect();
        for (kind, most) in KINDS {
            let many = kinds.iter().filter(|known| *known == kind).count();
            if many > most {
                let words =
                    format!("Leave at most {most} buttons of type {kind}: there are {many}.");
                self.refuse(&place, COMPONENT, words);
            }
        }
        let replies = kinds.iter().map(|kind| kind == "QUICK_REPLY");
        let replies: Vec<bool> = replies.collect();
        let changes = replies
            .windows(2)
            .filter(|pair| matches!(pair, [a, b] if a != b))
            .count();
        if changes > 1 {
            let words = "Put the quick replies together, before or after the other buttons.";
            self.refuse(&place, COMPONENT, words);
        }
        let is_code = self.is(&TemplateCategory::Authentication);
        let is_otp = kinds.iter().all(|kind| kind == "OTP");
        if is_code && !(is_otp && buttons.len() == 1) {
            let words =
                "Give exactly one button of type OTP: an authentication template has no other.";
            self.refuse(&place, COMPONENT, words);
        }
        if has_offer {
            self.buttons_of_offer(&place, &kinds);
        }
        for (at, (button, kind)) in buttons.iter().zip(&kinds).enumerate() {
            self.button(&format!("{place}/{at}"), button, kind, has_offer);
        }
    }

    fn buttons_of_offer(&mut self, place: &str, kinds: &[String]) {
        let copy = kinds.iter().position(|kind| kind == "COPY_CODE");
        if copy.is_some_and(|at| at > 0) {
            let words = "Put the code to copy first: so Meta wants it beside a limited-time offer.";
            self.refuse(place, COMPONENT, words);
        }
        if kinds.iter().filter(|kind| *kind == "URL").count() > 1 {
            let words = "Leave one link: a limited-time offer has one.";
            self.refuse(place, COMPONENT, words);
        }
    }

    fn button(&mut self, pointer: &str, button: &Value, kind: &str, has_offer: bool) {
        match kind {
            "QUICK_REPLY" => {
                self.needs(pointer, button, "text", 25, COMPONENT);
            }
            "URL" => {
                self.needs(pointer, button, "text", 25, COMPONENT);
                self.url(pointer, button);
            }
            "PHONE_NUMBER" => {
                self.needs(pointer, button, "text", 25, COMPONENT);
                self.needs(pointer, button, "phone_number", 20, COMPONENT);
            }
            "COPY_CODE" => self.code_to_copy(pointer, button, has_offer),
            "OTP" => self.one_time_code(pointer, button),
            "FLOW" => self.flow(pointer, button),
            "VOICE_CALL" => {
                self.label(pointer, button, 20);
                if let Some(minutes) = get(button, "ttl_minutes")
                    && !minutes
                        .as_i64()
                        .is_some_and(|it| (1_440..=43_200).contains(&it))
                {
                    let words = "Give 1440 to 43200 minutes.";
                    self.refuse(&format!("{pointer}/ttl_minutes"), COMPONENT, words);
                }
            }
            "REQUEST_CONTACT_INFO" => {
                if get(button, "text").is_some() {
                    let words = "Remove it: this button's text is Meta's own.";
                    self.found
                        .warn(&format!("{pointer}/text"), COMPONENT, words);
                }
            }
            "CATALOG" | "MPM" | "SPM" => {
                self.label(pointer, button, 25);
                self.needs_marketing(&format!("{pointer}/type"), "a button for products");
                let needs_header = kind == "MPM" && !self.has_text_header();
                if needs_header {
                    let words = "Add a header of text: a template with several products needs one.";
                    self.refuse("/components", HEADER, words);
                }
            }
            "" => self.refuse(&format!("{pointer}/type"), COMPONENT, "Give the type."),
            _ => {
                let words = format!("Meta's pages name no button {kind} that one can make.");
                self.found
                    .warn(&format!("{pointer}/type"), COMPONENT, words);
            }
        }
    }

    fn has_text_header(&self) -> bool {
        items(self.body, "components")
            .iter()
            .any(|it| word(it, "type") == "HEADER" && word(it, "format") == "TEXT")
    }

    /// Checks an optional label.
    fn label(&mut self, pointer: &str, button: &Value, most: usize) {
        if get(button, "text").is_some() {
            self.needs(pointer, button, "text", most, COMPONENT);
        }
    }

    fn url(&mut self, pointer: &str, button: &Value) {
        let Some(url) = self.needs(pointer, button, "url", 2000, COMPONENT) else {
            return;
        };
        let place = format!("{pointer}/url");
        let pieces: Vec<Piece<'_>> = pieces(url).collect();
        let variables = pieces
            .iter()
            .filter(|piece| matches!(piece, Piece::Variable(_)))
            .count();
        let is_last = matches!(pieces.last(), Some(Piece::Variable(_)));
        let has_braces = pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Fixed(text) if text.contains("{{")));
        if variables > 1 || (variables == 1 && !is_last) || has_braces {
            let words = "Put one variable at the end of the address, or none.";
            self.refuse(&place, COMPONENT, words);
        }
        if variables > 0 {
            let has_example = match get(button, "example") {
                Some(Value::Array(list)) => list
                    .first()
                    .and_then(Value::as_str)
                    .is_some_and(|it| !it.is_empty()),
                Some(Value::String(example)) => !example.is_empty(),
                _ => false,
            };
            if !has_example {
                let words = "Give an example of the variable's value or of the whole address.";
                self.refuse(&format!("{pointer}/example"), COMPONENT, words);
            }
        }
    }

    fn code_to_copy(&mut self, pointer: &str, button: &Value, has_offer: bool) {
        let place = format!("{pointer}/example");
        let example = match get(button, "example") {
            Some(Value::Array(list)) => list.first().and_then(Value::as_str),
            Some(Value::String(example)) => Some(example.as_str()),
            _ => None,
        };
        let Some(example) = example.filter(|example| !example.is_empty()) else {
            return self.refuse(&place, COMPONENT, "Give an example of the code.");
        };
        let long = length(example);
        let most = if has_offer { 15 } else { 20 };
        if long > most {
            let words = format!("Shorten the code to {most} characters: it has {long}.");
            self.refuse(&place, TOO_LONG, words);
        } else if long > 15 {
            let words = "Shorten the code to 15 characters: Meta's pages say 15 or 20.";
            self.found.warn(&place, TOO_LONG, words);
        }
    }

    fn flow(&mut self, pointer: &str, button: &Value) {
        self.needs(pointer, button, "text", 25, COMPONENT);
        let ways = ["flow_id", "flow_name", "flow_json"];
        if ways.iter().filter(|key| get(button, key).is_some()).count() != 1 {
            let words = "Give exactly one of `flow_id`, `flow_name`, `flow_json`.";
            self.refuse(pointer, COMPONENT, words);
        }
        if word(button, "flow_action") == "NAVIGATE" && get(button, "navigate_screen").is_none() {
            let words = "Give the screen that the form begins with.";
            self.refuse(&format!("{pointer}/navigate_screen"), COMPONENT, words);
        }
    }

    fn one_time_code(&mut self, pointer: &str, button: &Value) {
        if !self.is(&TemplateCategory::Authentication) {
            let words = "Choose the category AUTHENTICATION: only there is an OTP button allowed.";
            self.refuse(&format!("{pointer}/type"), COMPONENT, words);
        }
        self.label(pointer, button, 25);
        if get(button, "autofill_text").is_some() {
            self.needs(pointer, button, "autofill_text", 25, COMPONENT);
        }
        let kind = word(button, "otp_type");
        match kind.as_str() {
            "COPY_CODE" => return,
            "ONE_TAP" | "ZERO_TAP" => {}
            _ => {
                let words = "Give `COPY_CODE`, `ONE_TAP` or `ZERO_TAP`.";
                return self.refuse(&format!("{pointer}/otp_type"), COMPONENT, words);
            }
        }
        if kind == "ZERO_TAP" && get(button, "zero_tap_terms_accepted") != Some(&Value::Bool(true))
        {
            let words = "Accept Meta's terms for zero-tap: without, Meta makes no template.";
            self.refuse(
                &format!("{pointer}/zero_tap_terms_accepted"),
                COMPONENT,
                words,
            );
        }
        let apps = items(button, "supported_apps");
        // An older form names one app in the button itself.
        if apps.is_empty() && get(button, "package_name").is_some() {
            return self.app(pointer, button);
        }
        if !(1..=5).contains(&apps.len()) {
            self.refuse(
                &format!("{pointer}/supported_apps"),
                COMPONENT,
                "Give 1 to 5 apps.",
            );
        }
        for (at, app) in apps.iter().enumerate() {
            self.app(&format!("{pointer}/supported_apps/{at}"), app);
        }
    }

    fn app(&mut self, pointer: &str, app: &Value) {
        let is_segment = |segment: &str| {
            segment.starts_with(|letter: char| letter.is_ascii_alphabetic())
                && segment
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let is_package =
            |name: &str| name.len() <= 224 && name.contains('.') && name.split('.').all(is_segment);
        if !text(app, "package_name").is_some_and(is_package) {
            let words = "Give the app's package, such as `com.example.app`.";
            self.refuse(&format!("{pointer}/package_name"), COMPONENT, words);
        }
        let is_hash = |hash: &str| {
            hash.len() == 11
                && hash
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
        };
        if !text(app, "signature_hash").is_some_and(is_hash) {
            let words = "Give the 11 characters of the app's signature hash.";
            self.refuse(&format!("{pointer}/signature_hash"), COMPONENT, words);
        }
    }

    fn carousel(&mut self, pointer: &str, component: &Value) {
        self.needs_marketing(pointer, "a carousel");
        let cards = items(component, "cards");
        let place = format!("{pointer}/cards");
        if !(2..=10).contains(&cards.len()) {
            let many = cards.len();
            self.refuse(
                &place,
                COMPONENT,
                format!("Give 2 to 10 cards: there are {many}."),
            );
        }
        let form = |card: &Value| -> Vec<String> {
            let mut form = Vec::new();
            for part in items(card, "components") {
                form.push(format!("{} {}", word(part, "type"), word(part, "format")));
                form.extend(
                    items(part, "buttons")
                        .iter()
                        .map(|button| word(button, "type")),
                );
            }
            form
        };
        let first = cards.first().map(form);
        for (at, card) in cards.iter().enumerate() {
            let place = format!("{place}/{at}");
            if Some(form(card)) != first {
                let words = "Give each card the same components and buttons as the first one.";
                self.refuse(&place, COMPONENT, words);
            }
            self.card(&format!("{place}/components"), items(card, "components"));
        }
    }

    fn card(&mut self, place: &str, parts: &[Value]) {
        let mut has_header = false;
        let mut has_buttons = false;
        let is_product = parts.iter().any(|part| word(part, "format") == "PRODUCT");
        for (at, part) in parts.iter().enumerate() {
            let pointer = format!("{place}/{at}");
            match word(part, "type").as_str() {
                "HEADER" => {
                    has_header = true;
                    let format = word(part, "format");
                    if matches!(format.as_str(), "IMAGE" | "VIDEO" | "PRODUCT") {
                        self.header(&pointer, part);
                    } else {
                        let words =
                            "Choose `IMAGE`, `VIDEO` or `PRODUCT`: a card has no other header.";
                        self.refuse(&format!("{pointer}/format"), HEADER, words);
                    }
                }
                "BODY" => self.text_of_body(&pointer, part, 160),
                "BUTTONS" => {
                    has_buttons = true;
                    self.buttons_of_card(&pointer, part, is_product);
                }
                _ => {
                    let words = "Remove it: a card has a header, a body and buttons.";
                    self.refuse(&pointer, COMPONENT, words);
                }
            }
        }
        if !has_header {
            self.refuse(
                place,
                COMPONENT,
                "Give the card a header: an image, a video or a product.",
            );
        }
        if !has_buttons {
            self.refuse(place, COMPONENT, "Give the card a button.");
        }
    }

    fn buttons_of_card(&mut self, pointer: &str, part: &Value, is_product: bool) {
        let place = format!("{pointer}/buttons");
        let buttons = items(part, "buttons");
        let (most, allowed): (usize, &[&str]) = match is_product {
            true => (1, &["SPM", "URL"]),
            false => (2, &["QUICK_REPLY", "URL", "PHONE_NUMBER"]),
        };
        if !(1..=most).contains(&buttons.len()) {
            let words = match is_product {
                true => "Give one button.".to_owned(),
                false => format!("Give 1 to {most} buttons."),
            };
            self.refuse(&place, COMPONENT, words);
        }
        for (at, button) in buttons.iter().enumerate() {
            let kind = word(button, "type");
            let pointer = format!("{place}/{at}");
            if allowed.contains(&kind.as_str()) {
                self.button(&pointer, button, &kind, false);
            } else {
                let words = format!(
                    "Choose one of {}: a card has no other buttons.",
                    allowed.join(", ")
                );
                self.refuse(&format!("{pointer}/type"), COMPONENT, words);
            }
        }
    }

    fn offer(&mut self, pointer: &str, component: &Value, all: &[Value]) {
        self.needs_marketing(pointer, "a limited-time offer");
        let offer = get(component, "limited_time_offer").unwrap_or(&Value::Null);
        let place = format!("{pointer}/limited_time_offer");
        self.needs(&place, offer, "text", 16, COMPONENT);
        if get(offer, "has_expiration").is_some_and(|it| !it.is_boolean()) {
            self.refuse(
                &format!("{place}/has_expiration"),
                COMPONENT,
                "Give true or false.",
            );
        }
        for (at, other) in all.iter().enumerate() {
            let pointer = format!("/components/{at}");
            match word(other, "type").as_str() {
                "FOOTER" => {
                    let words = "Remove the footer: a template with a limited-time offer has none.";
                    self.refuse(&pointer, FOOTER, words);
                }
                "HEADER" if !matches!(word(other, "format").as_str(), "IMAGE" | "VIDEO") => {
                    let words =
                        "Choose `IMAGE` or `VIDEO`: a limited-time offer has no other header.";
                    self.refuse(&format!("{pointer}/format"), HEADER, words);
                }
                _ => {}
            }
        }
    }

    fn call_permission(&mut self, pointer: &str, kinds: &[String]) {
        if self.is(&TemplateCategory::Authentication) {
            let words = "Choose the category MARKETING or UTILITY: only there may one ask to call.";
            self.refuse(pointer, COMPONENT, words);
        }
        let others = ["BUTTONS", "CAROUSEL", "LIMITED_TIME_OFFER"];
        if kinds.iter().any(|kind| others.contains(&kind.as_str())) {
            let words =
                "Remove buttons, carousel and offer: a request to call stands without them.";
            self.refuse(pointer, COMPONENT, words);
        }
    }
}

const fn is_known(category: &TemplateCategory) -> bool {
    !matches!(category, TemplateCategory::Other(_))
}

/// Tells whether a code looks like those of Meta's list.
fn is_language(code: &str) -> bool {
    let mut parts = code.split('_');
    let language = parts.next().unwrap_or_default();
    let is_small =
        (2..=3).contains(&language.len()) && language.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_country = parts.next().is_none_or(|country| {
        (2..=4).contains(&country.len()) && country.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    is_small && is_country && parts.next().is_none()
}

const fn is_emoji(letter: char) -> bool {
    matches!(letter, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}')
}
