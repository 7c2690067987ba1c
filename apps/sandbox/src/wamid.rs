//! Ids of messages and calls, in Meta's inner structure.
//!
//! Decoded from base64, `wamid.…` is `1C 18 len who 15 02 00 side 18 len token 00`. `who` is the person, by phone
//! number or by business-scoped id; `side` is `11` for a message of the business and `12` for one of the person. The
//! token is the same in every spelling of one message. A call's `wacid.…` goes on with the business's number. Meta does
//! not document this; it is read from the ids in Meta's own examples (grade C; the spelling by business-scoped id is
//! from public threads).

use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::clock::real_now;
use crate::secrets;

/// The author of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Business,
    Customer,
}

impl Side {
    fn byte(self) -> u8 {
        match self {
            Self::Business => 0x11,
            Self::Customer => 0x12,
        }
    }
}

/// Makes the id of the accepted message with this number. It is the same each time, so that the ledger need not store
/// it.
pub(crate) fn sent(key: &str, sequence: u64, who: &str) -> String {
    let token = hexadecimal(key, &format!("send:{sequence}"), 18);
    message(who, Side::Business, &token)
}

/// Makes the id of a new message from this side.
pub(crate) fn fresh(key: &str, side: Side, who: &str) -> String {
    message(who, side, &format!("3A{}", hexadecimal(key, &unique(), 18)))
}

/// Makes the id of a new call.
pub(crate) fn call(key: &str, who: &str, business: &str) -> String {
    let token = hexadecimal(key, &unique(), 32);
    let mut bytes = head(who, Side::Customer, &token);
    bytes.push(0x1c);
    put(&mut bytes, business);
    bytes.extend([0x15, 0x02, 0x00, 0x00]);
    format!("wacid.{}", STANDARD.encode(bytes))
}

/// Returns the same message's id with another spelling of the person. An id of another form stays as it is.
pub(crate) fn spelled(id: &str, who: &str) -> String {
    let parts = id.split_once('.').and_then(|(kind, encoded)| {
        let bytes = STANDARD.decode(encoded).ok()?;
        let (_, rest) = parsed(&bytes)?;
        let mut bytes = vec![0x1c];
        put(&mut bytes, who);
        bytes.extend(rest);
        Some(format!("{kind}.{}", STANDARD.encode(bytes)))
    });
    parts.unwrap_or_else(|| id.to_owned())
}

/// Reads the person inside an id.
pub(crate) fn who(id: &str) -> Option<String> {
    let (_, encoded) = id.split_once('.')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (who, _) = parsed(&bytes)?;
    String::from_utf8(who.to_vec()).ok()
}

/// Splits a decoded id into the person and what follows.
fn parsed(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = bytes.strip_prefix(&[0x1c, 0x18])?;
    let (len, rest) = rest.split_first()?;
    let (who, rest) = rest.split_at_checked(usize::from(*len))?;
    rest.starts_with(&[0x15]).then_some((who, rest))
}

fn message(who: &str, side: Side, token: &str) -> String {
    let mut bytes = head(who, side, token);
    bytes.push(0);
    format!("wamid.{}", STANDARD.encode(bytes))
}

fn head(who: &str, side: Side, token: &str) -> Vec<u8> {
    let mut bytes = vec![0x1c];
    put(&mut bytes, who);
    bytes.extend([0x15, 0x02, 0x00, side.byte()]);
    put(&mut bytes, token);
    bytes
}

/// Adds a text with its length, of which no more than 255 bytes can be told.
fn put(bytes: &mut Vec<u8>, text: &str) {
    let text = text.as_bytes();
    let len = u8::try_from(text.len()).unwrap_or(u8::MAX);
    bytes.extend([0x18, len]);
    bytes.extend(text.iter().take(len.into()));
}

fn hexadecimal(key: &str, of: &str, length: usize) -> String {
    let text = hex::encode_upper(secrets::tag(key, of));
    text.chars().take(length).collect()
}

fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("message:{}:{count}", real_now().timestamp_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unlike_and_the_same_for_one_acceptance() {
        let ids: std::collections::BTreeSet<String> =
            (0..1_000).map(|n| sent("key", n, "15550100001")).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(
            ids.iter()
                .all(|id| id.starts_with("wamid.HBgLMTU1NTAxMDAwMDEVAgARGB"))
        );
        assert_eq!(sent("key", 1, "49"), sent("key", 1, "49"));
        assert_ne!(sent("key", 1, "49"), sent("other", 1, "49"));
        assert_ne!(
            fresh("key", Side::Customer, "49"),
            fresh("key", Side::Customer, "49")
        );
    }

    #[test]
    fn an_id_is_built_as_metas_examples_are() {
        // Two ids of Meta's documentation, of a customer's message and of a call.
        let message_id = "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=";
        let made = message("16503879439", Side::Customer, "3A4A6599AEE03810144F");
        assert_eq!(made, message_id);
        let call_id = "wacid.HBgLMTIxOTU1NTA3MTQVAgASGCAzODg1NTE5NEU1NTBEMTc1RTFFQUY5NjNCQ0FCRkEzRhwYCzE3MDE1NTU4ODU3FQIAAA==";
        let token = "38855194E550D175E1EAF963BCABFA3F";
        let made = call("key", "12195550714", "17015558857");
        let (of_meta, of_ours) = (decoded(call_id), decoded(&made));
        assert_eq!(of_meta.len(), of_ours.len());
        let around = |bytes: &[u8]| (bytes[..20].to_vec(), bytes[20 + token.len()..].to_vec());
        assert_eq!(around(&of_meta), around(&of_ours));
    }

    fn decoded(id: &str) -> Vec<u8> {
        STANDARD.decode(id.split_once('.').unwrap().1).unwrap()
    }

    #[test]
    fn one_message_has_one_token_in_every_spelling() {
        let (phone, user) = ("4915112345678", "DE.1723886822459846858");
        for side in [Side::Business, Side::Customer] {
            let by_phone = fresh("key", side, phone);
            let by_user = spelled(&by_phone, user);
            assert_ne!(by_phone, by_user);
            assert_eq!(who(&by_user).as_deref(), Some(user));
            assert_eq!(spelled(&by_user, phone), by_phone);
        }
        let of_call = call("key", phone, "15550134201");
        assert_eq!(spelled(&spelled(&of_call, user), phone), of_call);
        for odd in ["wamid.mine", "", "wamid.%", "wamid.HBg=", "plain"] {
            assert_eq!(spelled(odd, user), odd);
            assert_eq!(who(odd), None);
        }
    }

    #[test]
    fn a_person_of_any_length_fits() {
        let long = "x".repeat(300);
        assert_eq!(who(&sent("key", 1, &long)), Some("x".repeat(255)));
    }
}
