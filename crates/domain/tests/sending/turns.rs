//! A message's place among those of its conversation, and the conditions on its recipient.

use wabakit_domain::{conversation::SendTurn, inbound::StatusUpdate};

use super::*;

const OTHER: MessageId = MessageId(Uuid::from_u128(0xdef));

fn turn_of(store: &Store, id: MessageId) -> SendTurn {
    let messages = &store.rows.messages;
    let message = messages.values().find(|message| message.id == id).unwrap();
    message.job.as_ref().unwrap().turn
}

fn window(store: &Store) -> Option<Time> {
    let conversations = &store.rows.conversations;
    conversations.values().next().unwrap().window_until()
}

/// The status says that the window was closed.
fn closed(wamid: &str) -> Item {
    let mut item = proof(wamid, Failed);
    if let Fact::Status(status) = &mut item.fact {
        let StatusUpdate { errors, .. } = &mut **status;
        *errors = vec![fault(131_047)];
    }
    item
}

#[test]
fn later_commits_take_later_turns_however_clocks_differ() {
    let mut store = Store::default();
    let both = [ID, OTHER].map(|id| composed(compose_to(id, "15550100")));
    store.apply_at(at(2_000), &both[..1]);
    store.apply_at(at(1_500), &both[1..]);
    assert_eq!(turn_of(&store, ID).at, at(2_000));
    assert_eq!(turn_of(&store, OTHER).at, at(2_000));
    assert!(turn_of(&store, ID) < turn_of(&store, OTHER));
    // The same holds within one call.
    let mut store = Store::default();
    store.apply(&both);
    assert!(turn_of(&store, ID) < turn_of(&store, OTHER));
}

#[test]
fn what_is_scheduled_takes_its_turn_at_its_time() {
    let mut scheduled = compose_to(ID, "15550100");
    scheduled.job.due_at = at(5_000);
    let mut store = Store::default();
    store.apply(&[composed(scheduled), composed(compose_to(OTHER, "15550100"))]);
    assert_eq!(turn_of(&store, ID).at, at(5_000));
    assert_eq!(turn_of(&store, OTHER).at, at(1_000), "it moves nobody");
}

#[test]
fn what_is_sent_again_by_hand_takes_the_next_turn_and_what_is_by_itself_keeps_its_own() {
    let mut store = dispatching();
    let first = turn_of(&store, ID);
    store.apply(&[again(1)]);
    assert_eq!(turn_of(&store, ID), first);
    store.apply(&[composed(compose_to(OTHER, "15550100"))]);
    store.dispatch();
    store.apply(&[refused(2), retry()]);
    assert!(turn_of(&store, ID) > turn_of(&store, OTHER));
}

#[test]
fn a_message_holds_the_others_for_a_minute_of_waiting_for_its_own_sake() {
    let mut store = dispatching();
    store.apply_at(at(1_000), &[again(1)]);
    assert_eq!(store.job().holds_until, Some(at(1_060)));
    store.dispatch();
    store.apply_at(at(1_030), &[again(2)]);
    assert_eq!(store.job().holds_until, Some(at(1_060)), "in all");
    store.dispatch();
    let paced = Outcome::Again {
        due_at: at(2_000),
        wait: WaitReason::PairLimit,
        fault: None,
    };
    store.apply(&[outcome(3, paced)]);
    assert_eq!(store.job().holds_until, None);
    assert!(!store.job().is_passed(at(1_999)));
}

#[test]
fn only_what_waits_is_barred() {
    let barred = || {
        step(SendStep::Barred {
            fault: fault(131_050),
        })
    };
    let mut store = queued();
    store.apply(&[barred()]);
    assert_eq!(store.stands(), (S::Failed, J::Failed));
    assert_eq!(store.message().errors, [fault(131_050)]);
    let mut store = dispatching();
    store.apply(&[barred()]);
    assert_eq!(store.stands(), (S::Sending, J::Dispatching));
}

#[test]
fn metas_word_that_the_window_is_closed_is_believed_until_the_customer_writes() {
    for told in [
        closed("w.1"),
        outcome(
            1,
            Outcome::Refused {
                fault: fault(131_047),
            },
        ),
    ] {
        let mut store = Store::default();
        store.apply(&[wrote("w.in", "15550100", Origin::Live)]);
        let open = window(&store).unwrap();
        assert_eq!(open, at(900) + chrono::Duration::hours(24));
        store.apply(&[composed(compose_to(ID, "15550100"))]);
        store.dispatch();
        store.apply(std::slice::from_ref(&told));
        assert!(window(&store).unwrap() <= at(1_001));
        assert!(store.told.contains(&"conversation.updated"));
        let mut newer = wrote("w.newer", "15550100", Origin::Live);
        if let Fact::Message(message) = &mut newer.fact {
            message.at = at(1_100);
        }
        store.apply(&[newer]);
        assert_eq!(
            window(&store),
            Some(at(1_100) + chrono::Duration::hours(24))
        );
    }
}
