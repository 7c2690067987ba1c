//! Every code that Meta documents or that we saw it send.
//!
//! Source: Meta, "Error codes"; groups, calls and usernames from public client libraries.

use std::ops::RangeInclusive;

use super::{Explanation, explain};

const fn one(code: i64) -> RangeInclusive<i64> {
    code..=code
}

/// In order. Each range has one explanation.
const CODES: [RangeInclusive<i64>; 112] = [
    one(0),
    one(1),
    one(2),
    one(3),
    one(4),
    one(10),
    one(17),
    one(33),
    one(100),
    one(102),
    one(104),
    one(190),
    200..=299,
    one(368),
    one(613),
    one(803),
    one(2500),
    one(80_007),
    one(80_008),
    one(130_403),
    one(130_429),
    one(130_472),
    one(130_497),
    one(130_501),
    one(131_000),
    one(131_005),
    one(131_008),
    one(131_009),
    one(131_016),
    one(131_020),
    one(131_021),
    one(131_026),
    one(131_030),
    one(131_031),
    one(131_037),
    one(131_041),
    one(131_042),
    one(131_044),
    one(131_045),
    one(131_047),
    one(131_048),
    one(131_049),
    one(131_050),
    one(131_051),
    one(131_052),
    one(131_053),
    one(131_055),
    one(131_056),
    one(131_057),
    one(131_059),
    one(131_060),
    one(131_061),
    one(131_062),
    one(131_063),
    one(131_064),
    one(131_201),
    one(131_202),
    one(131_204),
    one(131_207),
    one(131_208),
    131_209..=131_215,
    one(132_000),
    one(132_001),
    one(132_005),
    one(132_007),
    one(132_008),
    one(132_012),
    one(132_015),
    one(132_016),
    one(132_018),
    one(132_068),
    one(132_069),
    one(133_000),
    one(133_004),
    one(133_005),
    one(133_006),
    one(133_008),
    one(133_009),
    one(133_010),
    one(133_015),
    one(133_016),
    one(134_011),
    one(134_100),
    one(134_101),
    one(134_102),
    one(135_000),
    one(136_024),
    one(137_000),
    138_000..=138_018,
    139_000..=139_004,
    139_100..=139_102,
    one(139_103),
    147_001..=147_005,
    200_005..=200_007,
    one(1_752_041),
    one(2_388_012),
    one(2_388_019),
    one(2_388_039),
    one(2_388_040),
    one(2_388_047),
    one(2_388_072),
    one(2_388_073),
    one(2_388_091),
    one(2_388_093),
    one(2_388_103),
    one(2_388_293),
    one(2_388_299),
    one(2_494_100),
    2_494_164..=2_494_179,
    one(2_593_107),
    one(2_593_108),
    one(2_593_109),
];

/// Iterates over the known codes and their explanations, in order. Neighbours with the same explanation are one
/// range.
pub fn all() -> impl Iterator<Item = (RangeInclusive<i64>, Explanation)> {
    CODES.into_iter().map(|codes| {
        let explanation = explain(*codes.start());
        (codes, explanation)
    })
}

#[cfg(test)]
mod tests {
    use super::{super::UNKNOWN, *};

    #[test]
    fn the_codes_are_in_order() {
        for pair in CODES.windows(2) {
            assert!(pair[0].end() < pair[1].start(), "{pair:?}");
        }
    }

    #[test]
    fn every_code_that_is_explained_is_listed_with_its_explanation_and_no_other() {
        let mut listed = all().peekable();
        for code in -1..=3_000_000 {
            while listed.peek().is_some_and(|(codes, _)| *codes.end() < code) {
                listed.next();
            }
            let told = match listed.peek() {
                Some((codes, told)) if codes.contains(&code) => *told,
                _ => UNKNOWN,
            };
            assert_eq!(explain(code), told, "{code}");
        }
        assert!(all().all(|(_, told)| told != UNKNOWN));
    }
}
