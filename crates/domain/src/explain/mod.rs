//! Meta's error codes in plain words: what happened, what to do, who does it, and whether to try again.

mod codes;
mod graph;
mod messages;
mod rest;
mod templates;

pub use codes::all;
use serde::{Deserialize, Serialize};

/// What a code means.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// What happened, as a sentence.
    pub cause: &'static str,
    /// What to do about it, as a sentence.
    pub action: &'static str,
    /// Who has to do it.
    pub who: Who,
    /// Whether the same request may be sent again.
    pub retry: Retry,
}

/// Who has to do something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The business that owns the number.
    Business,
    /// The person on the other side.
    Customer,
    /// Who runs this platform.
    Platform,
    /// Meta.
    Meta,
    /// Nobody: time or another message settles it.
    Nobody,
}

/// Whether the same request may be sent again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// It was rejected before it was processed: sending it again repeats nothing.
    Safe,
    /// It may have been done: look for proof first.
    Unknown,
    /// Not by itself and not now; once what the action names has happened or passed.
    Later,
    /// The same request fails again.
    Never,
}

impl Retry {
    /// Whether a program may send the same request again at once or after a pause, with no person in between.
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::Safe)
    }
}

const fn says(cause: &'static str, action: &'static str, who: Who, retry: Retry) -> Explanation {
    Explanation {
        cause,
        action,
        who,
        retry,
    }
}

/// What Meta's code means. Codes that are not known are explained as such.
pub const fn explain(code: i64) -> Explanation {
    match code {
        0..=999 => graph::graph(code),
        80_000..=80_999 => graph::limits(code),
        130_000..=130_999 => messages::delivery(code),
        131_000..=131_999 => messages::message(code),
        132_000..=132_999 | 134_100..=134_102 => templates::template(code),
        133_000..=133_999 => templates::registration(code),
        _ => rest::rest(code),
    }
}

const UNKNOWN: Explanation = says(
    "Meta reports an error that is not known here.",
    "Read Meta's own words, and ask Meta's support with the code and the trace id if they do not help.",
    Who::Platform,
    Retry::Never,
);

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> impl Iterator<Item = i64> {
        all().flat_map(|(codes, _)| codes)
    }

    /// Rejected before it was processed.
    const SAFE: [i64; 8] = [4, 80_007, 80_008, 130_429, 131_056, 613, 131_057, 133_004];
    /// It may have been sent.
    const AMBIGUOUS: [i64; 4] = [1, 2, 131_000, 131_016];

    #[test]
    fn any_other_code_is_explained_as_unknown_and_not_tried_again() {
        for code in [
            i64::MIN,
            -1,
            5,
            300,
            80_009,
            131_999,
            133_099,
            999_999,
            i64::MAX,
        ] {
            assert_eq!(explain(code), UNKNOWN, "{code}");
        }
        assert_eq!(UNKNOWN.retry, Retry::Never);
    }

    #[test]
    fn only_what_was_rejected_before_it_was_processed_is_safe_to_send_again() {
        for code in 0..=3_000_000 {
            let retry = explain(code).retry;
            assert_eq!(retry.is_safe(), SAFE.contains(&code), "{code}");
            let is_ambiguous = AMBIGUOUS.contains(&code);
            assert_eq!(retry == Retry::Unknown, is_ambiguous, "{code}");
        }
    }

    #[test]
    fn who_stopped_marketing_is_never_written_to_again() {
        assert_eq!(explain(131_050).retry, Retry::Never);
        assert_eq!(explain(131_050).who, Who::Customer);
    }

    #[test]
    fn every_word_is_a_sentence() {
        for code in known().chain([999_999]) {
            let Explanation { cause, action, .. } = explain(code);
            for words in [cause, action] {
                assert!(words.ends_with('.') && words.len() > 10, "{code}: {words}");
                assert!(words.starts_with(char::is_uppercase), "{code}: {words}");
            }
        }
    }
}
