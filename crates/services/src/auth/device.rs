//! Tokens of known clients. Such a token shows that a person once signed in on this client, but signs nobody in: it
//! only separates this client's failures from a stranger's, so that a stranger cannot lock the person out.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;

const LABEL: &[u8] = b"wabakit known client 1";
/// The longest token that is checked, in bytes.
const AT_MOST: usize = 200;

/// Issues and reads the tokens of known clients.
pub(crate) struct KnownClients(hmac::Key);

impl KnownClients {
    /// Derives the key from a secret that outlives a restart and is the same on all replicas.
    pub(crate) fn new(secret: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let key = hmac::sign(&root, LABEL);
        Self(hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()))
    }

    /// Issues a token for a person; `id` is random.
    pub(crate) fn issue(&self, whose: &str, id: &str) -> String {
        let tag = hmac::sign(&self.0, signed(whose, id).as_bytes());
        format!("{id}.{}", URL_SAFE_NO_PAD.encode(tag))
    }

    /// Returns the id of a token, if it was issued for this person.
    pub(crate) fn id<'t>(&self, whose: &str, token: &'t str) -> Option<&'t str> {
        let (id, tag) = token.split_once('.').filter(|_| token.len() <= AT_MOST)?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.0, signed(whose, id).as_bytes(), &tag).ok()?;
        Some(id)
    }
}

fn signed(whose: &str, id: &str) -> String {
    format!("{id}\n{whose}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_only_for_its_address_and_unchanged() {
        let clients = KnownClients::new(b"one");
        let token = clients.issue("a@b", "id");
        assert_eq!(clients.id("a@b", &token), Some("id"));
        assert_eq!(clients.id("c@d", &token), None);
        assert_eq!(KnownClients::new(b"two").id("a@b", &token), None);
        for other in [
            "",
            ".",
            "id",
            "id.",
            "id.AAAA",
            &token.replace("id", "di"),
            &"x".repeat(9_999),
        ] {
            assert_eq!(clients.id("a@b", other), None, "{other}");
        }
    }
}
