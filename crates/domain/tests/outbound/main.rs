//! Messages to Meta: which are accepted, which are refused and where, and that JSON loses nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod builders;
mod limits;
mod lists;
mod media;
mod retry;
mod shown;
mod strategies;
mod templates;

use serde_json::{Value, json};
use wabakit_domain::outbound::{Invalid, Outbound};

/// A message of this type to a phone.
fn message(kind: &str, part: Value) -> Value {
    json!({"to": "+15550100123", "type": kind, kind: part})
}

/// Returns the pointers of the faults.
fn wrong(message: Value) -> Vec<String> {
    faults(message)
        .into_iter()
        .map(|fault| fault.pointer)
        .collect()
}

fn faults(message: Value) -> Vec<Invalid> {
    let faults = Outbound::from_json(message).err().unwrap_or_default();
    for Invalid { message, .. } in &faults {
        let is_sentence = message.starts_with(char::is_uppercase) && message.ends_with('.');
        assert!(is_sentence, "{message}");
    }
    faults
}

/// Returns a text of this many characters, each longer than one byte, because limits count characters.
fn long(many: usize) -> String {
    "ü".repeat(many)
}

fn interactive(kind: &str, action: Value) -> Value {
    let part = json!({"type": kind, "body": {"text": "b"}, "action": action});
    message("interactive", part)
}
