use proptest::prelude::*;
use rstest::rstest;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn failure(replay: Replay) -> FailedAttempt {
    FailedAttempt {
        replay,
        retry_after: None,
    }
}

#[rstest]
#[case::rejected_and_idempotent(Replay::RejectedBeforeProcessing, true, true)]
#[case::rejected_and_not_idempotent(Replay::RejectedBeforeProcessing, false, true)]
#[case::ambiguous_and_idempotent(Replay::Ambiguous, true, true)]
#[case::ambiguous_and_not_idempotent(Replay::Ambiguous, false, false)]
#[case::final_and_idempotent(Replay::Final, true, false)]
#[case::final_and_not_idempotent(Replay::Final, false, false)]
fn what_was_refused_or_may_be_done_twice_is_repeated(
    #[case] replay: Replay,
    #[case] idempotent: bool,
    #[case] repeated: bool,
) {
    let decision = decide_call_retry(
        1,
        &failure(replay),
        idempotent,
        &CallRetryPolicy::STANDARD,
        0.5,
    );
    assert_eq!(decision != RetryDecision::GiveUp, repeated);
}

#[test]
fn waits_double_up_to_the_longest() {
    let policy = CallRetryPolicy {
        max_attempts: 10,
        base_delay: SECOND,
        max_delay: 5 * SECOND,
        max_demanded_delay: SECOND,
    };
    let waits: Vec<_> = (1..=5)
        .map(|attempt| decide_call_retry(attempt, &failure(Replay::Ambiguous), true, &policy, 1.0))
        .collect();
    assert_eq!(
        waits,
        [1, 2, 4, 5, 5].map(|s| RetryDecision::RetryAfter(s * SECOND))
    );
}

#[test]
fn a_demand_longer_than_the_policy_allows_is_handed_to_the_caller() {
    let demand = |seconds| FailedAttempt {
        replay: Replay::RejectedBeforeProcessing,
        retry_after: Some(seconds * SECOND),
    };
    let policy = CallRetryPolicy::STANDARD;
    assert_eq!(
        decide_call_retry(1, &demand(10), false, &policy, 0.0),
        RetryDecision::RetryAfter(10 * SECOND)
    );
    assert_eq!(
        decide_call_retry(1, &demand(11), false, &policy, 0.0),
        RetryDecision::GiveUp
    );
}

fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        (0u64..120_000).prop_map(Duration::from_millis),
        Just(Duration::ZERO),
        Just(Duration::MAX),
    ]
}

prop_compose! {
    fn any_policy()(
        max_attempts in 0u32..20,
        base_delay in any_duration(),
        max_delay in any_duration(),
        max_demanded_delay in any_duration(),
    ) -> CallRetryPolicy {
        CallRetryPolicy { max_attempts, base_delay, max_delay, max_demanded_delay }
    }
}

fn any_failure() -> impl Strategy<Value = FailedAttempt> {
    let replay = prop_oneof![
        Just(Replay::RejectedBeforeProcessing),
        Just(Replay::Ambiguous),
        Just(Replay::Final),
    ];
    (replay, proptest::option::of(any_duration())).prop_map(|(replay, retry_after)| FailedAttempt {
        replay,
        retry_after,
    })
}

proptest! {
    #[test]
    fn every_input_has_an_outcome_within_its_bounds(
        attempt in any::<u32>(),
        failure in any_failure(),
        idempotent: bool,
        policy in any_policy(),
        unit in any::<f64>(),
    ) {
        let RetryDecision::RetryAfter(wait) = decide_call_retry(attempt, &failure, idempotent, &policy, unit) else {
            return Ok(());
        };
        let demanded = failure.retry_after.unwrap_or_default();
        prop_assert!(attempt < policy.max_attempts);
        prop_assert!(wait >= demanded);
        prop_assert!(wait <= demanded.saturating_add(policy.max_delay));
        prop_assert!(demanded <= policy.max_demanded_delay);
    }

    #[test]
    fn an_unknown_outcome_is_never_repeated_unless_idempotent(
        attempt in any::<u32>(),
        retry_after in proptest::option::of(any_duration()),
        policy in any_policy(),
        unit in any::<f64>(),
    ) {
        let failure = FailedAttempt { replay: Replay::Ambiguous, retry_after };
        prop_assert_eq!(decide_call_retry(attempt, &failure, false, &policy, unit), RetryDecision::GiveUp);
    }

    #[test]
    fn attempts_end(
        failure in any_failure(),
        idempotent: bool,
        policy in any_policy(),
        unit in 0.0f64..1.0,
    ) {
        let decision = decide_call_retry(policy.max_attempts, &failure, idempotent, &policy, unit);
        prop_assert_eq!(decision, RetryDecision::GiveUp);
    }
}
