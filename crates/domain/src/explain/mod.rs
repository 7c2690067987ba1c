//! Meta's error codes in plain words: cause, remedy, who acts, and whether to retry.

mod codes;
mod graph;
mod messages;
mod rest;
mod templates;

pub use codes::all;
use serde::{Deserialize, Serialize};

/// The explanation of a code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The cause, as a sentence.
    pub cause: &'static str,
    /// The remedy, as a sentence.
    pub action: &'static str,
    /// Who must act.
    pub who: Who,
    /// Tells whether the same request may be sent again.
    pub retry: Retry,
}

/// Who must act on an error.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// The business that owns the number.
    Business,
    /// The other person of the conversation.
    Customer,
    /// The operator of this platform.
    Platform,
    /// Meta.
    Meta,
    /// Nobody: the error passes with time, or with another message.
    Nobody,
}

/// Tells whether the same request may be sent again.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Meta rejected it before processing: sending it again repeats nothing.
    Safe,
    /// Meta may have processed it. Look for proof first.
    Unknown,
    /// Not now and not automatically. It may be sent again when the remedy was applied or the time has passed.
    Later,
    /// The same request fails again.
    Never,
}

impl Retry {
    /// Tells whether a program may send the same request again, at once or after a pause, without a person.
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

/// The code of a message that is not sent because its number was passed on to another person. None of Meta's.
pub const NUMBER_PASSED_ON: i64 = -2;

const PASSED_ON: Explanation = says(
    "The number was passed on to another person after the message was queued.",
    "Ask the person for their new number, or write to them again once they have written.",
    Who::Customer,
    Retry::Never,
);

/// Explains Meta's code. An unknown code gets an explanation that says so.
pub const fn explain(code: i64) -> Explanation {
    match code {
        NUMBER_PASSED_ON => PASSED_ON,
        0..=999 => graph::graph(code),
        80_000..=80_999 => graph::limits(code),
        130_000..=130_999 => messages::delivery(code),
        131_000..=131_999 => messages::message(code),
        132_000..=132_999 | 134_100..=134_102 => templates::template(code),
        133_000..=133_999 => templates::registration(code),
        _ => rest::rest(code),
    }
}

/// Explains Meta's code on a message that a person sent. One code may mean something else there than on a message to the
/// person.
pub const fn explain_received(code: i64) -> Explanation {
    match messages::received(code) {
        Some(told) => told,
        None => explain(code),
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

    /// Rejected before processing.
    const SAFE: [i64; 8] = [4, 80_007, 80_008, 130_429, 131_056, 613, 131_057, 133_004];
    /// Possibly sent.
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
    fn a_code_is_explained_by_the_direction_of_its_message() {
        for code in [131_051, 131_052, 131_060] {
            let (sent, received) = (explain(code), explain_received(code));
            assert_ne!(sent.cause, received.cause, "{code}");
            for told in [sent, received] {
                assert!(told.cause.ends_with('.') && told.action.ends_with('.'));
                assert_ne!(told, UNKNOWN);
            }
        }
        assert_eq!(explain(131_052).who, Who::Business);
        assert_eq!(explain_received(131_052).who, Who::Customer);
        for code in [131_047, 999_999] {
            assert_eq!(explain_received(code), explain(code));
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
