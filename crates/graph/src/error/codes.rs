//! Meta's error codes: one table from code to class.
//!
//! Source: Meta, WhatsApp Cloud API, "Error codes", and what its users report of the codes that it does not list.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::{ErrorKind, MetaError};
use crate::retry::{RetryAdvice, advise};

/// Says whether a refused request may be made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Replay {
    /// Meta turned the request away before it did anything: the same request may be made again.
    RejectedBeforeProcessing,
    /// Meta may have carried the request out. Only an idempotent request may be made again. For a message, wait for
    /// its status webhook.
    Ambiguous,
    /// The same request will be refused again, at least for now.
    Final,
}

/// The meaning of an error code for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ErrorClass {
    /// The kind of error.
    pub kind: ErrorKind,
    /// Tells whether the request may be made again.
    pub replay: Replay,
    /// The time to wait before the request is made again, where Meta documents it.
    pub wait: Option<Duration>,
}

impl ErrorClass {
    /// Returns what to do about an error that a webhook reports. The message has failed, so it may be sent again where
    /// an answer with the same code would leave it in doubt.
    pub fn advice(&self) -> RetryAdvice {
        advise(self.kind, self.replay, self.wait)
    }
}

use ErrorKind::{
    AccountRestricted, InvalidParameter, MediaRefused, NotFound, NumberAlreadyVerified,
    NumberNotRegistered, NumberNotVerified, PermissionMissing, PinLocked, PinMismatch, RateLimited,
    RecipientOptedOut, RecipientUnavailable, Refused, TemplateUnavailable, Transient, WindowClosed,
    WrongRoute,
};
use Replay::{Ambiguous, Final, RejectedBeforeProcessing as Rejected};

const TOKEN_INVALID: ErrorKind = ErrorKind::TokenInvalid { subcode: None };

/// No wait is documented.
const NONE: u64 = 0;
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// Known codes in order, with the wait in seconds. An unknown code is judged by its HTTP status.
const TABLE: &[(RangeInclusive<i64>, ErrorKind, Replay, u64)] = &[
    (0..=0, TOKEN_INVALID, Final, NONE),
    (1..=2, Transient, Ambiguous, NONE),
    (3..=3, PermissionMissing, Final, NONE),
    (4..=4, RateLimited, Rejected, MINUTE),
    (10..=10, PermissionMissing, Final, NONE),
    (17..=17, RateLimited, Rejected, MINUTE),
    (33..=33, NotFound, Final, NONE),
    (100..=100, InvalidParameter, Final, NONE),
    (102..=102, TOKEN_INVALID, Final, NONE),
    (104..=104, TOKEN_INVALID, Final, NONE),
    (190..=190, TOKEN_INVALID, Final, NONE),
    (200..=299, PermissionMissing, Final, NONE),
    (368..=368, AccountRestricted, Final, NONE),
    (613..=613, RateLimited, Rejected, MINUTE),
    (803..=803, NotFound, Final, NONE),
    (2500..=2500, TOKEN_INVALID, Final, NONE),
    (80007..=80008, RateLimited, Rejected, MINUTE),
    (130403..=130403, RecipientUnavailable, Final, NONE),
    (130429..=130429, RateLimited, Rejected, 1),
    (130472..=130472, RecipientUnavailable, Final, NONE),
    (130497..=130497, AccountRestricted, Final, NONE),
    (130501..=130501, Refused, Final, NONE),
    (131000..=131000, Transient, Ambiguous, NONE),
    (131005..=131005, PermissionMissing, Final, NONE),
    (131008..=131009, InvalidParameter, Final, NONE),
    (131016..=131016, Transient, Ambiguous, NONE),
    (131020..=131020, Refused, Final, NONE),
    (131021..=131021, RecipientUnavailable, Final, NONE),
    (131026..=131026, RecipientUnavailable, Final, NONE),
    (131030..=131030, RecipientUnavailable, Final, NONE),
    (131031..=131031, AccountRestricted, Final, NONE),
    (131037..=131037, Refused, Final, NONE),
    (131041..=131041, Refused, Final, NONE),
    (131042..=131042, AccountRestricted, Final, NONE),
    (131044..=131044, AccountRestricted, Final, NONE),
    (131045..=131045, NumberNotRegistered, Final, NONE),
    (131047..=131047, WindowClosed, Final, NONE),
    // Limits that do not pass by waiting alone: no automatic retry. Meta holds early repeats of 131049 against the account.
    (131048..=131048, RateLimited, Final, NONE),
    (131049..=131049, RateLimited, Final, 24 * HOUR),
    (131050..=131050, RecipientOptedOut, Final, NONE),
    (131051..=131051, InvalidParameter, Final, NONE),
    (131052..=131053, MediaRefused, Final, NONE),
    (131055..=131055, WrongRoute, Final, NONE),
    (131056..=131056, RateLimited, Rejected, 4),
    (131057..=131057, Transient, Rejected, MINUTE),
    (131059..=131059, Refused, Final, NONE),
    // The template needs the other endpoint, or a phone number in place of a user id.
    (131061..=131063, WrongRoute, Final, NONE),
    (131064..=131064, RateLimited, Final, NONE),
    (131201..=131215, Refused, Final, NONE),
    (132000..=132000, InvalidParameter, Final, NONE),
    (132001..=132001, TemplateUnavailable, Final, NONE),
    (132002..=132012, InvalidParameter, Final, NONE),
    (132015..=132016, TemplateUnavailable, Final, NONE),
    (132017..=132018, InvalidParameter, Final, NONE),
    (132068..=132068, TemplateUnavailable, Final, NONE),
    (132069..=132069, RateLimited, Final, HOUR),
    (133000..=133000, Refused, Final, NONE),
    // Sources disagree on whether 133004 comes before processing. The careful reading is used.
    (133004..=133004, Transient, Ambiguous, NONE),
    (133005..=133005, PinMismatch, Final, NONE),
    (133006..=133006, NumberNotVerified, Final, NONE),
    (133008..=133009, PinLocked, Final, NONE),
    (133010..=133010, NumberNotRegistered, Final, NONE),
    (133015..=133015, Refused, Final, 5 * MINUTE),
    // Meta allows ten registrations in 72 hours: a retry would only use up more of them.
    (133016..=133016, RateLimited, Final, 72 * HOUR),
    (134011..=134011, AccountRestricted, Final, NONE),
    (134100..=134100, WrongRoute, Final, NONE),
    // A new template takes ten minutes to reach the Marketing Messages API.
    (134101..=134101, Refused, Final, 10 * MINUTE),
    (134102..=134103, Refused, Final, NONE),
    (135000..=135000, InvalidParameter, Final, NONE),
    (136024..=136024, NumberAlreadyVerified, Final, NONE),
    (137000..=137000, Refused, Final, NONE),
    (138000..=138018, Refused, Final, NONE),
    (139000..=139004, Refused, Final, NONE),
    (139100..=139103, Refused, Final, NONE),
    (147001..=147005, Refused, Final, NONE),
    (200005..=200007, Refused, Final, NONE),
    (1752041..=1752041, Refused, Final, NONE),
    (2388012..=2388299, Refused, Final, NONE),
    (2494100..=2494179, Refused, Final, NONE),
    (2593107..=2593109, Refused, Final, NONE),
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
    let wait = known.map(|(.., wait)| *wait).filter(|wait| *wait > NONE);
    let (kind, replay) = match known {
        Some((_, TOKEN_INVALID, replay, _)) => (ErrorKind::TokenInvalid { subcode }, *replay),
        // Meta's text is "Object does not exist, cannot be loaded due to missing permissions, or …".
        Some((_, InvalidParameter, replay, _)) if code == Some(100) && subcode == Some(33) => {
            (NotFound, *replay)
        }
        Some((_, kind, replay, _)) => (*kind, *replay),
        None if http_status == 429 => (RateLimited, Rejected),
        None if is_transient || http_status == 408 || http_status >= 500 => (Transient, Ambiguous),
        None => (Refused, Final),
    };
    ErrorClass {
        kind,
        replay,
        wait: wait.map(Duration::from_secs),
    }
}

/// Classifies an answer of Meta's, where the message tells two meanings of one code apart.
pub(crate) fn classify_answer(meta: &MetaError, http_status: u16) -> ErrorClass {
    let class = classify(meta.code, meta.subcode, http_status, meta.is_transient);
    // Besides a missing token, 2500 is Meta's answer to a path that does not exist. That says nothing of the token.
    if meta.code == Some(2500) && meta.message.contains("Unknown path components") {
        return ErrorClass {
            kind: InvalidParameter,
            ..class
        };
    }
    class
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
            .filter(|(_, _, replay, _)| *replay == Rejected)
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
        let class = classify(Some(code), None, 400, false);
        assert_eq!((class.kind, class.replay), (Transient, Ambiguous));
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
    #[case(131026, RecipientUnavailable)]
    #[case(131031, AccountRestricted)]
    #[case(131047, WindowClosed)]
    #[case(131050, RecipientOptedOut)]
    #[case(131053, MediaRefused)]
    #[case(131063, WrongRoute)]
    #[case(131048, RateLimited)]
    #[case(132001, TemplateUnavailable)]
    #[case(132015, TemplateUnavailable)]
    #[case(132018, InvalidParameter)]
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
        let class = classify(Some(code), None, http_status, true);
        assert_eq!((class.kind, class.replay), (kind, Final));
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
        let class = classify(code, None, http_status, is_transient);
        assert_eq!((class.kind, class.replay, class.wait), (kind, replay, None));
    }

    #[rstest]
    #[case(190, RetryAdvice::Reauthorise)]
    #[case(200, RetryAdvice::Reauthorise)]
    #[case(4, RetryAdvice::After(Duration::from_secs(60)))]
    #[case(130_429, RetryAdvice::After(Duration::from_secs(1)))]
    #[case(131_056, RetryAdvice::After(Duration::from_secs(4)))]
    #[case(131_049, RetryAdvice::After(Duration::from_secs(24 * 3600)))]
    #[case(133_016, RetryAdvice::After(Duration::from_secs(72 * 3600)))]
    #[case(134_101, RetryAdvice::After(Duration::from_secs(600)))]
    #[case(131_048, RetryAdvice::Resolve)]
    #[case(131_042, RetryAdvice::Resolve)]
    #[case(133_010, RetryAdvice::Resolve)]
    #[case(100, RetryAdvice::ChangeRequest)]
    #[case(131_047, RetryAdvice::ChangeRequest)]
    #[case(131_063, RetryAdvice::ChangeRequest)]
    #[case(132_001, RetryAdvice::ChangeRequest)]
    #[case(131_026, RetryAdvice::Never)]
    #[case(131_050, RetryAdvice::Never)]
    fn each_code_has_one_advice(#[case] code: i64, #[case] advice: RetryAdvice) {
        assert_eq!(classify(Some(code), None, 400, false).advice(), advice);
    }
}
