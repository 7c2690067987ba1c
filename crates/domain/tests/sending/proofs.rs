//! Proofs that Meta accepted a message.

use super::*;

#[test]
fn an_answer_names_the_message_which_is_underway_then() {
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1")]);
    assert_eq!(store.stands(), (S::Accepted, J::Underway));
    assert_eq!(store.message().wamid, Some("w.1".into()));
    assert_eq!(store.told.last(), Some(&"message.sending"));
}

#[test]
fn a_status_with_our_id_proves_before_the_answer() {
    let mut store = dispatching();
    store.apply(&[proof("w.1", Delivered)]);
    assert_eq!(store.stands(), (S::Delivered, J::Done));
    assert_eq!(store.message().wamid, Some("w.1".into()));
    let told = store.told.len();
    store.apply(&[accepted(1, "w.1"), proof("w.1", Delivered)]);
    assert_eq!(store.stands(), (S::Delivered, J::Done));
    assert_eq!(store.told.len(), told, "neither told anything new");
}

#[test]
fn what_arrived_is_underway_no_more_whatever_comes_late() {
    for end in [Delivered, Read, ReportedStatus::Played] {
        let mut store = dispatching();
        store.apply(&[accepted(1, "w.1"), status("w.1", end, 1_002)]);
        let stands = store.stands();
        assert_eq!(stands.1, J::Done);
        store.apply(&[status("w.1", Sent, 1_001), accepted(1, "w.1")]);
        assert_eq!(store.stands(), stands);
    }
}

#[test]
fn what_is_underway_is_not_sent_again_by_anybody() {
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1"), proof("w.1", Sent)]);
    for act in [SendStep::Cancel, SendStep::Dismiss] {
        store.refuse(step(act));
    }
    store.refuse(retry());
    let late = [
        unproven(),
        orphaned(99),
        again(1),
        refused(1),
        step(SendStep::Expired),
    ];
    store.apply_at(at(100_000), &late);
    assert_eq!(store.stands(), (S::Sent, J::Underway));
}

#[test]
fn what_is_underway_for_long_is_stuck() {
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1")]);
    let mut job = store.job().clone();
    assert!(!job.is_stuck(at(9_000)), "nothing tells since when");
    job.dispatched_at = Some(at(1_000));
    assert!(!job.is_stuck(at(1_000)) && job.is_stuck(at(1_001)));
    assert_eq!(job.underway_since(), Some(at(1_000)));
    for state in [J::Dispatching, J::Proving, J::Unknown, J::Failed, J::Done] {
        job.state = state;
        assert!(!job.is_stuck(at(9_000)), "{state:?}");
    }
}

#[test]
fn a_status_with_our_id_counts_after_the_answer() {
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1"), proof("w.1", Sent)]);
    store.apply(&[proof("w.1", Read)]);
    assert_eq!(store.stands(), (S::Read, J::Done));
    assert_eq!(store.timeline(), 2);
}

#[test]
fn a_status_that_waits_under_its_name_is_applied_when_the_answer_names_it() {
    for what in [Delivered, Failed] {
        let mut store = dispatching();
        store.apply(&[status("w.1", what, 1_001)]);
        assert_eq!(store.stands(), (S::Sending, J::Dispatching));
        store.apply(&[accepted(1, "w.1")]);
        let end = match what {
            Failed => (S::Failed, J::Failed),
            _ => (S::Delivered, J::Done),
        };
        assert_eq!(store.stands(), end);
        assert!(store.rows.waiting.is_empty());
    }
}

#[test]
fn a_proof_ends_proving() {
    let mut store = dispatching();
    store.apply(&[unknown(1)]);
    assert_eq!(store.stands(), (S::Sending, J::Proving));
    assert_eq!(store.job().wait, Some(WaitReason::Proof));
    assert_eq!(store.job().due_at, at(1_600));
    store.apply(&[proof("w.1", Sent)]);
    assert_eq!(store.stands(), (S::Sent, J::Underway));
    assert_eq!(store.job().wait, None);
    // Late reports change nothing.
    store.apply_at(at(9_000), &[unproven(), orphaned(99), unknown(1), again(1)]);
    assert_eq!(store.stands(), (S::Sent, J::Underway));
}

#[rstest]
#[case(proof("w.1", Sent), S::Sent)]
#[case(accepted(1, "w.1"), S::Accepted)]
fn a_proof_ends_unknown(#[case] proof: Item, #[case] status: S) {
    let mut store = in_doubt();
    store.apply(&[proof]);
    assert_eq!(store.stands(), (status, J::Underway));
}

#[rstest]
#[case(proof("w.1", Delivered), (S::Delivered, J::Done))]
#[case(accepted(1, "w.1"), (S::Accepted, J::Underway))]
fn a_proof_of_the_first_attempt_stops_the_second(#[case] proof: Item, #[case] stands: (S, J)) {
    let mut store = in_doubt();
    store.apply(&[retry()]);
    assert_eq!(store.stands(), (S::Queued, J::Queued));
    store.apply(&[proof]);
    assert_eq!(store.stands(), stands);
    assert_eq!(store.message().wamid, Some("w.1".into()));
}

#[test]
fn a_name_that_another_message_has_stays_with_it() {
    let mut store = dispatching();
    store.apply(&[wrote("w.1", "15550100", Origin::Echo)]);
    store.apply(&[accepted(1, "w.1")]);
    assert_eq!(store.stands(), (S::Accepted, J::Underway));
    assert_eq!(store.message().wamid, None);
    assert_eq!(store.rows.messages.len(), 2);
    // A status may name the message by our id.
    store.apply(&[proof("w.1", Delivered)]);
    assert_eq!(store.stands(), (S::Delivered, J::Done));
    // The same holds when a status comes first.
    let mut store = dispatching();
    store.apply(&[wrote("w.1", "15550100", Origin::Echo)]);
    store.apply(&[proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
    assert_eq!(store.message().wamid, None);
}

#[test]
fn a_failure_that_is_told_after_a_refused_attempt_is_the_last_attempts() {
    let mut store = dispatching();
    store.apply(&[again(1)]);
    store.dispatch();
    store.apply(&[unknown(2), proof("w.2", Failed)]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
    assert_eq!(store.message().wamid, Some("w.2".into()));
}

#[test]
fn a_failure_is_its_attempts_however_many_were_in_doubt() {
    let mut store = in_doubt();
    store.apply(&[retry()]);
    store.dispatch();
    store.apply(&[unknown(2), proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Sending, J::Proving), "another's");
    store.apply(&[proof("w.2", Failed)]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
}

#[test]
fn a_failure_without_a_token_is_the_only_attempts_or_waits_for_its_name() {
    let mut store = queued();
    store.dispatch_without_token();
    store.apply(&[orphaned(8), old_proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
    // A status without a token is not of an attempt with one, if there was another attempt.
    let mut store = queued();
    store.dispatch_without_token();
    store.apply(&[orphaned(8)]);
    store.apply_at(at(1_600), &[unproven()]);
    store.apply(&[retry()]);
    store.dispatch();
    store.apply(&[orphaned(8), old_proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Sending, J::Proving));
    store.apply(&[old_proof("w.1", Sent)]);
    assert_eq!(
        store.stands(),
        (S::Failed, J::Failed),
        "it was taken, and failed"
    );
}

#[test]
fn a_failure_without_a_token_after_two_attempts_in_doubt_is_neithers_for_sure() {
    let mut store = queued();
    store.dispatch_without_token();
    store.apply(&[orphaned(8)]);
    store.apply_at(at(1_600), &[unproven()]);
    store.apply(&[retry()]);
    store.dispatch_without_token();
    store.apply(&[orphaned(8)]);
    store.apply_at(at(1_600), &[unproven()]);
    assert_eq!((store.job().attempt, store.job().in_doubt), (2, 1));
    store.apply(&[old_proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Unknown, J::Unknown));
    store.apply(&[old_proof("w.2", Delivered)]);
    assert_eq!(store.stands(), (S::Delivered, J::Done));
}

#[test]
fn a_failure_that_is_told_after_one_that_had_a_name_is_the_last_attempts() {
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1"), proof("w.1", Failed), retry()]);
    store.dispatch();
    store.apply(&[unknown(2), proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Sending, J::Proving), "old news");
    store.apply(&[proof("w.2", Failed)]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
    assert_eq!(store.message().wamid, Some("w.2".into()));
}

#[test]
fn a_failure_after_an_attempt_in_doubt_waits_for_the_answer_that_names_it() {
    let mut store = in_doubt();
    assert_eq!(store.job().in_doubt, 1);
    store.apply(&[retry()]);
    store.dispatch();
    store.apply(&[proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Sending, J::Dispatching));
    store.apply(&[accepted(2, "w.2")]);
    assert_eq!(store.stands(), (S::Accepted, J::Underway));
}
