//! A POST to deliver, and its retries.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::Duration;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::sign::Signing;
use crate::clock::Time;

/// The time for which Meta retries.
const TRIED_FOR: Duration = Duration::days(7);
const FIRST_PAUSE: Duration = Duration::seconds(15);
const LONGEST_PAUSE: Duration = Duration::hours(6);

/// A POST to one callback.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delivery {
    pub(crate) app_id: String,
    pub(crate) url: String,
    /// The number of updates in the body. 0 for a body that was given as a whole.
    pub(crate) updates: usize,
    /// The fields, each once.
    pub(crate) fields: Vec<String>,
    #[serde(serialize_with = "write_body", deserialize_with = "read_body")]
    pub(crate) body: Bytes,
    #[serde(default)]
    pub(crate) signing: Signing,
    /// The time when it is first tried, in the sandbox's time.
    pub(crate) due: Time,
}

/// The state of a delivery's tries, after one has failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Retry {
    pub(crate) attempts: u32,
    pub(crate) first: Time,
    pub(crate) due: Time,
}

impl Retry {
    /// Returns when to retry after a failure at `now`: at once, then after pauses that double, for seven days from
    /// the first try.
    pub(super) fn next(before: Option<&Self>, now: Time) -> Option<Self> {
        let (failures, first) = before.map_or((1, now), |retry| (retry.attempts + 1, retry.first));
        let pause = match failures {
            1 => Duration::zero(),
            // From the 13th pause on, the longest pause applies.
            _ => (FIRST_PAUSE * (1 << (failures - 2).min(12))).min(LONGEST_PAUSE),
        };
        let due = now + pause;
        (due <= first + TRIED_FOR).then_some(Self {
            attempts: failures,
            first,
            due,
        })
    }
}

/// Writes text as it is, and other bytes in base64.
fn write_body<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(body) {
        Ok(text) => ("text", text).serialize(serializer),
        Err(_) => ("base64", STANDARD.encode(body)).serialize(serializer),
    }
}

fn read_body<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    let (kind, text) = <(String, String)>::deserialize(deserializer)?;
    if kind == "text" {
        return Ok(Bytes::from(text));
    }
    STANDARD
        .decode(text)
        .map(Bytes::from)
        .map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_tried_again_at_once_then_ever_more_rarely_for_seven_days() {
        let start = Time::UNIX_EPOCH;
        let mut now = start;
        let mut pauses = Vec::new();
        let mut retry = None;
        while let Some(next) = Retry::next(retry.as_ref(), now) {
            pauses.push(next.due - now);
            now = next.due;
            retry = Some(next);
        }
        assert_eq!(pauses[0], Duration::zero());
        assert_eq!(pauses[1], Duration::seconds(15));
        assert!(pauses.windows(2).all(|pair| pair[0] <= pair[1]));
        assert!(now - start <= TRIED_FOR && now - start > TRIED_FOR - LONGEST_PAUSE);
        assert!(pauses.len() > 30, "{}", pauses.len());
    }

    #[test]
    fn bytes_that_are_no_text_are_kept_exactly() {
        for body in [&b"{\"a\":\"\\u00e4\"}"[..], &[0xff, 0x00, 0xfe]] {
            let delivery = Delivery {
                app_id: "1".to_owned(),
                url: "http://localhost".to_owned(),
                updates: 0,
                fields: Vec::new(),
                body: Bytes::copy_from_slice(body),
                signing: Signing::Right,
                due: Time::UNIX_EPOCH,
            };
            let text = serde_json::to_string(&delivery).unwrap();
            let back: Delivery = serde_json::from_str(&text).unwrap();
            assert_eq!(back.body, body);
        }
    }
}
