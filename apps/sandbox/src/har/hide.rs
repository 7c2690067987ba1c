//! Replaces tokens and secrets by a mark, by their names, by their form and by their values.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// The mark in a secret's place.
pub(super) const MARK: &str = "[hidden]";

/// The names of parameters and fields whose values are secret, in any depth.
const SECRET: [&str; 11] = [
    "access_token",
    "appsecret_proof",
    "app_secret",
    "certificate",
    "client_secret",
    "fb_exchange_token",
    "hub.verify_token",
    "input_token",
    "password",
    "pin",
    "verify_token",
];
/// The name of a code: of a login or an SMS. Deeper in a body it is a language or an error.
const CODE: &str = "code";
/// The shortest value that is looked for elsewhere. Shorter ones stand in ordinary texts too.
const SHORTEST: usize = 8;
/// The beginning of Meta's tokens, and how many letters and digits follow at least.
const TOKEN: (&str, usize) = ("EAA", 20);

/// The secrets of one exchange.
pub(super) struct Hider {
    values: Vec<String>,
}

impl Hider {
    /// Begins with values that are secret wherever they stand.
    pub(super) fn new(values: Vec<String>) -> Self {
        let mut hider = Self { values: Vec::new() };
        for value in values {
            hider.learn(&value);
        }
        hider
    }

    fn learn(&mut self, value: &str) {
        if value.len() >= SHORTEST && !self.values.iter().any(|known| known == value) {
            self.values.push(value.to_owned());
        }
    }

    /// Learns the secrets of a request: its token, and the parameters with a secret's name.
    pub(super) fn learn_all<'a>(&mut self, pairs: impl Iterator<Item = (&'a str, &'a str)>) {
        for (name, value) in pairs {
            if is_secret(name) {
                // An app's own token is `id|secret`.
                value.split('|').for_each(|part| self.learn(part));
            }
        }
    }

    /// Returns a header's value without secrets.
    pub(super) fn header(&self, name: &str, value: &str) -> String {
        match name.to_ascii_lowercase().as_str() {
            "authorization" | "proxy-authorization" => {
                let scheme = value.split_once(' ').map(|(scheme, _)| scheme);
                scheme.map_or(MARK.to_owned(), |scheme| format!("{scheme} {MARK}"))
            }
            "cookie" | "set-cookie" => MARK.to_owned(),
            _ => self.parameters(value, true),
        }
    }

    /// Returns a parameter's value without secrets.
    pub(super) fn parameter(&self, name: &str, value: &str) -> String {
        if is_secret(name) || name == CODE {
            return MARK.to_owned();
        }
        match serde_json::from_str(value) {
            Ok(json @ (Value::Object(_) | Value::Array(_))) => self.json(json, false).to_string(),
            _ => self.parameters(value, false),
        }
    }

    /// Returns an address without secrets.
    pub(super) fn address(&self, address: &str) -> String {
        self.parameters(address, true)
    }

    /// Returns a body without secrets. `is_top`: it is a whole body, in which `code` is one too.
    pub(super) fn json(&self, value: Value, is_top: bool) -> Value {
        match value {
            Value::String(text) => Value::String(self.parameters(&text, false)),
            Value::Array(items) => {
                let hidden = items.into_iter().map(|item| self.json(item, false));
                Value::Array(hidden.collect())
            }
            Value::Object(fields) => {
                let hidden = fields.into_iter().map(|(name, value)| {
                    let is_hidden = is_secret(&name) || (is_top && name == CODE);
                    let is_scalar = value.is_string() || value.is_number();
                    let value = if is_hidden && is_scalar {
                        Value::String(MARK.to_owned())
                    } else {
                        self.json(value, false)
                    };
                    (name, value)
                });
                Value::Object(hidden.collect::<Map<String, Value>>())
            }
            other => other,
        }
    }

    /// Hides the values of `name=value` in a text, known values, and whatever looks like a token.
    fn parameters(&self, text: &str, with_code: bool) -> String {
        let mut text = Cow::Borrowed(text);
        for name in SECRET.iter().chain(with_code.then_some(&CODE)) {
            if text.contains(&format!("{name}=")) {
                text = Cow::Owned(hide_after(&text, name));
            }
        }
        for value in &self.values {
            if text.contains(value.as_str()) {
                text = Cow::Owned(text.replace(value.as_str(), MARK));
            }
        }
        if text.contains(TOKEN.0) {
            text = Cow::Owned(hide_tokens(&text));
        }
        text.into_owned()
    }
}

fn is_secret(name: &str) -> bool {
    SECRET.contains(&name)
}

/// Hides what follows `name=` up to the end of the parameter. A longer name that ends so is another one.
fn hide_after(text: &str, name: &str) -> String {
    let sign = format!("{name}=");
    let mut hidden = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(sign.as_str()) {
        hidden.push_str(before);
        hidden.push_str(&sign);
        let is_inside = before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        rest = after;
        if !is_inside {
            let end = after.find(|c: char| c.is_whitespace() || "&#\"'".contains(c));
            rest = after.get(end.unwrap_or(after.len())..).unwrap_or_default();
            hidden.push_str(MARK);
        }
    }
    hidden.push_str(rest);
    hidden
}

fn hide_tokens(text: &str) -> String {
    let (beginning, least) = TOKEN;
    let mut hidden = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(beginning) {
        hidden.push_str(before);
        let end = after.find(|c: char| !c.is_ascii_alphanumeric());
        let (token, behind) = after
            .split_at_checked(end.unwrap_or(after.len()))
            .unwrap_or(("", after));
        if token.len() >= least {
            hidden.push_str(MARK);
        } else {
            hidden.push_str(beginning);
            hidden.push_str(token);
        }
        rest = behind;
    }
    hidden.push_str(rest);
    hidden
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Hider, MARK};

    const TOKEN: &str = "EAA0123456789abcdef0123456789";

    fn hider() -> Hider {
        let mut hider = Hider::new(vec!["sandbox-app-secret".to_owned()]);
        let token = ("access_token", "a-token-of-another-form");
        hider.learn_all([token, ("code", "whatever-else"), ("pin", "123456")].into_iter());
        hider
    }

    #[test]
    fn secrets_are_hidden_by_name_and_the_rest_stays() {
        let hider = hider();
        let body = json!({
            "code": "AQB1", "pin": 123456, "language": { "code": "en_US" },
            "webhook_configuration": { "verify_token": "v", "override_callback_uri": "http://x" },
            "error": { "code": 190, "message": "Malformed access token a-token-of-another-form" },
        });
        let expected = json!({
            "code": MARK, "pin": MARK, "language": { "code": "en_US" },
            "webhook_configuration": { "verify_token": MARK, "override_callback_uri": "http://x" },
            "error": { "code": 190, "message": format!("Malformed access token {MARK}") },
        });
        assert_eq!(hider.json(body, true), expected);
        for (name, value, shown) in [
            ("code", "AQB1", MARK.to_owned()),
            ("access_token", "x", MARK.to_owned()),
            ("limit", "25", "25".to_owned()),
            (
                "text",
                r#"{"body":"x","pin":"1"}"#,
                format!(r#"{{"body":"x","pin":"{MARK}"}}"#),
            ),
        ] {
            assert_eq!(hider.parameter(name, value), shown, "{name}");
        }
    }

    #[test]
    fn secrets_are_hidden_inside_of_texts() {
        let hider = hider();
        for (text, shown) in [
            (
                format!("http://h/me?access_token={TOKEN}&limit=2"),
                format!("http://h/me?access_token={MARK}&limit=2"),
            ),
            (
                "a?client_secret=x#y".to_owned(),
                format!("a?client_secret={MARK}#y"),
            ),
            (
                "one sandbox-app-secret two".to_owned(),
                format!("one {MARK} two"),
            ),
            (
                format!("token {TOKEN}, and EAA short"),
                format!("token {MARK}, and EAA short"),
            ),
            ("a?spin=3&code=en".to_owned(), "a?spin=3&code=en".to_owned()),
        ] {
            assert_eq!(hider.json(json!(text), false), json!(shown));
        }
        assert_eq!(
            hider.address("http://h/cb?code=AQB&state=s"),
            format!("http://h/cb?code={MARK}&state=s")
        );
    }

    #[test]
    fn a_header_shows_its_scheme_only() {
        let hider = hider();
        assert_eq!(
            hider.header("Authorization", "Bearer x"),
            format!("Bearer {MARK}")
        );
        assert_eq!(hider.header("authorization", "x"), MARK);
        assert_eq!(hider.header("Set-Cookie", "a=b"), MARK);
        assert_eq!(
            hider.header("Location", "/cb?code=1"),
            format!("/cb?code={MARK}")
        );
        assert_eq!(
            hider.header("content-type", "application/json"),
            "application/json"
        );
    }
}
