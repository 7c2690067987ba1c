//! The order of messages to one recipient.

use wabakit_domain::{
    ids::MessageId,
    inbox::Item,
    outbound::{Compose, Outcome, Priority, SendGuard, SendStep, WaitReason},
};

use super::{EVERY, OutboxWorld, token};
use crate::{
    at,
    receive::{phone, says},
};
use wabakit_ports::store::{Deferral, DueLimit, Submitted};

const ADA: &str = "15550700";

/// Queues a message to one person, at [`at`] `now`.
async fn queue(w: &OutboxWorld, now: i64, change: impl FnOnce(&mut Compose)) -> MessageId {
    let mut compose = w.compose(ADA);
    compose.job.due_at = at(now);
    change(&mut compose);
    let id = compose.message;
    let call = w.submission(&w.ours.number, vec![compose]);
    let queued = w.store.submit(vec![call], w.ids(), at(now)).await.unwrap();
    assert!(matches!(queued.0[0], Submitted::Queued(_)));
    id
}

fn again(w: &OutboxWorld, id: MessageId, due_at: i64, wait: WaitReason) -> Item {
    let outcome = Outcome::Again {
        due_at: at(due_at),
        wait,
        fault: None,
    };
    let token = token(1);
    w.step(id, SendStep::Outcome { token, outcome })
}

pub async fn one_message_of_a_conversation_is_due_at_a_time(w: OutboxWorld) {
    let texts = ["1", "2", "3"].map(|_| w.compose(ADA));
    let all = w.ids_of(texts.to_vec()).await;
    let other = w.one().await;
    assert_eq!(w.all_due(0).await, [all[0], other]);
    let owner = w.id();
    let epoch = w.lease(owner, w.ours.number.id, 0).await.unwrap().epoch;
    for (n, id) in all.iter().enumerate() {
        assert!(w.all_due(1).await.contains(id));
        assert_eq!(w.dispatch(owner, epoch, &[*id], 1).await, [*id]);
        assert_eq!(w.all_due(1).await, [other], "it is on its way");
        w.apply(vec![w.accepted(*id, 1, &format!("wamid.{n}"))])
            .await;
    }
    assert_eq!(w.all_due(1).await, [other]);
}

pub async fn an_unknown_outcome_ends_the_turn(w: OutboxWorld) {
    let (first, second) = (queue(&w, 0, |_| {}).await, queue(&w, 0, |_| {}).await);
    let owner = w.id();
    let epoch = w.lease(owner, w.ours.number.id, 0).await.unwrap().epoch;
    w.dispatch(owner, epoch, &[first], 1).await;
    w.apply(vec![w.unknown(first, 1, 2_000)]).await;
    assert_eq!(w.all_due(1).await, [second]);
}

pub async fn the_order_is_that_of_the_commits_however_clocks_differ(w: OutboxWorld) {
    let first = queue(&w, 50, |_| {}).await;
    let second = queue(&w, 10, |_| {}).await;
    assert_eq!(w.all_due(49).await, [], "the first is to come");
    assert_eq!(w.all_due(60).await, [first]);
    w.apply(vec![w.step(first, SendStep::Cancel)]).await;
    assert_eq!(w.all_due(60).await, [second]);
}

pub async fn a_scheduled_message_takes_its_place_at_its_time(w: OutboxWorld) {
    let scheduled = queue(&w, 0, |one| one.job.due_at = at(100)).await;
    let before = queue(&w, 50, |_| {}).await;
    let after = queue(&w, 150, |_| {}).await;
    assert_eq!(w.all_due(60).await, [before], "it holds up nobody");
    for id in [before, scheduled, after] {
        assert_eq!(w.all_due(200).await, [id]);
        w.apply(vec![w.step(id, SendStep::Cancel)]).await;
    }
    assert_eq!(w.all_due(200).await, []);
}

pub async fn a_message_that_is_sent_again_by_hand_is_the_last(w: OutboxWorld) {
    let (first, second) = (queue(&w, 0, |_| {}).await, queue(&w, 0, |_| {}).await);
    w.apply(vec![w.step(first, SendStep::Cancel)]).await;
    w.apply(vec![w.retry(first)]).await;
    assert_eq!(w.all_due(1_000).await, [second]);
    w.apply(vec![w.step(second, SendStep::Cancel)]).await;
    assert_eq!(w.all_due(1_000).await, [first]);
}

pub async fn a_higher_priority_overtakes_within_a_conversation(w: OutboxWorld) {
    let low = queue(&w, 0, |one| one.job.priority = Priority::Low).await;
    let normal = queue(&w, 0, |_| {}).await;
    let high = queue(&w, 0, |one| one.job.priority = Priority::High).await;
    for id in [high, normal, low] {
        assert_eq!(w.all_due(1).await, [id]);
        w.apply(vec![w.step(id, SendStep::Cancel)]).await;
    }
}

pub async fn a_message_that_is_tried_again_holds_those_behind_it_for_a_minute(w: OutboxWorld) {
    let first = queue(&w, 900, |_| {}).await;
    let (second, other) = (queue(&w, 900, |_| {}).await, w.one().await);
    let owner = w.id();
    let epoch = w.lease(owner, w.ours.number.id, 900).await.unwrap().epoch;
    w.dispatch(owner, epoch, &[first], 900).await;
    w.apply(vec![again(&w, first, 1_200, WaitReason::Retry)])
        .await;
    assert_eq!(w.job(first).await.holds_until, Some(at(1_060)));
    assert_eq!(w.all_due(1_059).await, [other], "others are not held up");
    assert_eq!(w.all_due(1_060).await, [other, second], "it is passed");
    assert!(w.job(first).await.is_passed(at(1_060)));
    // At its own time it is the first again.
    assert_eq!(w.all_due(1_200).await, [other, first]);
}

pub async fn what_paces_a_person_holds_all_of_its_messages(w: OutboxWorld) {
    let (first, second) = (queue(&w, 0, |_| {}).await, queue(&w, 0, |_| {}).await);
    let put_off = Deferral {
        message: first,
        due_at: at(500),
        wait: WaitReason::PairLimit,
        holds_until: None,
    };
    w.store.defer(vec![put_off]).await.unwrap();
    assert_eq!(w.all_due(499).await, []);
    assert_eq!(w.all_due(500).await, [first]);
    let uploading = Deferral {
        message: first,
        due_at: at(900),
        wait: WaitReason::Upload,
        holds_until: Some(at(560)),
    };
    w.store.defer(vec![uploading]).await.unwrap();
    assert_eq!(w.all_due(559).await, []);
    assert_eq!(w.all_due(560).await, [second]);
}

pub async fn a_thousand_for_one_person_do_not_hold_up_others(w: OutboxWorld) {
    let many = (0..1_000).map(|_| w.compose(ADA));
    let many = w.ids_of(many.collect()).await;
    let others = (0..5).map(|_| w.compose(&w.stranger()));
    let others = w.ids_of(others.collect()).await;
    let limit = DueLimit {
        messages: 4,
        per_flow: 1,
    };
    let due = w.due(2, limit).await;
    let due: Vec<_> = due.iter().map(|one| one.id).collect();
    assert_eq!(due, [many[0], others[0], others[1], others[2]]);
    assert_eq!(w.all_due(2).await.len(), 6);
}

pub async fn what_is_asked_when_it_goes_is_told_as_it_stands(w: OutboxWorld) {
    let id = queue(&w, 0, |one| one.job.guard = Some(SendGuard::OpenWindow)).await;
    let due = w.due(1, EVERY).await.remove(0);
    assert_eq!((due.id, due.guard), (id, Some(SendGuard::OpenWindow)));
    assert_eq!((due.window_until, due.opted_out), (None, false));
    assert!(!due.may_go(at(1)));
    let wrote = says(&w.ours.number, "wamid.in", &phone(ADA), 5);
    w.apply(vec![wrote]).await;
    let due = w.due(1, EVERY).await.remove(0);
    assert_eq!(due.window_until, Some(at(5 + 86_400)));
    assert!(due.may_go(at(1)) && !due.may_go(at(5 + 86_400)));
    w.apply(vec![w.step(id, SendStep::Cancel)]).await;
    queue(&w, 0, |one| one.job.guard = Some(SendGuard::NoOptOut)).await;
    assert!(w.due(1, EVERY).await[0].may_go(at(1)));
    w.apply(vec![w.opted_out(ADA, true)]).await;
    let due = w.due(1, EVERY).await.remove(0);
    assert!(due.opted_out && !due.may_go(at(1)));
}
