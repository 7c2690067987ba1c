//! Values that a person copies from Meta and pastes here. White space and invisible marks around them come from the
//! clipboard.

use secrecy::{ExposeSecret, SecretString};

/// Marks that show nothing, and that copying from a web page brings along.
const INVISIBLE: [char; 4] = ['\u{200b}', '\u{200e}', '\u{2060}', '\u{feff}'];

/// Returns a text without what the clipboard put around it.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || INVISIBLE.contains(&c))
}

/// Returns a secret without what the clipboard put around it.
pub(crate) fn pasted(secret: &SecretString) -> SecretString {
    SecretString::from(trimmed(secret.expose_secret()))
}

/// Tells whether a line break or another control character stands inside a secret: it was copied in pieces.
pub(crate) fn is_broken(secret: &SecretString) -> bool {
    let secret = secret.expose_secret();
    secret
        .chars()
        .any(|c| c.is_control() || INVISIBLE.contains(&c))
}
