//! Messages that are sent again: what outcomes and statuses of older attempts still change.

use super::*;

#[test]
fn a_failure_that_is_not_known_to_be_of_this_attempt_waits_for_its_name() {
    let mut store = in_doubt();
    store.apply(&[retry()]);
    store.apply(&[proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Queued, J::Queued));
    store.dispatch();
    store.apply(&[proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Sending, J::Dispatching));
    store.apply(&[accepted(2, "w.2")]);
    assert_eq!(store.stands(), (S::Accepted, J::Underway));
    store.apply(&[proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Accepted, J::Underway));
    store.apply(&[proof("w.2", Failed)]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
}

#[test]
fn a_failure_that_overtook_the_second_answer_counts_once_it_is_named() {
    for name in [accepted(2, "w.2"), proof("w.2", Sent)] {
        let mut store = in_doubt();
        store.apply(&[retry()]);
        store.dispatch();
        store.apply(&[proof("w.2", Failed)]);
        store.apply(&[name]);
        assert_eq!(store.stands(), (S::Failed, J::Failed));
        assert_eq!(store.message().wamid, Some("w.2".into()));
    }
}

#[test]
fn a_failure_of_the_only_attempt_is_told_by_our_id_alone() {
    let mut store = in_doubt();
    store.apply(&[proof("w.1", Failed)]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
    assert_eq!(store.message().errors[0].code, 131_026);
}

#[test]
fn a_repeat_of_what_failed_does_not_stop_its_retry() {
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1"), proof("w.1", Sent), proof("w.1", Failed)]);
    store.apply(&[retry()]);
    let old = [
        proof("w.1", Sent),
        proof("w.1", Failed),
        status("w.1", Sent, 1_001),
        accepted(1, "w.1"),
    ];
    store.apply(&old);
    assert_eq!(store.stands(), (S::Queued, J::Queued));
    store.dispatch();
    store.apply(&old);
    assert_eq!(store.stands(), (S::Sending, J::Dispatching));
    assert_eq!(store.timeline(), 0);
    store.apply(&[proof("w.2", Sent)]);
    assert_eq!(store.stands(), (S::Sent, J::Underway));
    assert_eq!(store.message().wamid, Some("w.2".into()));
    store.apply(&old);
    assert_eq!(store.stands(), (S::Sent, J::Underway));
}

#[test]
fn what_failed_and_arrived_after_all_is_not_sent_again() {
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1"), proof("w.1", Failed), retry()]);
    store.apply(&[proof("w.1", Delivered)]);
    assert_eq!(store.stands(), (S::Delivered, J::Done));
}

#[test]
fn a_retry_begins_a_new_timeline() {
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1"), proof("w.1", Sent), proof("w.1", Failed)]);
    assert_eq!(store.timeline(), 2);
    store.apply(&[retry()]);
    assert_eq!(store.timeline(), 0);
    assert!(store.message().errors.is_empty());
    assert_eq!(
        (store.job().due_at, store.job().expires_at),
        (at(1_000), at(99_000))
    );
    store.dispatch();
    store.apply(&[accepted(2, "w.2"), proof("w.2", Sent)]);
    assert_eq!(store.timeline(), 1);
    // The same holds when all of it comes in one batch.
    store.apply(&[proof("w.2", Failed), retry()]);
    assert_eq!(store.timeline(), 0);
}

#[test]
fn answers_of_old_attempts_say_nothing_but_that_it_was_taken() {
    let mut store = in_doubt();
    store.apply(&[retry()]);
    store.dispatch();
    store.apply(&[again(1), refused(1), unknown(1)]);
    assert_eq!(store.stands(), (S::Sending, J::Dispatching));
    store.apply(&[accepted(2, "w.2")]);
    let told = store.told.len();
    let late = [accepted(1, "w.1"), accepted(1, "w.1"), accepted(2, "w.2")];
    store.apply(&late);
    assert_eq!(store.message().wamid, Some("w.2".into()));
    assert_eq!(store.stands(), (S::Accepted, J::Underway));
    assert_eq!(store.duplicates(), ["w.1"]);
    assert_eq!(store.told.len(), told + 1, "that it was taken twice");
}

#[test]
fn the_last_answer_names_what_an_older_attempt_proved() {
    let mut store = in_doubt();
    store.apply(&[retry()]);
    store.dispatch();
    store.apply(&[accepted(1, "w.1")]);
    assert_eq!(store.stands(), (S::Accepted, J::Underway));
    store.apply(&[again(2)]);
    assert_eq!(store.stands(), (S::Accepted, J::Underway), "it was taken");
    store.apply(&[accepted(2, "w.2")]);
    assert_eq!(store.message().wamid, Some("w.2".into()));
    assert_eq!(store.duplicates(), ["w.1"]);
}

#[test]
fn a_status_of_another_attempt_that_was_taken_as_well_shows_as_a_duplicate() {
    let mut store = in_doubt();
    store.apply(&[retry()]);
    store.dispatch();
    store.apply(&[accepted(2, "w.2"), proof("w.1", Sent)]);
    assert_eq!(store.duplicates(), ["w.1"]);
    assert_eq!(store.message().wamid, Some("w.2".into()));
    // Meta can accept one attempt twice.
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1")]);
    store.apply(&[carrying(opaque(ID, token(1)), "w.9", Sent)]);
    assert_eq!(store.duplicates(), ["w.9"]);
    // A late "sent" of a failed attempt is no second acceptance; a failed attempt that arrived is one.
    let mut store = dispatching();
    store.apply(&[accepted(1, "w.1"), proof("w.1", Failed), retry()]);
    store.dispatch();
    store.apply(&[accepted(2, "w.2"), proof("w.1", Sent), proof("w.1", Failed)]);
    assert_eq!(store.duplicates(), [""; 0]);
    store.apply(&[proof("w.1", Delivered)]);
    assert_eq!(store.duplicates(), ["w.1"]);
}

#[test]
fn a_straggler_of_a_marking_that_was_never_written_undoes_no_other() {
    let (unwritten, mut store) = (9, dispatching());
    let stragglers = [again(unwritten), refused(unwritten), unknown(unwritten)];
    store.apply(&stragglers);
    assert_eq!(store.stands(), (S::Sending, J::Dispatching));
    store.apply(&[unknown(1)]);
    let job = store.job().clone();
    store.apply(&stragglers);
    assert_eq!(store.stands(), (S::Sending, J::Proving));
    assert_eq!(store.job(), &job);
    assert!(store.message().errors.is_empty());
    // Its own outcome queues it again, as long as nothing else was reported of it.
    store.apply(&[again(1)]);
    assert_eq!(store.stands(), (S::Queued, J::Queued));
    store.apply(&stragglers);
    assert_eq!(store.job().due_at, at(1_060));
    store.dispatch();
    store.apply(&[again(1)]);
    assert_eq!(store.stands(), (S::Sending, J::Dispatching), "it is over");
}

#[test]
fn a_late_acceptance_takes_a_queued_message_out_of_the_queue() {
    let mut store = dispatching();
    store.apply(&[again(1)]);
    store.dispatch();
    store.apply(&[again(2)]);
    assert_eq!(store.stands(), (S::Queued, J::Queued));
    store.apply(&[accepted(1, "w.1")]);
    assert_eq!(store.stands(), (S::Accepted, J::Underway));
    assert_eq!(store.message().wamid, Some("w.1".into()));
}

#[test]
fn what_goes_with_a_request_is_read_in_its_old_form_as_well() {
    let both = opaque(ID, token(3));
    assert_eq!(read_opaque(&both), Some((ID, Some(token(3)))));
    assert_eq!(read_opaque(&ID.to_string()), Some((ID, None)));
    for strange in [
        "",
        ".",
        "x",
        &format!("{ID}."),
        &format!("{ID}.x"),
        &format!(".{ID}"),
    ] {
        assert_eq!(read_opaque(strange), None, "{strange}");
    }
    assert!(both.len() <= 512, "Meta's limit");
}

#[test]
fn a_late_refusal_settles_what_was_in_doubt() {
    let mut store = in_doubt();
    store.apply(&[again(1)]);
    assert_eq!(store.stands(), (S::Queued, J::Queued));
    assert_eq!(store.job().due_at, at(1_060));
    assert_eq!(store.message().errors[0].code, 130_429);
    let mut store = in_doubt();
    store.apply(&[refused(1)]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
    assert_eq!(store.message().errors[0].code, 131_008);
}
