//! Meta's error codes in plain words: what happened, what to do, who does it, and whether to try again.

mod graph;
mod messages;
mod rest;
mod templates;

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

    /// Every code that Meta documents or was seen to send.
    fn known() -> Vec<i64> {
        let single = [
            0, 1, 2, 3, 4, 10, 17, 33, 100, 102, 104, 2500, 190, 368, 613, 803, 80007, 80008,
            130_403, 130_429, 130_472, 130_497, 130_501, 131_000, 131_005, 131_008, 131_009,
            131_016, 131_020, 131_041, 131_059, 131_201, 131_202, 131_204, 131_021, 131_026,
            131_030, 131_031, 131_037, 131_042, 131_044, 131_045, 131_047, 131_048, 131_049,
            131_050, 131_051, 131_052, 131_053, 131_055, 132_018, 131_056, 131_057, 131_062,
            131_063, 131_064, 132_000, 132_012, 132_001, 132_005, 132_007, 132_008, 132_015,
            132_016, 132_068, 132_069, 133_000, 133_004, 133_005, 133_006, 133_008, 133_009,
            133_010, 133_015, 133_016, 134_011, 135_000, 136_024, 137_000, 1_752_041, 2_388_012,
            2_388_091, 2_388_093, 2_388_103, 2_494_100, 2_388_019, 2_388_039, 2_388_040, 2_388_047,
            2_388_072, 2_388_073, 2_388_293, 2_388_299, 2_593_107, 2_593_108, 2_593_109,
        ];
        let ranges = [
            200..=299,
            131_207..=131_215,
            134_100..=134_102,
            138_000..=138_018,
            139_000..=139_004,
            139_100..=139_103,
            147_001..=147_005,
            200_005..=200_007,
            2_494_164..=2_494_179,
        ];
        single
            .into_iter()
            .chain(ranges.into_iter().flatten())
            .collect()
    }

    /// Rejected before it was processed.
    const SAFE: [i64; 8] = [4, 80_007, 80_008, 130_429, 131_056, 613, 131_057, 133_004];
    /// It may have been sent.
    const AMBIGUOUS: [i64; 4] = [1, 2, 131_000, 131_016];

    #[test]
    fn every_known_code_is_explained() {
        for code in known() {
            assert_ne!(explain(code), UNKNOWN, "{code}");
        }
    }

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
        for code in known().into_iter().chain([999_999]) {
            let Explanation { cause, action, .. } = explain(code);
            for words in [cause, action] {
                assert!(words.ends_with('.') && words.len() > 10, "{code}: {words}");
                assert!(words.starts_with(char::is_uppercase), "{code}: {words}");
            }
        }
    }
}
