//! The use of Meta's rate limits: calls in the last hour of the sandbox's time.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;

use chrono::Duration;
use serde_json::{Value, json};

use crate::clock::Time;
use crate::state::lock;

/// Calls an hour of an app. Meta counts 200 for each of its users; we assume a small app with a hundred.
const APP_LIMIT: usize = 20_000;

/// Counts calls by subject. The counts are not kept over restarts.
#[derive(Default)]
pub(crate) struct Meter {
    calls: Mutex<HashMap<String, VecDeque<Time>>>,
}

/// The use of one limit.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    count: usize,
    limit: usize,
    /// Minutes until there is room again, when there is none.
    wait: i64,
}

impl Usage {
    /// Makes a usage of this percentage, whatever was used.
    pub(crate) fn told(percent: usize, wait: i64) -> Self {
        let limit = 100;
        let count = percent;
        Self { count, limit, wait }
    }

    pub(crate) fn is_over(self) -> bool {
        self.count > self.limit
    }

    fn percent(self) -> usize {
        (self.count * 100).div_ceil(self.limit)
    }
}

impl Meter {
    /// Returns the app's usage, including this call if it `counts`.
    pub(crate) fn app(&self, app_id: &str, now: Time, counts: bool) -> Usage {
        self.count(format!("app:{app_id}"), APP_LIMIT, now, counts)
    }

    /// Returns the usage of a WABA, including this call if it `counts`. An active one has 5,000 an hour for each app,
    /// another 200.
    pub(crate) fn waba(
        &self,
        app_id: &str,
        waba_id: &str,
        is_active: bool,
        now: Time,
        counts: bool,
    ) -> Usage {
        let limit = if is_active { 5_000 } else { 200 };
        self.count(format!("waba:{app_id}:{waba_id}"), limit, now, counts)
    }

    pub(crate) fn clear(&self) {
        lock(&self.calls).clear();
    }

    fn count(&self, key: String, limit: usize, now: Time, counts: bool) -> Usage {
        let mut calls = lock(&self.calls);
        let times = calls.entry(key).or_default();
        let hour = Duration::hours(1);
        // Time travel may go back: times in the future are then forgotten.
        while times.back().is_some_and(|time| *time > now) {
            times.pop_back();
        }
        while times.front().is_some_and(|time| *time + hour <= now) {
            times.pop_front();
        }
        if counts {
            times.push_back(now);
        }
        if times.len() > limit + 1 {
            times.pop_front();
        }
        let wait = times
            .front()
            .map_or(0, |first| (*first + hour - now).num_minutes() + 1);
        Usage {
            count: times.len(),
            limit,
            wait: if times.len() > limit { wait } else { 0 },
        }
    }
}

/// Formats `X-App-Usage`.
pub(crate) fn app_header(usage: Usage) -> String {
    let percent = usage.percent();
    json!({ "call_count": percent, "total_time": percent, "total_cputime": percent }).to_string()
}

/// Formats `X-Business-Use-Case-Usage`.
pub(crate) fn business_header(business_id: &str, usage: Usage) -> String {
    let percent = usage.percent();
    let entry = json!([{
        "type": "whatsapp",
        "call_count": percent,
        "total_time": percent,
        "total_cputime": percent,
        "estimated_time_to_regain_access": usage.wait,
    }]);
    let mut value = serde_json::Map::new();
    value.insert(business_id.to_owned(), entry);
    Value::Object(value).to_string()
}
