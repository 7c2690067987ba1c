//! The use of Meta's rate limits, as Meta's headers report it.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The usage headers of one answer. A header that is missing or cannot be read is left out: usage is advice, and
/// never fails a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// `X-App-Usage`: the app's use of its own limit.
    pub app: Option<AppUsage>,
    /// `X-Business-Use-Case-Usage`, by business id.
    pub business: BTreeMap<String, Vec<BusinessUsage>>,
}

/// The app's use of its limit, in percent. Meta throttles at 100; values above are possible.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AppUsage {
    /// Calls made.
    #[serde(deserialize_with = "whole")]
    pub call_count: u32,
    /// Time used.
    #[serde(deserialize_with = "whole")]
    pub total_time: u32,
    /// Processor time used.
    #[serde(deserialize_with = "whole")]
    pub total_cputime: u32,
}

/// The use of one limit of one business, in percent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BusinessUsage {
    /// The limit, in Meta's words.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Calls made.
    #[serde(deserialize_with = "whole")]
    pub call_count: u32,
    /// Time used.
    #[serde(deserialize_with = "whole")]
    pub total_time: u32,
    /// Processor time used.
    #[serde(deserialize_with = "whole")]
    pub total_cputime: u32,
    /// Minutes until Meta answers calls again. 0 when the business is not throttled.
    #[serde(deserialize_with = "whole")]
    pub estimated_time_to_regain_access: u32,
}

impl Usage {
    pub(crate) fn from_headers(headers: &HeaderMap) -> Self {
        let read = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
        Self {
            app: read("x-app-usage").and_then(|raw| serde_json::from_slice(raw).ok()),
            business: read("x-business-use-case-usage")
                .and_then(|raw| serde_json::from_slice(raw).ok())
                .unwrap_or_default(),
        }
    }

    /// Returns the highest percentage of all limits, or `None` when Meta reported nothing.
    pub fn highest_percent(&self) -> Option<u32> {
        let app = self
            .app
            .iter()
            .map(|u| u.call_count.max(u.total_time).max(u.total_cputime));
        let business = self.business.values().flatten();
        app.chain(business.map(|u| u.call_count.max(u.total_time).max(u.total_cputime)))
            .max()
    }

    /// Returns how long Meta asks to wait, or `None` when it does not throttle.
    pub fn regain_access_after(&self) -> Option<Duration> {
        self.business
            .values()
            .flatten()
            .map(|usage| usage.estimated_time_to_regain_access)
            .filter(|minutes| *minutes > 0)
            .max()
            .map(|minutes| Duration::from_secs(u64::from(minutes) * 60))
    }
}

/// Reads a percentage. Meta documents whole numbers, and has sent fractions and strings.
fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let number = match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    // The cast saturates: negative numbers and NaN become 0.
    Ok(number.unwrap_or(0.0).ceil() as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage(pairs: &[(&'static str, &'static str)]) -> Usage {
        let headers: HeaderMap = pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect();
        Usage::from_headers(&headers)
    }

    #[test]
    fn both_headers_are_read() {
        let usage = usage(&[
            (
                "X-App-Usage",
                r#"{"call_count":28,"total_time":25,"total_cputime":26.2}"#,
            ),
            (
                "X-Business-Use-Case-Usage",
                r#"{"77":[{"type":"whatsapp","call_count":100,"total_cputime":1,"total_time":2,
                   "estimated_time_to_regain_access":3,"ads_api_access_tier":"x"}]}"#
                    .replace('\n', "")
                    .leak(),
            ),
        ]);
        assert_eq!(
            usage.app,
            Some(AppUsage {
                call_count: 28,
                total_time: 25,
                total_cputime: 27
            })
        );
        assert_eq!(usage.highest_percent(), Some(100));
        assert_eq!(usage.regain_access_after(), Some(Duration::from_secs(180)));
        assert_eq!(usage.business["77"][0].kind.as_deref(), Some("whatsapp"));
    }

    #[test]
    fn headers_that_make_no_sense_are_left_out() {
        assert_eq!(
            usage(&[
                ("x-app-usage", "no json"),
                ("x-business-use-case-usage", "[1]")
            ]),
            Usage::default()
        );
        assert_eq!(usage(&[]).highest_percent(), None);
    }

    #[test]
    fn no_wait_is_named_while_not_throttled() {
        let usage = usage(&[(
            "x-business-use-case-usage",
            r#"{"77":[{"call_count":5,"estimated_time_to_regain_access":0}]}"#,
        )]);
        assert_eq!(usage.regain_access_after(), None);
    }
}
