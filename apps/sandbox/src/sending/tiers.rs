//! The messaging limit of a portfolio: unique users outside a window in the last 24 hours of the sandbox's time.

use std::collections::HashMap;
use std::sync::Mutex;

use chrono::Duration;

use crate::clock::Time;
use crate::state::lock;

/// The users who were written to outside a window. They are not kept over restarts.
#[derive(Default)]
pub(crate) struct Tiers {
    users: Mutex<HashMap<String, HashMap<Box<str>, Time>>>,
}

/// Returns the number of users of a tier. None when it is unlimited.
pub(crate) fn limit_of(tier: &str) -> Option<usize> {
    match tier {
        "TIER_250" => Some(250),
        "TIER_2K" => Some(2_000),
        "TIER_10K" => Some(10_000),
        "TIER_100K" => Some(100_000),
        _ => None,
    }
}

impl Tiers {
    /// Counts the user for the portfolio. False when that exceeds the limit.
    pub(crate) fn admit(&self, business_id: &str, user: &str, tier: &str, now: Time) -> bool {
        let Some(limit) = limit_of(tier) else {
            return true;
        };
        let mut portfolios = lock(&self.users);
        let users = portfolios.entry(business_id.to_owned()).or_default();
        if users.get(user).is_some_and(|since| is_recent(*since, now)) {
            return true;
        }
        if users.len() >= limit {
            users.retain(|_, since| is_recent(*since, now));
        }
        if users.len() >= limit {
            return false;
        }
        users.insert(user.into(), now);
        true
    }

    /// Counts the portfolio's users now.
    pub(crate) fn used(&self, business_id: &str, now: Time) -> usize {
        let portfolios = lock(&self.users);
        let users = portfolios.get(business_id);
        users.map_or(0, |users| {
            let recent = users.values().filter(|since| is_recent(**since, now));
            recent.count()
        })
    }

    pub(crate) fn clear(&self) {
        lock(&self.users).clear();
    }
}

/// Time travel may go back, so a time in the future is forgotten too.
fn is_recent(since: Time, now: Time) -> bool {
    since <= now && now - since < Duration::hours(24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tier_counts_each_user_once_in_24_hours() {
        let (tiers, start) = (Tiers::default(), Time::UNIX_EPOCH);
        let admit = |n: usize, at| tiers.admit("31", &n.to_string(), "TIER_250", at);
        for n in 0..250 {
            assert!(admit(n, start) && admit(n, start));
        }
        assert!(!admit(250, start));
        assert!(admit(7, start), "known already");
        assert!(
            tiers.admit("32", "250", "TIER_250", start),
            "another portfolio"
        );
        assert!(tiers.admit("31", "250", "TIER_UNLIMITED", start));
        let next_day = start + Duration::hours(24);
        assert!(admit(250, next_day));
        assert_eq!(tiers.used("31", next_day), 1);
    }
}
