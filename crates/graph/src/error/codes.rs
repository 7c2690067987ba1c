//! Meta's error codes: one table from code to class.

use std::ops::RangeInclusive;

use super::ErrorKind;

/// Says whether a refused request may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Replay {
    /// Meta turned the request away before it did anything: the same request may be made again.
    RejectedBeforeProcessing,
    /// Meta may have carried the request out. Only an idempotent request may be made again. For a message, wait for
    /// its status webhook.
    Ambiguous,
    /// The same request will be refused again.
    Final,
}

/// The meaning of an error code for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ErrorClass {
    /// The kind of error.
    pub kind: ErrorKind,
    /// Whether the request may be made again.
    pub replay: Replay,
}

use ErrorKind::{
    AccountRestricted, InvalidParameter, NotFound, NumberAlreadyVerified, NumberNotRegistered,
    NumberNotVerified, PermissionMissing, PinLocked, PinMismatch, RateLimited, Refused, Transient,
};
use Replay::{Ambiguous, Final, RejectedBeforeProcessing as Rejected};

const TOKEN_INVALID: ErrorKind = ErrorKind::TokenInvalid { subcode: None };

/// Known codes, in order. An unknown code is judged by its HTTP status.
const TABLE: &[(RangeInclusive<i64>, ErrorKind, Replay)] = &[
    (0..=0, TOKEN_INVALID, Final),
    (1..=2, Transient, Ambiguous),
    (3..=3, PermissionMissing, Final),
    (4..=4, RateLimited, Rejected),
    (10..=10, PermissionMissing, Final),
    (17..=17, RateLimited, Rejected),
    (33..=33, NotFound, Final),
    (100..=100, InvalidParameter, Final),
    (102..=102, TOKEN_INVALID, Final),
    (104..=104, TOKEN_INVALID, Final),
    (190..=190, TOKEN_INVALID, Final),
    (200..=299, PermissionMissing, Final),
    (368..=368, AccountRestricted, Final),
    (613..=613, RateLimited, Rejected),
    (803..=803, NotFound, Final),
    (2500..=2500, TOKEN_INVALID, Final),
    (80007..=80008, RateLimited, Rejected),
    (130403..=130403, Refused, Final),
    (130429..=130429, RateLimited, Rejected),
    (130472..=130472, Refused, Final),
    (130497..=130497, AccountRestricted, Final),
    (130501..=130501, Refused, Final),
    (131000..=131000, Transient, Ambiguous),
    (131005..=131005, PermissionMissing, Final),
    (131008..=131009, InvalidParameter, Final),
    (131016..=131016, Transient, Ambiguous),
    (131020..=131021, Refused, Final),
    (131026..=131026, Refused, Final),
    (131030..=131030, Refused, Final),
    (131031..=131031, AccountRestricted, Final),
    (131037..=131037, Refused, Final),
    (131041..=131041, Refused, Final),
    (131042..=131042, AccountRestricted, Final),
    (131044..=131044, AccountRestricted, Final),
    (131045..=131045, NumberNotRegistered, Final),
    (131047..=131047, Refused, Final),
    // Limits that do not pass by waiting alone: no automatic retry.
    (131048..=131049, RateLimited, Final),
    (131050..=131053, Refused, Final),
    (131055..=131055, Refused, Final),
    (131056..=131056, RateLimited, Rejected),
    (131057..=131057, Transient, Rejected),
    (131059..=131059, Refused, Final),
    (131062..=131063, Refused, Final),
    (131064..=131064, RateLimited, Final),
    (131201..=131215, Refused, Final),
    (132000..=132012, InvalidParameter, Final),
    (132015..=132018, Refused, Final),
    (132068..=132068, Refused, Final),
    (132069..=132069, RateLimited, Final),
    (133000..=133000, Refused, Final),
    // Sources disagree on whether 133004 comes before processing. The careful reading is used.
    (133004..=133004, Transient, Ambiguous),
    (133005..=133005, PinMismatch, Final),
    (133006..=133006, NumberNotVerified, Final),
    (133008..=133009, PinLocked, Final),
    (133010..=133010, NumberNotRegistered, Final),
    (133015..=133015, Refused, Final),
    // Meta allows ten registrations in 72 hours: a retry would only use up more of them.
    (133016..=133016, RateLimited, Final),
    (134011..=134011, AccountRestricted, Final),
    (134100..=134102, Refused, Final),
    (135000..=135000, InvalidParameter, Final),
    (136024..=136024, NumberAlreadyVerified, Final),
    (137000..=137000, Refused, Final),
    (138000..=138018, Refused, Final),
    (139000..=139004, Refused, Final),
    (139100..=139103, Refused, Final),
    (147001..=147005, Refused, Final),
    (200005..=200007, Refused, Final),
    (1752041..=1752041, Refused, Final),
    (2388012..=2388299, Refused, Final),
    (2494100..=2494179, Refused, Final),
    (2593107..=2593109, Refused, Final),
];

/// Classifies an error by Meta's code. The HTTP status decides only where the code is unknown.
///
/// `is_transient` is Meta's own flag of that name. It counts only for unknown codes too.
pub fn classify(
    code: Option<i64>,
    subcode: Option<i64>,
    http_status: u16,
    is_transient: bool,
) -> ErrorClass {
    let known = code.and_then(|code| TABLE.iter().find(|(codes, ..)| codes.contains(&code)));
    let (kind, replay) = match known {
        Some((_, TOKEN_INVALID, replay)) => (ErrorKind::TokenInvalid { subcode }, *replay),
        // Meta's text is "Object does not exist, cannot be loaded due to missing permissions, or …".
        Some((_, InvalidParameter, replay)) if code == Some(100) && subcode == Some(33) => {
            (NotFound, *replay)
        }
        Some((_, kind, replay)) => (*kind, *replay),
        None if http_status == 429 => (RateLimited, Rejected),
        None if is_transient || http_status == 408 || http_status >= 500 => (Transient, Ambiguous),
        None => (Refused, Final),
    };
    ErrorClass { kind, replay }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[test]
    fn table_is_in_order_and_without_overlap() {
        for pair in TABLE.windows(2) {
            let [(before, ..), (after, ..)] = pair else {
                panic!("windows of two")
            };
            assert!(before.end() < after.start(), "{before:?} {after:?}");
        }
    }

    #[test]
    fn exactly_these_codes_are_rejected_before_processing() {
        let codes: Vec<i64> = TABLE
            .iter()
            .filter(|(.., replay)| *replay == Rejected)
            .flat_map(|(codes, ..)| codes.clone())
            .collect();
        assert_eq!(codes, [4, 17, 613, 80007, 80008, 130429, 131056, 131057]);
    }

    #[rstest]
    #[case(1)]
    #[case(2)]
    #[case(131000)]
    #[case(131016)]
    #[case(133004)]
    fn trouble_at_meta_is_transient_and_ambiguous(#[case] code: i64) {
        let class = ErrorClass {
            kind: Transient,
            replay: Ambiguous,
        };
        assert_eq!(classify(Some(code), None, 400, false), class);
    }

    #[rstest]
    #[case(0, TOKEN_INVALID)]
    #[case(3, PermissionMissing)]
    #[case(10, PermissionMissing)]
    #[case(33, NotFound)]
    #[case(100, InvalidParameter)]
    #[case(102, TOKEN_INVALID)]
    #[case(190, TOKEN_INVALID)]
    #[case(200, PermissionMissing)]
    #[case(299, PermissionMissing)]
    #[case(368, AccountRestricted)]
    #[case(803, NotFound)]
    #[case(2500, TOKEN_INVALID)]
    #[case(131005, PermissionMissing)]
    #[case(131009, InvalidParameter)]
    #[case(131026, Refused)]
    #[case(131031, AccountRestricted)]
    #[case(131047, Refused)]
    #[case(131048, RateLimited)]
    #[case(132001, InvalidParameter)]
    #[case(133005, PinMismatch)]
    #[case(133006, NumberNotVerified)]
    #[case(133008, PinLocked)]
    #[case(133009, PinLocked)]
    #[case(133010, NumberNotRegistered)]
    #[case(133016, RateLimited)]
    #[case(136024, NumberAlreadyVerified)]
    #[case(2593109, Refused)]
    fn a_known_final_code_stays_final_whatever_the_http_status(
        #[case] code: i64,
        #[case] kind: ErrorKind,
        #[values(400, 429, 500)] http_status: u16,
    ) {
        let class = ErrorClass {
            kind,
            replay: Final,
        };
        assert_eq!(classify(Some(code), None, http_status, true), class);
    }

    #[test]
    fn the_subcode_of_a_dead_token_is_kept() {
        let class = classify(Some(190), Some(463), 401, false);
        assert_eq!(class.kind, ErrorKind::TokenInvalid { subcode: Some(463) });
    }

    #[test]
    fn code_100_with_subcode_33_is_a_missing_object() {
        assert_eq!(classify(Some(100), Some(33), 400, false).kind, NotFound);
    }

    #[rstest]
    #[case(429, false, RateLimited, Rejected)]
    #[case(408, false, Transient, Ambiguous)]
    #[case(500, false, Transient, Ambiguous)]
    #[case(400, true, Transient, Ambiguous)]
    #[case(400, false, Refused, Final)]
    fn an_unknown_code_is_judged_by_its_status(
        #[values(None, Some(987_654_321), Some(-1))] code: Option<i64>,
        #[case] http_status: u16,
        #[case] is_transient: bool,
        #[case] kind: ErrorKind,
        #[case] replay: Replay,
    ) {
        assert_eq!(
            classify(code, None, http_status, is_transient),
            ErrorClass { kind, replay }
        );
    }
}
