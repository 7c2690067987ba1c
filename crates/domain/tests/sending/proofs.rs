//! What proves that Meta took a message.

use super::*;

#[test]
fn an_answer_names_the_message_and_ends_its_job() {
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1")]);
    assert_eq!(store.stands(), (S::Accepted, J::Done));
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
    assert_eq!(store.stands(), (S::Sent, J::Done));
    assert_eq!(store.job().wait, None);
    // What is said of it late changes nothing.
    store.apply_at(at(9_000), &[unproven(), orphaned(99), unknown(1), again(1)]);
    assert_eq!(store.stands(), (S::Sent, J::Done));
}

#[rstest]
#[case(proof("w.1", Sent), S::Sent)]
#[case(accepted(1, "w.1"), S::Accepted)]
fn a_proof_ends_unknown(#[case] proof: Item, #[case] status: S) {
    let mut store = in_doubt();
    store.apply(&[proof]);
    assert_eq!(store.stands(), (status, J::Done));
}

#[rstest]
#[case(proof("w.1", Delivered), S::Delivered)]
#[case(accepted(1, "w.1"), S::Accepted)]
fn a_proof_of_the_first_attempt_stops_the_second(#[case] proof: Item, #[case] status: S) {
    let mut store = in_doubt();
    store.apply(&[retry()]);
    assert_eq!(store.stands(), (S::Queued, J::Queued));
    store.apply(&[proof]);
    assert_eq!(store.stands(), (status, J::Done));
    assert_eq!(store.message().wamid, Some("w.1".into()));
}

#[test]
fn a_name_that_another_message_has_stays_with_it() {
    let mut store = dispatching();
    store.apply(&[wrote("w.1", "15550100", Origin::Echo)]);
    store.apply(&[accepted(1, "w.1")]);
    assert_eq!(store.stands(), (S::Accepted, J::Done));
    assert_eq!(store.message().wamid, None);
    assert_eq!(store.rows.messages.len(), 2);
    // It is told of by our id all the same.
    store.apply(&[proof("w.1", Delivered)]);
    assert_eq!(store.stands(), (S::Delivered, J::Done));
    // And so where a status comes first.
    let mut store = dispatching();
    store.apply(&[wrote("w.1", "15550100", Origin::Echo)]);
    store.apply(&[proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
    assert_eq!(store.message().wamid, None);
}
