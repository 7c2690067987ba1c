//! The effects of time and of people's acts.

use super::*;

#[test]
fn only_what_was_begun_under_an_older_epoch_is_orphaned() {
    let mut store = dispatching();
    store.apply(&[orphaned(7)]);
    assert_eq!(store.stands(), (S::Sending, J::Dispatching));
    store.apply(&[orphaned(8)]);
    assert_eq!(store.stands(), (S::Sending, J::Proving));
    let mut store = queued();
    store.apply(&[orphaned(8)]);
    assert_eq!(store.stands(), (S::Queued, J::Queued));
}

#[test]
fn proof_is_waited_for_until_its_time() {
    let mut store = dispatching();
    store.apply(&[unknown(1)]);
    assert_eq!(store.apply_at(at(1_599), &[unproven()]), []);
    assert_eq!(store.stands(), (S::Sending, J::Proving));
    let as_failed = step(SendStep::Unproven { as_failed: true });
    assert_eq!(store.apply_at(at(1_600), &[as_failed]), []);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
    store.apply(&[proof("w.1", Sent)]);
    assert_eq!(
        store.stands(),
        (S::Sent, J::Underway),
        "a proof counts even then"
    );
}

#[test]
fn only_what_is_queued_expires_and_only_past_its_time() {
    let expired = step(SendStep::Expired);
    let mut store = queued();
    store.apply_at(at(89_999), std::slice::from_ref(&expired));
    assert_eq!(store.stands(), (S::Queued, J::Queued));
    store.apply_at(at(90_000), std::slice::from_ref(&expired));
    assert_eq!(store.stands(), (S::Expired, J::Done));
    let mut store = dispatching();
    store.apply_at(at(90_000), &[expired]);
    assert_eq!(store.stands(), (S::Sending, J::Dispatching));
}

#[test]
fn acts_are_refused_where_the_message_does_not_stand_for_them() {
    let cancel = || step(SendStep::Cancel);
    let dismiss = || step(SendStep::Dismiss);

    let mut store = queued();
    store.refuse(retry());
    store.refuse(dismiss());
    store.apply(&[cancel()]);
    assert_eq!(store.stands(), (S::Cancelled, J::Done));
    store.refuse(cancel());
    store.apply(&[retry()]);
    assert_eq!(store.stands(), (S::Queued, J::Queued));

    let mut store = dispatching();
    let acts = || [retry(), dismiss(), cancel()];
    acts().into_iter().for_each(|act| store.refuse(act));
    store.apply(&[unknown(1)]);
    acts().into_iter().for_each(|act| store.refuse(act));
    store.apply(&[accepted(1, "w.1")]);
    acts().into_iter().for_each(|act| store.refuse(act));

    let mut store = in_doubt();
    store.refuse(cancel());
    store.apply(&[dismiss()]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
    store.refuse(dismiss());
    store.refuse(cancel());
    store.apply(&[retry()]);
    assert_eq!(store.stands(), (S::Queued, J::Queued));

    let mut nothing = Store::default();
    acts().into_iter().for_each(|act| nothing.refuse(act));
    nothing.apply(&[accepted(1, "w.1"), orphaned(9), unproven()]);
    assert!(nothing.told.is_empty());
}

#[test]
fn another_org_acts_upon_no_message_of_ours() {
    let mut store = queued();
    let theirs = Item {
        org: OrgId(Uuid::from_u128(666)),
        ..step(SendStep::Cancel)
    };
    store.refuse(theirs);
    assert_ne!(ORG, OrgId(Uuid::from_u128(666)));
}
