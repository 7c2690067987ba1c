//! Values that a person copies from Meta and pastes here. The clipboard adds white space and invisible marks around
//! them.

use secrecy::{ExposeSecret, SecretString};

/// Tells whether a character is one of the invisible marks that copying from a web page adds.
const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// Returns a text without surrounding white space and invisible marks.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c))
}

/// Returns a secret without surrounding white space and invisible marks.
pub(crate) fn pasted(secret: &SecretString) -> SecretString {
    SecretString::from(trimmed(secret.expose_secret()))
}

/// Tells whether a secret contains a control character, such as a line break: it was copied in pieces.
pub(crate) fn is_broken(secret: &SecretString) -> bool {
    let secret = secret.expose_secret();
    secret.chars().any(|c| c.is_control() || is_invisible(c))
}
