//! Message ids of businesses' messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::secrets;

/// Makes the id of the message with this number. It looks like Meta's, has no meaning, and is the same each time, so
/// the ledger need not store it.
pub(crate) fn wamid(key: &str, sequence: u64) -> String {
    let mark = secrets::tag(key, &format!("send:{sequence}"));
    let mut bytes = Vec::with_capacity(39);
    bytes.extend([0x1c, 0x18, 0x0b]);
    let (digits, rest) = mark.split_at(11);
    bytes.extend(digits.iter().map(|byte| b'0' + byte % 10));
    bytes.extend([0x15, 0x02, 0x00, 0x11, 0x18, 0x12]);
    bytes.extend(hex::encode_upper(rest.get(..9).unwrap_or_default()).as_bytes());
    bytes.push(0);
    format!("wamid.{}", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unlike_and_begin_as_metas_do() {
        let ids: std::collections::BTreeSet<String> =
            (0..1_000).map(|sequence| wamid("key", sequence)).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.iter().all(|id| id.starts_with("wamid.HBgL")));
        assert_eq!(wamid("key", 1), wamid("key", 1));
        assert_ne!(wamid("key", 1), wamid("other", 1));
    }
}
