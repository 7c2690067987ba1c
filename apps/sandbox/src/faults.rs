//! Faults on demand: which calls they affect, how often, and how.

use actix_web::http::Method;
use serde::{Deserialize, Serialize};

use crate::call::split_version;
use crate::dice::Dice;

/// The longest time that a fault delays a call.
pub(crate) const LONGEST_MS: u64 = 120_000;

/// An order for a fault.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FaultOrder {
    #[serde(default, rename = "match")]
    pub(crate) matcher: Matcher,
    #[serde(default)]
    pub(crate) when: When,
    /// The seed that decides which calls a percentage affects.
    #[serde(default)]
    pub(crate) seed: u64,
    pub(crate) then: Then,
}

/// An active fault, with its counts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Fault {
    pub(crate) id: String,
    #[serde(flatten)]
    pub(crate) order: FaultOrder,
    /// Calls that matched.
    pub(crate) seen: u64,
    /// Calls that it affected.
    pub(crate) hits: u64,
}

/// The calls that match. An omitted field matches all.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matcher {
    method: Option<String>,
    /// The path without version. `*` stands for any characters.
    path: Option<String>,
}

/// The frequency with which a fault strikes.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum When {
    #[default]
    Always,
    /// The next calls, this many.
    Next(u64),
    /// Every nth call.
    Every(u64),
    /// This percentage of calls, at random.
    Percent(f64),
}

/// The effect on a call.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Then {
    /// The HTTP status of the answer. The default is Meta's status for the code.
    pub(crate) status: Option<u16>,
    /// Meta's error code.
    pub(crate) code: Option<i64>,
    pub(crate) subcode: Option<i64>,
    pub(crate) message: Option<String>,
    /// A body instead of Meta's error body, such as a proxy's page.
    pub(crate) body: Option<String>,
    /// The value of `Retry-After`, in seconds.
    pub(crate) retry_after: Option<u64>,
    /// The delay before anything else. Alone, it only slows the call.
    pub(crate) delay_ms: Option<u64>,
    /// Tells whether to answer nothing, and then break the connection.
    pub(crate) hang: bool,
    /// The time to break the connection: before or after the call is processed.
    pub(crate) reset: Option<Reset>,
    /// Tells whether the call takes effect although its answer is replaced.
    pub(crate) processed: bool,
    /// Tells whether a media download returns bytes that do not match the hash.
    pub(crate) corrupt: bool,
    /// The number of bytes after which a media download breaks off.
    pub(crate) truncate: Option<usize>,
    /// The most bytes a second of a media download.
    pub(crate) bytes_per_second: Option<usize>,
    /// Tells whether a media object's download address answers 404.
    pub(crate) dead_url: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reset {
    Before,
    After,
}

impl FaultOrder {
    /// Returns why the order cannot be followed, if so.
    pub(crate) fn objection(&self) -> Option<&'static str> {
        let then = &self.then;
        let spoils = then.corrupt || then.truncate.is_some() || then.dead_url;
        let slows = then.delay_ms.is_some() || then.bytes_per_second.is_some();
        let acts = then.replaces_answer() || spoils || slows;
        match self.when {
            When::Next(0) | When::Every(0) => Some("when must count from 1"),
            When::Percent(percent) if !(0.0..=100.0).contains(&percent) => {
                Some("percent must be from 0 to 100")
            }
            _ if !acts => Some("then must say what happens: status, delayMs, hang, reset, …"),
            _ if then.bytes_per_second == Some(0) => Some("bytesPerSecond must be 1 or more"),
            _ if then.delay_ms.is_some_and(|ms| ms > LONGEST_MS) => {
                Some("delayMs must be 120000 at most")
            }
            _ if then
                .status
                .is_some_and(|status| !(200..=599).contains(&status)) =>
            {
                Some("status must be from 200 to 599")
            }
            _ => None,
        }
    }
}

impl Then {
    /// Tells whether the caller gets another answer than the real one.
    pub(crate) fn replaces_answer(&self) -> bool {
        self.breaks_connection()
            || self.status.is_some()
            || self.code.is_some()
            || self.body.is_some()
    }

    /// Tells whether the caller gets no answer.
    pub(crate) fn breaks_connection(&self) -> bool {
        self.hang || self.reset.is_some()
    }

    /// Tells whether the call takes effect.
    pub(crate) fn processes(&self) -> bool {
        !self.replaces_answer() || self.processed || self.reset == Some(Reset::After)
    }
}

impl Matcher {
    pub(crate) fn meets(&self, method: &Method, path: &str) -> bool {
        let method_fits = self
            .method
            .as_ref()
            .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method.as_str()));
        let path_fits = self
            .path
            .as_ref()
            .is_none_or(|pattern| glob(&split_version(pattern).1, path));
        method_fits && path_fits
    }
}

/// Counts the call for all faults, and returns the first that strikes it.
pub(crate) fn strike(faults: &mut [Fault], method: &Method, path: &str) -> Option<Fault> {
    for (place, fault) in (0_u64..)
        .zip(faults)
        .filter(|(_, fault)| fault.order.matcher.meets(method, path))
    {
        fault.seen += 1;
        let strikes = match fault.order.when {
            When::Always => true,
            When::Next(count) => fault.hits < count,
            When::Every(count) => count > 0 && fault.seen % count == 0,
            // Two faults with one seed strike different calls.
            When::Percent(percent) => {
                Dice::new(fault.order.seed.wrapping_add(place << 48), fault.seen).chance(percent)
            }
        };
        if strikes {
            fault.hits += 1;
            return Some(fault.clone());
        }
    }
    None
}

/// Tells whether `text` matches `pattern`, in which `*` stands for any characters.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut tail) = text.strip_prefix(head) else {
        return false;
    };
    loop {
        if glob(rest, tail) {
            return true;
        }
        let mut chars = tail.chars();
        if chars.next().is_none() {
            return false;
        }
        tail = chars.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> Fault {
        Fault {
            id: "f".to_owned(),
            order: serde_json::from_str(json).unwrap(),
            seen: 0,
            hits: 0,
        }
    }

    #[test]
    fn a_star_stands_for_any_run() {
        assert!(glob("*/subscribed_apps", "420000000000001/subscribed_apps"));
        assert!(glob("oauth/*", "oauth/access_token"));
        assert!(glob("*", ""));
        assert!(!glob("*/register", "53/deregister_all"));
        assert!(!glob("me", "me/businesses"));
    }

    #[test]
    fn a_pattern_may_name_the_version() {
        let fault = fault(r#"{"match":{"path":"/v25.0/me"},"then":{"status":500}}"#);
        assert!(fault.order.matcher.meets(&Method::GET, "me"));
    }

    #[test]
    fn next_strikes_so_many_and_every_each_so_manieth() {
        let mut next = [fault(r#"{"when":{"next":2},"then":{"status":500}}"#)];
        let mut every = [fault(r#"{"when":{"every":3},"then":{"status":500}}"#)];
        let struck = |faults: &mut [Fault]| -> Vec<bool> {
            (0..6)
                .map(|_| strike(faults, &Method::GET, "me").is_some())
                .collect()
        };
        assert_eq!(struck(&mut next), [true, true, false, false, false, false]);
        assert_eq!(struck(&mut every), [false, false, true, false, false, true]);
    }

    #[test]
    fn an_order_without_effect_is_refused() {
        assert!(fault(r#"{"then":{}}"#).order.objection().is_some());
        assert!(
            fault(r#"{"when":{"every":0},"then":{"status":500}}"#)
                .order
                .objection()
                .is_some()
        );
        assert!(
            fault(r#"{"then":{"delayMs":5}}"#)
                .order
                .objection()
                .is_none()
        );
    }
}
