//! Pacing: a rate in messages a second for a number, and a burst and one message in six seconds for a recipient.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;
use wabakit_domain::ids::ConversationId;

/// The missed time with which the loop may catch up. Catching up with more would send a burst, which Meta refuses.
const CATCH_UP: Duration = Duration::from_millis(200);
/// The share of Meta's rate that is used, because two clocks differ.
const MARGIN: f64 = 0.998;
/// The factor by which a number is slowed when Meta reports that it sends too fast. Below: the slowest factor, and the
/// time to recover.
const SLOWER: f64 = 0.8;
const SLOWEST: f64 = 0.1;
const RECOVERY: Duration = Duration::from_secs(60);

/// The pace of a number: a generic cell rate without a burst.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    per_second: f64,
    /// The time when the next message may be sent.
    next: Instant,
    /// The share of the rate that is used.
    factor: f64,
    slowed_at: Instant,
}

impl Pace {
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        Self {
            per_second: f64::from(per_second.max(1)),
            next: now,
            factor: 1.0,
            slowed_at: now,
        }
    }

    pub(super) fn set(&mut self, per_second: u32) {
        self.per_second = f64::from(per_second.max(1));
    }

    /// Returns how many messages may be sent now.
    pub(super) fn ready(&mut self, now: Instant) -> usize {
        if let Some(oldest) = now.checked_sub(CATCH_UP) {
            self.next = self.next.max(oldest);
        }
        match now.checked_duration_since(self.next) {
            // The cast saturates, and the count is bounded by the time that may be caught up with.
            Some(due) => (due.as_secs_f64() * self.rate(now)) as usize + 1,
            None => 0,
        }
    }

    /// Counts messages that were sent or received. Meta counts both.
    pub(super) fn took(&mut self, count: usize, now: Instant) {
        self.next += Duration::from_secs_f64(count as f64 / self.rate(now));
    }

    /// Returns when the next message may be sent.
    pub(super) const fn next(&self) -> Instant {
        self.next
    }

    /// Slows down, because Meta reported that the number sends too fast.
    pub(super) fn slow_down(&mut self, now: Instant) {
        // All requests in progress report it, and it counts once.
        if now.duration_since(self.slowed_at) > Duration::from_secs(1) || self.factor >= 1.0 {
            self.factor = (self.factor_at(now) * SLOWER).max(SLOWEST);
            self.slowed_at = now;
        }
    }

    fn rate(&self, now: Instant) -> f64 {
        self.per_second * MARGIN * self.factor_at(now)
    }

    fn factor_at(&self, now: Instant) -> f64 {
        let since = now.duration_since(self.slowed_at).as_secs_f64();
        (self.factor + since / RECOVERY.as_secs_f64()).min(1.0)
    }
}

/// Meta's pair rate. Source: Meta, "About the platform", pair rate limits.
const PAIR_INTERVAL: Duration = Duration::from_secs(6);
const PAIR_BURST: u32 = 45;

/// The time for which messages count for a recipient's pace.
pub(super) const PAIR_MEMORY: Duration = Duration::from_secs(6 * 45);

/// The pace of each recipient of a number.
#[derive(Default)]
pub(super) struct Pairs {
    /// The time when a recipient's burst will be full again.
    whole: HashMap<ConversationId, Instant>,
    blocked: HashMap<ConversationId, Instant>,
}

impl Pairs {
    /// Takes a message of a recipient's rate. Returns an error with the time from which it may be sent, if it may not
    /// be sent now.
    pub(super) fn take(&mut self, to: ConversationId, now: Instant) -> Result<(), Instant> {
        if let Some(until) = self.blocked.get(&to).copied() {
            if until > now {
                return Err(until);
            }
            self.blocked.remove(&to);
        }
        let whole = self.whole.get(&to).copied().unwrap_or(now).max(now);
        let after = whole + PAIR_INTERVAL;
        match after.checked_duration_since(now + PAIR_INTERVAL * PAIR_BURST) {
            Some(early) if !early.is_zero() => Err(now + early),
            _ => {
                self.whole.insert(to, after);
                Ok(())
            }
        }
    }

    /// Counts a message that another process sent to this recipient `ago`.
    pub(super) fn learn(&mut self, to: ConversationId, ago: Duration, now: Instant) {
        let Some(then) = now.checked_sub(ago) else {
            return;
        };
        let whole = self.whole.get(&to).copied().unwrap_or(then).max(then);
        self.whole.insert(to, whole + PAIR_INTERVAL);
    }

    /// Blocks a recipient, because Meta reported that they get too many messages.
    pub(super) fn block(&mut self, to: ConversationId, until: Instant) {
        self.blocked.insert(to, until);
    }

    /// Drops recipients whom no limit holds back any more.
    pub(super) fn forget(&mut self, now: Instant) {
        self.whole.retain(|_, whole| *whole > now);
        self.blocked.retain(|_, until| *until > now);
    }

    pub(super) fn knows(&self, to: ConversationId) -> bool {
        self.whole.contains_key(&to)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const STEP: Duration = Duration::from_millis(20);

    /// Takes all messages that may be sent, every step, for so many seconds. Returns how many.
    fn run(pace: &mut Pace, from: Instant, seconds: u32, jitter: impl Fn(u32) -> u64) -> usize {
        let (mut now, mut sent) = (from, 0);
        let mut step = 0;
        while now < from + Duration::from_secs(u64::from(seconds)) {
            let ready = pace.ready(now);
            pace.took(ready, now);
            sent += ready;
            step += 1;
            now += STEP + Duration::from_millis(jitter(step));
        }
        sent
    }

    #[tokio::test]
    async fn a_pace_is_held_within_one_percent_however_late_the_loop_comes() {
        for rate in [20, 80, 1_000] {
            for jitter in [|_| 0, |step: u32| u64::from(step % 7) * 11] {
                let now = Instant::now();
                let sent = run(&mut Pace::new(rate, now), now, 60, jitter);
                let wanted = f64::from(rate) * 60.0;
                let error = (sent as f64 - wanted).abs() / wanted;
                assert!(error < 0.01, "{rate}: {sent} of {wanted}");
            }
        }
    }

    #[tokio::test]
    async fn no_second_has_more_than_its_share_after_a_long_rest() {
        let now = Instant::now();
        let mut pace = Pace::new(80, now);
        let later = now + Duration::from_secs(600);
        let sent = run(&mut pace, later, 1, |_| 0);
        assert!(sent <= 80 + 17, "{sent}");
    }

    #[tokio::test]
    async fn received_messages_are_taken_from_the_pace() {
        let now = Instant::now();
        let mut pace = Pace::new(80, now);
        pace.took(40, now);
        let sent = run(&mut pace, now, 1, |_| 0);
        assert!((38..=41).contains(&sent), "{sent}");
    }

    #[tokio::test]
    async fn a_number_that_was_too_fast_slows_down_once_and_recovers() {
        let now = Instant::now() + Duration::from_secs(5);
        let mut pace = Pace::new(1_000, now);
        pace.slow_down(now);
        pace.slow_down(now);
        let slow = run(&mut pace, now, 1, |_| 0);
        assert!((790..=830).contains(&slow), "{slow}");
        let later = now + Duration::from_secs(60);
        let again = run(&mut pace, later, 1, |_| 0);
        assert!(again > 980, "{again}");
    }

    #[tokio::test]
    async fn a_recipient_gets_a_burst_and_then_one_in_six_seconds() {
        let now = Instant::now();
        let (mut pairs, to) = (Pairs::default(), ConversationId(Uuid::nil()));
        for _ in 0..45 {
            assert_eq!(pairs.take(to, now), Ok(()));
        }
        let until = pairs.take(to, now).unwrap_err();
        assert_eq!(until, now + Duration::from_secs(6));
        assert_eq!(pairs.take(to, until), Ok(()));
        assert!(pairs.take(to, until).is_err());
    }

    #[tokio::test]
    async fn messages_of_other_processes_count_for_a_recipient() {
        let now = Instant::now() + PAIR_MEMORY * 2;
        let (mut pairs, to) = (Pairs::default(), ConversationId(Uuid::nil()));
        for _ in 0..45 {
            pairs.learn(to, Duration::from_secs(1), now);
        }
        assert!(pairs.take(to, now).is_err());
        pairs.forget(now + PAIR_MEMORY * 2);
        assert!(!pairs.knows(to));
    }
}
