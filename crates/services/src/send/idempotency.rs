//! Idempotency keys: one effect for a call, however often it is made.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use ring::digest;
use serde_json::Value;
use wabakit_domain::ids::OrgId;
use wabakit_ports::store::IdempotencyKey;

use super::SendError;

/// The length of the longest key, in bytes.
const LONGEST: usize = 255;

/// Makes a key with the fingerprint of the call, which does not depend on the order of fields or on spacing.
///
/// # Errors
/// [`SendError::KeyMalformed`].
pub(super) fn key(key: &str, kind: &str, asked: &Value) -> Result<IdempotencyKey, SendError> {
    let is_key =
        (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    if !is_key {
        return Err(SendError::KeyMalformed);
    }
    let mut canonical = format!("{kind}\n");
    write(asked, &mut canonical);
    let digest = digest::digest(&digest::SHA256, canonical.as_bytes());
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(digest.as_ref());
    Ok(IdempotencyKey {
        key: key.to_owned(),
        fingerprint,
    })
}

fn write(value: &Value, to: &mut String) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            to.push('{');
            for (key, value) in fields {
                to.push_str(&Value::from(key.as_str()).to_string());
                to.push(':');
                write(value, to);
                to.push(',');
            }
            to.push('}');
        }
        Value::Array(items) => {
            to.push('[');
            for item in items {
                write(item, to);
                to.push(',');
            }
            to.push(']');
        }
        scalar => to.push_str(&scalar.to_string()),
    }
}

/// The keys of the calls in progress in this process. Between processes the database decides.
#[derive(Clone, Default)]
pub(super) struct InFlight(Arc<Mutex<HashSet<(OrgId, String)>>>);

impl InFlight {
    /// Takes a key until the guard is dropped.
    ///
    /// # Errors
    /// [`SendError::InFlight`] while another call has it.
    pub(super) fn begin(&self, org: OrgId, key: &str) -> Result<Taken, SendError> {
        let name = (org, key.to_owned());
        match self.locked(|keys| keys.insert(name.clone())) {
            true => Ok(Taken {
                keys: self.clone(),
                name,
            }),
            false => Err(SendError::InFlight),
        }
    }

    fn locked<T>(&self, work: impl FnOnce(&mut HashSet<(OrgId, String)>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A taken key.
pub(super) struct Taken {
    keys: InFlight,
    name: (OrgId, String),
}

impl Drop for Taken {
    fn drop(&mut self) {
        self.keys.locked(|keys| keys.remove(&self.name));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_same_call_has_the_same_fingerprint_in_any_order_of_fields() {
        let asked: Value = serde_json::from_str(r#"{"b":[1,{"y":2,"x":null}],"a":"é"}"#).unwrap();
        let again: Value =
            serde_json::from_str(r#"{ "a": "\u00e9", "b": [1, {"x": null, "y": 2}] }"#).unwrap();
        assert_eq!(
            key("k", "one", &asked).unwrap(),
            key("k", "one", &again).unwrap()
        );
    }

    #[test]
    fn another_call_has_another_fingerprint() {
        let asked = json!({"to": "1", "text": {"body": "a"}});
        let mut seen = HashSet::new();
        for (kind, body) in [
            ("one", asked.clone()),
            ("bulk", asked),
            ("one", json!({"to": "1", "text": {"body": "b"}})),
            ("one", json!({"to": 1, "text": {"body": "a"}})),
            ("one", json!(["to", "1", "text", {"body": "a"}])),
        ] {
            assert!(
                seen.insert(key("k", kind, &body).unwrap().fingerprint),
                "{body}"
            );
        }
    }

    #[test]
    fn a_key_is_visible_ascii_of_up_to_255_characters() {
        for good in ["a", "order-4711:1", &"x".repeat(255)] {
            assert!(key(good, "one", &Value::Null).is_ok());
        }
        for bad in ["", "two words", "tab\t", "é", &"x".repeat(256)] {
            assert!(
                matches!(key(bad, "one", &Value::Null), Err(SendError::KeyMalformed)),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_key_is_free_again_when_its_call_ends() {
        let keys = InFlight::default();
        let org = OrgId(uuid::Uuid::from_u128(1));
        let taken = keys.begin(org, "k").unwrap();
        assert!(matches!(keys.begin(org, "k"), Err(SendError::InFlight)));
        assert!(keys.begin(OrgId(uuid::Uuid::from_u128(2)), "k").is_ok());
        drop(taken);
        assert!(keys.begin(org, "k").is_ok());
    }
}
