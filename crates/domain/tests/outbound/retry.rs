use chrono::Duration;
use proptest::prelude::*;
use rstest::rstest;
use wabakit_domain::{
    Time,
    explain::{self, Retry},
    outbound::{
        Attempt, Block, Certainty, Effects, Next, RetryPolicy, Verdict, WaitReason,
        decide_next_attempt,
    },
};

fn now() -> Time {
    Time::from_timestamp(1_790_000_000, 0).unwrap()
}

fn failed(certainty: Certainty, code: impl Into<Option<i64>>) -> Attempt {
    Attempt {
        certainty,
        code: code.into(),
        http_status: None,
        retry_after: None,
        number: 1,
        strikes: 0,
    }
}

fn decided(attempt: Attempt, random_unit: f64) -> Verdict {
    decide_next_attempt(&attempt, now(), random_unit, &RetryPolicy::default())
}

/// Returns the reason of the wait and its seconds, with the longest jitter.
fn wait(attempt: Attempt) -> (WaitReason, i64) {
    match decided(attempt, 1.0).next {
        Next::Again { due_at, wait } => (wait, (due_at - now()).num_seconds()),
        other => panic!("{other:?}"),
    }
}

fn block(seconds: i64, reason: WaitReason) -> Option<Block> {
    Some(Block {
        until: now() + Duration::seconds(seconds),
        reason,
    })
}

#[test]
fn the_throughput_slows_the_number_down_and_pauses_it_shortly() {
    let verdict = decided(failed(Certainty::NotTaken, 130_429), 0.5);
    let expected = Effects {
        number: block(1, WaitReason::NumberLimited),
        slow_down: true,
        ..Effects::default()
    };
    assert_eq!(verdict.effects, expected);
    assert!(matches!(verdict.next, Next::Again { .. }));
}

#[rstest]
#[case(1, 1)]
#[case(2, 4)]
#[case(3, 16)]
#[case(4, 64)]
#[case(5, 256)]
#[case(6, 600)]
#[case(i32::MAX, 600)]
fn a_pair_waits_four_to_the_power_of_its_attempts_and_nobody_else_does(
    #[case] number: i32,
    #[case] seconds: i64,
) {
    let attempt = Attempt {
        number,
        ..failed(Certainty::NotTaken, 131_056)
    };
    assert_eq!(wait(attempt), (WaitReason::PairLimit, seconds));
    let expected = Effects {
        pair_until: Some(now() + Duration::seconds(seconds)),
        ..Effects::default()
    };
    assert_eq!(decided(attempt, 0.0).effects, expected);
}

#[rstest]
#[case::waba(80_007, Effects { waba: block(300, WaitReason::WabaLimited), ..Effects::default() })]
#[case::app(4, Effects { number: block(300, WaitReason::NumberLimited), slow_down: true, ..Effects::default() })]
fn a_limit_lasts_as_long_as_meta_says(#[case] code: i64, #[case] effects: Effects) {
    let attempt = Attempt {
        retry_after: Some(std::time::Duration::from_secs(300)),
        ..failed(Certainty::NotTaken, code)
    };
    assert_eq!(decided(attempt, 0.0).effects, effects);
    assert_eq!(wait(attempt).1, 301);
}

#[rstest]
#[case(0.0, 10)]
#[case(1.0, 60)]
fn a_number_in_maintenance_pauses_for_up_to_a_minute(#[case] unit: f64, #[case] seconds: i64) {
    for code in [131_057, 133_004] {
        let effects = decided(failed(Certainty::NotTaken, code), unit).effects;
        assert_eq!(effects.number, block(seconds, WaitReason::NumberLimited));
    }
}

#[rstest]
fn a_token_that_is_not_accepted_fails_no_message(
    #[values(Some(190), Some(0), Some(102), Some(104), Some(2500), None)] code: Option<i64>,
) {
    let attempt = failed(Certainty::NotAllowed, code);
    let (reason, seconds) = wait(attempt);
    assert_eq!(reason, WaitReason::TokenInvalid);
    assert!(
        seconds <= 5,
        "it goes soon after the account is connected again"
    );
    let effects = Effects {
        grant: block(30, WaitReason::TokenInvalid),
        ..Effects::default()
    };
    assert_eq!(decided(attempt, 0.5).effects, effects);
}

#[rstest]
#[case(368, false)]
#[case(131_031, false)]
#[case(131_042, false)]
#[case(131_064, false)]
#[case(131_045, true)]
#[case(133_010, true)]
#[case(33, true)]
fn a_blocked_account_is_tried_more_and_more_seldom(#[case] code: i64, #[case] is_number: bool) {
    for (strikes, seconds) in [(0, 30), (1, 60), (2, 120), (7, 3600), (u32::MAX, 3600)] {
        let attempt = Attempt {
            strikes,
            ..failed(Certainty::Refused, code)
        };
        let Verdict { next, effects } = decided(attempt, 0.5);
        let expected = block(seconds, WaitReason::AccountBlocked);
        assert_eq!(next, Next::Refused);
        assert_eq!(effects.number, expected.filter(|_| is_number));
        assert_eq!(effects.waba, expected.filter(|_| !is_number));
    }
}

#[test]
fn a_number_that_people_reported_pauses() {
    let Verdict { next, effects } = decided(failed(Certainty::Refused, 131_048), 0.5);
    assert_eq!(next, Next::Refused);
    assert_eq!(effects.number, block(30, WaitReason::NumberLimited));
}

#[rstest]
fn one_messages_own_fault_stops_no_other(
    #[values(100, 131_026, 131_047, 131_050, 132_001, 137_000, 999_999)] code: i64,
) {
    let expected = Verdict {
        next: Next::Refused,
        effects: Effects::default(),
    };
    assert_eq!(decided(failed(Certainty::Refused, code), 0.5), expected);
}

#[rstest]
#[case(1, 1)]
#[case(2, 2)]
#[case(5, 16)]
#[case(12, 300)]
#[case(i32::MAX, 300)]
fn the_wait_doubles_up_to_five_minutes(#[case] number: i32, #[case] seconds: i64) {
    let attempt = Attempt {
        number,
        ..failed(Certainty::NotTaken, None)
    };
    assert_eq!(wait(attempt), (WaitReason::Retry, seconds));
}

fn attempts() -> impl Strategy<Value = Attempt> {
    let certainty = prop::sample::select(vec![
        Certainty::NotTaken,
        Certainty::Refused,
        Certainty::NotAllowed,
        Certainty::Unknown,
    ]);
    let known: Vec<i64> = explain::all().map(|(codes, _)| *codes.start()).collect();
    let code = prop_oneof![
        1 => Just(None),
        9 => prop::sample::select(known).prop_map(Some),
        1 => any::<i64>().prop_map(Some),
    ];
    let hint = prop_oneof![
        Just(None),
        (0_u64..=100_000).prop_map(Some),
        any::<u64>().prop_map(Some),
    ];
    (
        certainty,
        code,
        any::<Option<u16>>(),
        hint,
        any::<i32>(),
        any::<u32>(),
    )
        .prop_map(
            |(certainty, code, http_status, hint, number, strikes)| Attempt {
                certainty,
                code,
                http_status,
                retry_after: hint.map(std::time::Duration::from_secs),
                number,
                strikes,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_may_have_been_taken_is_never_sent_again(attempt in attempts(), unit in any::<f64>()) {
        let next = decided(attempt, unit).next;
        let retry = attempt.code.map(|code| explain::explain(code).retry);
        if attempt.certainty == Certainty::Unknown {
            prop_assert_eq!(next, Next::Unknown);
        }
        if attempt.certainty == Certainty::Refused && retry == Some(Retry::Unknown) {
            prop_assert_eq!(next, Next::Unknown);
        }
    }

    #[test]
    fn nothing_is_refused_that_may_be_sent_again(attempt in attempts(), unit in any::<f64>()) {
        let next = decided(attempt, unit).next;
        if matches!(attempt.certainty, Certainty::NotTaken | Certainty::NotAllowed) {
            let is_again = matches!(next, Next::Again { .. });
            prop_assert!(is_again);
        }
    }

    #[test]
    fn what_meta_asks_for_is_kept_and_nothing_is_due_before_now(attempt in attempts(), unit in any::<f64>()) {
        let Verdict { next, effects } = decided(attempt, unit);
        let month = std::time::Duration::from_secs(30 * 24 * 3600);
        let hint = attempt.retry_after.unwrap_or_default().min(month);
        let kept = |until: Time| (until - now()).to_std().is_ok_and(|wait| wait >= hint);
        if let Next::Again { due_at, .. } = next {
            prop_assert!(kept(due_at));
        }
        let blocks = [effects.number, effects.waba, effects.grant];
        for block in blocks.into_iter().flatten() {
            prop_assert!(kept(block.until));
        }
        prop_assert!(effects.pair_until.is_none_or(kept));
    }
}
