//! Meta's throughput limits, in real time: messages a second for a number, in and out together, and one message in
//! six seconds for a number and a recipient.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::state::lock;

/// The seconds that a message to the same recipient costs.
const PAIR_PAUSE: f64 = 6.0;
/// The messages to one recipient that may be sent at once.
const PAIR_BURST: f64 = 45.0;

/// The allowances that a message is charged to.
pub(crate) struct Charge<'a> {
    pub(crate) phone_id: &'a str,
    /// The number's messages a second. None when they are not limited.
    pub(crate) rate: Option<u32>,
    /// The recipient. None when pairs are not limited.
    pub(crate) recipient: Option<&'a str>,
}

/// The reason why a message is refused for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 131057: the number's throughput is being raised.
    Maintenance,
    /// 130429.
    Throughput,
    /// 131056.
    Pair,
}

/// The meters of all numbers. They are full after a restart.
#[derive(Default)]
pub(crate) struct Limits {
    numbers: Mutex<HashMap<String, Number>>,
}

#[derive(Default)]
struct Number {
    bucket: Option<Bucket>,
    /// The time when each recipient's allowance is full again.
    pairs: HashMap<Box<str>, Instant>,
    /// The number of pairs at which full ones are removed.
    sweep_at: usize,
    maintenance_until: Option<Instant>,
}

/// A bucket that holds one second's allowance and fills continuously.
#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn fill(&mut self, rate: u32, now: Instant) {
        let rate = f64::from(rate);
        let gone = now.saturating_duration_since(self.at).as_secs_f64();
        self.tokens = (self.tokens + gone * rate).min(rate);
        self.at = now;
    }
}

impl Number {
    fn bucket(&mut self, rate: u32, now: Instant) -> &mut Bucket {
        let full = Bucket {
            tokens: f64::from(rate),
            at: now,
        };
        let bucket = self.bucket.get_or_insert(full);
        bucket.fill(rate, now);
        bucket
    }

    fn sweep(&mut self, now: Instant) {
        if self.pairs.len() >= self.sweep_at {
            self.pairs.retain(|_, free| *free > now);
            self.sweep_at = (self.pairs.len() * 2).max(1_024);
        }
    }
}

impl Limits {
    /// Charges one message to all its limits, or to none.
    pub(crate) fn admit(&self, charge: &Charge<'_>, now: Instant) -> Result<(), Refusal> {
        let mut numbers = lock(&self.numbers);
        let number = of(&mut numbers, charge.phone_id);
        if number.maintenance_until.is_some_and(|until| now < until) {
            return Err(Refusal::Maintenance);
        }
        if let Some(rate) = charge.rate
            && number.bucket(rate, now).tokens < 1.0
        {
            return Err(Refusal::Throughput);
        }
        if let Some(recipient) = charge.recipient {
            let known = number.pairs.get(recipient).copied();
            let free =
                known.map_or(now, |free| free.max(now)) + Duration::from_secs_f64(PAIR_PAUSE);
            if free > now + Duration::from_secs_f64(PAIR_PAUSE * PAIR_BURST) {
                return Err(Refusal::Pair);
            }
            number.sweep(now);
            number.pairs.insert(recipient.into(), free);
        }
        if let Some(bucket) = charge.rate.and(number.bucket.as_mut()) {
            bucket.tokens -= 1.0;
        }
        Ok(())
    }

    /// Charges received messages. They are never refused: the number goes into debt, by a second's allowance at most.
    pub(crate) fn take_inbound(&self, phone_id: &str, rate: u32, count: usize, now: Instant) {
        let mut numbers = lock(&self.numbers);
        let bucket = of(&mut numbers, phone_id).bucket(rate, now);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        bucket.tokens = (bucket.tokens - f64::from(count)).max(-f64::from(rate));
    }

    /// Returns how many messages the number could send at once.
    pub(crate) fn tokens(&self, phone_id: &str, rate: u32, now: Instant) -> f64 {
        of(&mut lock(&self.numbers), phone_id)
            .bucket(rate, now)
            .tokens
    }

    /// Answers 131057 for the number until this time.
    pub(crate) fn maintain(&self, phone_id: &str, until: Option<Instant>) {
        of(&mut lock(&self.numbers), phone_id).maintenance_until = until;
    }

    pub(crate) fn is_maintained(&self, phone_id: &str, now: Instant) -> bool {
        let numbers = lock(&self.numbers);
        let until = numbers.get(phone_id).and_then(|it| it.maintenance_until);
        until.is_some_and(|until| now < until)
    }

    pub(crate) fn clear(&self) {
        lock(&self.numbers).clear();
    }
}

fn of<'a>(numbers: &'a mut HashMap<String, Number>, phone_id: &str) -> &'a mut Number {
    if !numbers.contains_key(phone_id) {
        numbers.insert(phone_id.to_owned(), Number::default());
    }
    numbers.entry(phone_id.to_owned()).or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charge<'a>(rate: Option<u32>, recipient: Option<&'a str>) -> Charge<'a> {
        Charge {
            phone_id: "53",
            rate,
            recipient,
        }
    }

    fn admitted(limits: &Limits, rate: u32, at: Instant, tries: usize) -> usize {
        let tries = (0..tries).filter(|_| limits.admit(&charge(Some(rate), None), at).is_ok());
        tries.count()
    }

    #[test]
    fn a_number_has_one_seconds_allowance_at_once_and_gets_it_back_evenly() {
        let (limits, start) = (Limits::default(), Instant::now());
        assert_eq!(admitted(&limits, 80, start, 200), 80);
        let later = start + Duration::from_millis(250);
        assert_eq!(admitted(&limits, 80, later, 200), 20);
        let much_later = start + Duration::from_secs(60);
        assert_eq!(admitted(&limits, 80, much_later, 200), 80);
    }

    #[test]
    fn a_number_that_keeps_its_pace_is_never_refused() {
        let (limits, start) = (Limits::default(), Instant::now());
        let pause = Duration::from_micros(1_000);
        for n in 0..10_000 {
            let at = start + pause * n;
            assert_eq!(limits.admit(&charge(Some(1_000), None), at), Ok(()), "{n}");
        }
    }

    #[test]
    fn what_comes_in_is_taken_from_the_same_allowance() {
        let (limits, start) = (Limits::default(), Instant::now());
        limits.take_inbound("53", 80, 30, start);
        assert_eq!(admitted(&limits, 80, start, 200), 50);
        limits.take_inbound("53", 80, 1_000, start);
        let later = start + Duration::from_secs(1);
        assert_eq!(admitted(&limits, 80, later, 200), 0, "a second is owed");
        let later = start + Duration::from_millis(1_500);
        assert_eq!(admitted(&limits, 80, later, 200), 40);
    }

    #[test]
    fn a_pair_has_45_at_once_and_then_one_in_six_seconds() {
        let (limits, start) = (Limits::default(), Instant::now());
        let pair = |to| charge(None, Some(to));
        let at_once = (0..60).filter(|_| limits.admit(&pair("49"), start).is_ok());
        assert_eq!(at_once.count(), 45);
        assert_eq!(
            limits.admit(&pair("50"), start),
            Ok(()),
            "another recipient"
        );
        let soon = start + Duration::from_millis(5_900);
        assert_eq!(limits.admit(&pair("49"), soon), Err(Refusal::Pair));
        let later = start + Duration::from_millis(6_100);
        assert_eq!(limits.admit(&pair("49"), later), Ok(()));
        assert_eq!(limits.admit(&pair("49"), later), Err(Refusal::Pair));
    }

    #[test]
    fn a_pair_that_is_refused_costs_the_number_nothing() {
        let (limits, start) = (Limits::default(), Instant::now());
        for _ in 0..70 {
            let _ = limits.admit(&charge(Some(80), Some("49")), start);
        }
        assert!((limits.tokens("53", 80, start) - 35.0).abs() < 0.001);
    }

    #[test]
    fn pairs_that_are_as_good_as_new_are_forgotten() {
        let (limits, start) = (Limits::default(), Instant::now());
        for n in 0..100_000_u32 {
            let at = start + Duration::from_millis(n.into());
            let to = n.to_string();
            limits.admit(&charge(None, Some(&to)), at).unwrap();
        }
        let kept = lock(&limits.numbers)["53"].pairs.len();
        assert!(kept < 30_000, "{kept}");
    }
}
