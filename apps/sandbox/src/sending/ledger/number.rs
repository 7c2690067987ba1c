//! Counts the messages that a number accepted, by time.

use std::collections::VecDeque;
use std::sync::Arc;

use chrono::DateTime;
use serde_json::{Value, json};

/// The length of a span in which acceptances are counted, in microseconds.
pub(super) const SPAN_US: i64 = 100_000;
/// The most spans that are kept for each number: the newest ten minutes.
const SPANS: usize = 6_000;

/// The counts of one number.
pub(super) struct Number {
    pub(super) id: Arc<str>,
    accepted: u64,
    first_us: i64,
    last_us: i64,
    /// The number of the first span.
    origin: i64,
    spans: VecDeque<u32>,
}

impl Number {
    pub(super) fn new(id: Arc<str>) -> Self {
        Self {
            id,
            accepted: 0,
            first_us: 0,
            last_us: 0,
            origin: 0,
            spans: VecDeque::new(),
        }
    }

    /// Counts an acceptance at this moment, unix microseconds.
    pub(super) fn count(&mut self, us: i64) {
        if self.accepted == 0 {
            self.first_us = us;
        }
        self.accepted += 1;
        self.last_us = us;
        let span = us.div_euclid(SPAN_US);
        let length = i64::try_from(self.spans.len()).unwrap_or(i64::MAX);
        let kept = i64::try_from(SPANS).unwrap_or(i64::MAX);
        if self.spans.is_empty() || span >= self.origin + length + kept {
            self.spans.clear();
            self.origin = span;
        }
        while self.origin + i64::try_from(self.spans.len()).unwrap_or(i64::MAX) <= span {
            self.spans.push_back(0);
        }
        while self.spans.len() > SPANS {
            self.spans.pop_front();
            self.origin += 1;
        }
        let index = usize::try_from(span - self.origin).ok();
        if let Some(count) = index.and_then(|index| self.spans.get_mut(index)) {
            *count += 1;
        }
    }

    pub(super) fn view(&self, with_spans: bool) -> Value {
        let active = self.last_us - self.first_us;
        let mut view = json!({
            "phoneNumberId": &*self.id,
            "accepted": self.accepted,
            "firstAt": moment(self.first_us),
            "lastAt": moment(self.last_us),
            "firstUs": self.first_us,
            "lastUs": self.last_us,
            "perSecond": (active > 0).then(|| {
                (self.accepted.saturating_sub(1)) as f64 / (active as f64 / 1e6)
            }),
        });
        if with_spans && let Some(fields) = view.as_object_mut() {
            let start = self.origin * SPAN_US / 1_000;
            fields.insert("spansStartMs".to_owned(), start.into());
            fields.insert("spans".to_owned(), json!(self.spans));
        }
        view
    }
}

/// Formats a moment that is given in unix microseconds.
pub(super) fn moment(us: i64) -> Option<String> {
    let time = DateTime::from_timestamp_micros(us)?;
    Some(time.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_counted_in_a_bounded_row() {
        let mut number = Number::new("53".into());
        for us in [1_000_000, 1_050_000, 1_250_000] {
            number.count(us);
        }
        assert_eq!(
            (number.origin, number.spans.make_contiguous()),
            (10, &mut [2, 0, 1][..])
        );
        number.count(1_000_000 + SPAN_US * 6_100);
        assert!(number.spans.len() <= SPANS);
        assert_eq!(number.spans.back(), Some(&1));
        number.count(SPAN_US * 1_000_000_000);
        assert_eq!(number.spans.len(), 1);
        assert_eq!(number.accepted, 5);
    }
}
