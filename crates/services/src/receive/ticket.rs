//! Tickets for WebSockets, for pages that cannot send their cookie or token.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;
use uuid::Uuid;
use wabakit_domain::{
    Time,
    ids::{AuthSessionId, OrgId, UserId},
};

const LABEL: &[u8] = b"wabakit event ticket 1";
const ID: usize = 16;
const PAYLOAD: usize = 3 * ID + 8;

/// The owner of a ticket, and its expiry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ticket {
    pub(super) org: OrgId,
    pub(super) user: UserId,
    pub(super) session: AuthSessionId,
    pub(super) expires_at: Time,
}

fn signed(payload: &[u8]) -> Vec<u8> {
    [LABEL, payload].concat()
}

impl Ticket {
    pub(super) fn sign(&self, key: &hmac::Key) -> String {
        let mut ticket = Vec::with_capacity(PAYLOAD + 32);
        for id in [self.org.0, self.user.0, self.session.0] {
            ticket.extend_from_slice(id.as_bytes());
        }
        ticket.extend_from_slice(&self.expires_at.timestamp_micros().to_be_bytes());
        let tag = hmac::sign(key, &signed(&ticket));
        ticket.extend_from_slice(tag.as_ref());
        URL_SAFE_NO_PAD.encode(ticket)
    }

    pub(super) fn read(key: &hmac::Key, ticket: &str, now: Time) -> Option<Self> {
        let ticket = URL_SAFE_NO_PAD.decode(ticket).ok()?;
        let (payload, tag) = ticket.split_at_checked(PAYLOAD)?;
        hmac::verify(key, &signed(payload), tag).ok()?;
        let (ids, until) = payload.split_at_checked(3 * ID)?;
        let mut ids = ids.chunks(ID).filter_map(|id| Uuid::from_slice(id).ok());
        let until = i64::from_be_bytes(until.try_into().ok()?);
        let ticket = Self {
            org: OrgId(ids.next()?),
            user: UserId(ids.next()?),
            session: AuthSessionId(ids.next()?),
            expires_at: Time::from_timestamp_micros(until)?,
        };
        (now < ticket.expires_at).then_some(ticket)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;

    #[test]
    fn a_ticket_reads_back_only_unchanged_under_its_key_and_in_time() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"one");
        let expires_at = Time::from_timestamp_micros(1_790_000_000_123_456).unwrap();
        let ticket = Ticket {
            org: OrgId(Uuid::from_u128(1)),
            user: UserId(Uuid::from_u128(2)),
            session: AuthSessionId(Uuid::from_u128(3)),
            expires_at,
        };
        let soon = expires_at - Duration::microseconds(1);
        let text = ticket.sign(&key);
        assert_eq!(Ticket::read(&key, &text, soon), Some(ticket));
        assert_eq!(Ticket::read(&key, &text, expires_at), None);
        let other = hmac::Key::new(hmac::HMAC_SHA256, b"two");
        assert_eq!(Ticket::read(&other, &text, soon), None);
        let bytes = URL_SAFE_NO_PAD.decode(&text).unwrap();
        for i in 0..bytes.len() {
            let mut forged = bytes.clone();
            forged[i] ^= 1;
            assert_eq!(
                Ticket::read(&key, &URL_SAFE_NO_PAD.encode(forged), soon),
                None
            );
        }
        assert_eq!(Ticket::read(&key, "", soon), None);
    }
}
