//! Rate limits of connecting: how often a client or an organisation may begin, return from Meta and submit a code.

use std::time::Duration as StdDuration;

use chrono::Duration;
use moka::sync::Cache;
use wabakit_domain::{Time, ids::OrgId};

use super::{ConnectService, state};
use crate::ServiceError;

const WINDOW: Duration = Duration::minutes(1);
/// The most tries of one kind in one window, by a client or for an organisation.
const AT_MOST: u32 = 60;
const CLIENTS: u64 = 100_000;

/// The kind of try.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ConnectTry {
    /// To begin a session.
    Begin,
    /// To return from Meta.
    Callback,
    /// To submit a code.
    Submit,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Who {
    Client(String),
    Org(OrgId),
}

/// Counts tries in windows of a minute. Each process counts its own.
#[derive(Clone)]
pub(super) struct Limiter(Cache<(ConnectTry, Who), (u32, Time)>);

impl Limiter {
    pub(super) fn new() -> Self {
        let kept = StdDuration::from_secs(WINDOW.num_seconds().unsigned_abs());
        Self(
            Cache::builder()
                .max_capacity(CLIENTS)
                .time_to_live(kept * 2)
                .build(),
        )
    }

    /// Counts a try. Returns how long to wait if there were too many.
    fn count(&self, what: ConnectTry, who: Who, now: Time) -> Option<Duration> {
        let entry = self.0.entry((what, who)).and_upsert_with(|entry| {
            match entry.map(moka::Entry::into_value) {
                Some((count, since)) if since + WINDOW > now => (count.saturating_add(1), since),
                _ => (1, now),
            }
        });
        let (count, since) = entry.into_value();
        (count > AT_MOST).then(|| since + WINDOW - now)
    }
}

impl ConnectService {
    /// Counts a try for the client, and for the organisation that it concerns.
    ///
    /// # Errors
    /// [`ServiceError::TooMany`] after 60 in a minute, with how long to wait.
    pub fn admit(
        &self,
        what: ConnectTry,
        client: Option<&str>,
        org: Option<OrgId>,
    ) -> Result<(), ServiceError> {
        let now = self.now();
        let client = client.map(|client| Who::Client(client.to_owned()));
        let waits = client
            .into_iter()
            .chain(org.map(Who::Org))
            .filter_map(|who| self.limiter.count(what, who, now));
        waits
            .max()
            .map_or(Ok(()), |wait| Err(ServiceError::TooMany(wait)))
    }

    /// Returns the organisation of a state, if this server signed it.
    pub fn org_of(&self, state: &str) -> Option<OrgId> {
        state::read(&self.settings.state_key, state).map(|(org, _)| org)
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn the_61st_try_of_a_minute_waits_for_its_end() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let limiter = Limiter::new();
        let ask = |who: &str, what, at| limiter.count(what, Who::Client(who.to_owned()), at);
        for _ in 0..60 {
            assert_eq!(ask("a", ConnectTry::Begin, now), None);
        }
        let later = now + Duration::seconds(10);
        let wait = ask("a", ConnectTry::Begin, later);
        assert_eq!(wait, Some(Duration::seconds(50)));
        assert_eq!(ask("b", ConnectTry::Begin, later), None, "another client");
        assert_eq!(ask("a", ConnectTry::Submit, later), None, "another act");
        assert_eq!(
            ask("a", ConnectTry::Begin, now + WINDOW),
            None,
            "a new window"
        );
    }
}
