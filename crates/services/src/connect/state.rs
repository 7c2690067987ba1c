//! The `state` parameter: the ids of session and organisation under an HMAC. The session's row enforces single use,
//! expiry and person.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;
use uuid::Uuid;
use wabakit_domain::ids::{ConnectSessionId, OrgId};

const LABEL: &[u8] = b"wabakit connect state 1";
const PAYLOAD: usize = 32;

fn signed(payload: &[u8]) -> Vec<u8> {
    [LABEL, payload].concat()
}

pub(super) fn sign(key: &hmac::Key, org: OrgId, session: ConnectSessionId) -> String {
    let mut state = Vec::with_capacity(64);
    state.extend_from_slice(session.0.as_bytes());
    state.extend_from_slice(org.0.as_bytes());
    let tag = hmac::sign(key, &signed(&state));
    state.extend_from_slice(tag.as_ref());
    URL_SAFE_NO_PAD.encode(state)
}

pub(super) fn read(key: &hmac::Key, state: &str) -> Option<(OrgId, ConnectSessionId)> {
    let state = URL_SAFE_NO_PAD.decode(state).ok()?;
    let (payload, tag) = state.split_at_checked(PAYLOAD)?;
    hmac::verify(key, &signed(payload), tag).ok()?;
    let (session, org) = payload.split_at_checked(PAYLOAD / 2)?;
    Some((
        OrgId(Uuid::from_slice(org).ok()?),
        ConnectSessionId(Uuid::from_slice(session).ok()?),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_reads_back_only_unchanged_and_under_its_key() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"one");
        let (org, session) = (
            OrgId(Uuid::from_u128(1)),
            ConnectSessionId(Uuid::from_u128(2)),
        );
        let state = sign(&key, org, session);
        assert_eq!(read(&key, &state), Some((org, session)));
        assert_eq!(
            read(&hmac::Key::new(hmac::HMAC_SHA256, b"two"), &state),
            None
        );
        let bytes = URL_SAFE_NO_PAD.decode(&state).unwrap();
        for i in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[i] ^= 1;
            assert_eq!(read(&key, &URL_SAFE_NO_PAD.encode(forged)), None);
        }
        assert_eq!(read(&key, ""), None);
        assert_eq!(read(&key, "AAAA"), None);
    }
}
