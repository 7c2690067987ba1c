//! Removes secrets from texts that others wrote.

use secrecy::{ExposeSecret, SecretString};

const REDACTED: &str = "[redacted]";

/// Parameters whose values are hidden wherever a text shows them as `name=value`.
const SECRET_PARAMETERS: [&str; 7] = [
    "access_token",
    "appsecret_proof",
    "client_secret",
    "code",
    "fb_exchange_token",
    "input_token",
    "verify_token",
];

/// Knows the secrets of one call, and the form of Meta's tokens.
#[derive(Default)]
pub(crate) struct Scrubber<'a> {
    secrets: Vec<&'a SecretString>,
}

impl<'a> Scrubber<'a> {
    pub(crate) fn new(secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let mut secrets: Vec<_> = secrets
            .into_iter()
            .filter(|secret| !secret.expose_secret().is_empty())
            .collect();
        // The longest first: the app's secret is a part of the app token.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
        Self { secrets }
    }

    /// Replaces the call's secrets, plain or URL-encoded, and everything else that looks like a token.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.secrets {
            let secret = secret.expose_secret();
            text = text.replace(secret, REDACTED);
            let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            if encoded != secret {
                text = text.replace(&encoded, REDACTED);
            }
        }
        hide_lookalikes(&text)
    }
}

/// Replaces words that begin as Meta's tokens do, and the values of secret parameters.
fn hide_lookalikes(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut parameter = "";
    for piece in text.split_inclusive(|c: char| !is_token_char(c)) {
        let word = piece.trim_end_matches(|c: char| !is_token_char(c));
        let delimiter = piece.strip_prefix(word).unwrap_or_default();
        let secret = !word.is_empty()
            && (SECRET_PARAMETERS.contains(&parameter)
                || (word.starts_with("EAA") && word.len() >= 20));
        shown.push_str(if secret { REDACTED } else { word });
        shown.push_str(delimiter);
        parameter = if delimiter == "=" { word } else { "" };
    }
    shown
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '|' | '%' | '~' | '+' | '/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_secrets_are_hidden_plain_and_encoded() {
        let secrets = [SecretString::from("se|cr et"), SecretString::from("se")];
        let scrubber = Scrubber::new(&secrets);
        assert_eq!(
            scrubber.scrub("plain se|cr et, encoded se%7Ccr+et"),
            "plain [redacted], encoded [redacted]"
        );
    }

    #[test]
    fn anything_like_a_token_is_hidden_even_when_it_is_not_of_this_call() {
        assert_eq!(
            Scrubber::default().scrub(
                "Malformed access token EAAGm0PX4ZCpsBAKZCfake: see x?fields=id&access_token=abc."
            ),
            "Malformed access token [redacted]: see x?fields=id&access_token=[redacted]"
        );
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            "",
            "(#100) EAA is short, code 5; ünï=cödé\n",
            "a=b&c=d",
            "code: 12",
        ] {
            assert_eq!(Scrubber::default().scrub(text), text);
        }
    }

    #[test]
    fn an_empty_secret_hides_nothing() {
        let empty = [SecretString::from("")];
        assert_eq!(Scrubber::new(&empty).scrub("text"), "text");
    }
}
