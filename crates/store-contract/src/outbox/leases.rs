//! Leases of numbers' queues.

use wabakit_domain::{
    inbound::{Fact, Management, NumberUpdate},
    outbound::WaitReason,
};

use super::OutboxWorld;
use crate::{
    assert_refused, at,
    receive::{echo, item, phone, says},
};
use wabakit_ports::store::{QueueBlock, StoreError};

pub async fn a_queue_has_one_owner_until_its_lease_ends(w: OutboxWorld) {
    let (ada, bob, account) = (w.id(), w.id(), w.ours.number.id);
    assert!(w.lease(ada, account, 0).await.is_some());
    assert_eq!(w.lease(bob, account, 9).await, None);
    assert!(w.overview(9).await.is_owned);
    assert!(!w.overview(10).await.is_owned);
    assert!(w.lease(bob, account, 10).await.is_some());
    assert_eq!(w.lease(ada, account, 11).await, None);
    // Free queues are leased, even if others are held.
    let both = vec![account, w.ours.second.id, w.id()];
    let leases = w.store.lease_queues(ada, both, at(11), at(20)).await;
    let leases: Vec<_> = leases.unwrap().iter().map(|of| of.account).collect();
    assert_eq!(leases, [w.ours.second.id]);
}

pub async fn the_epoch_grows_when_the_owner_changes_and_only_then(w: OutboxWorld) {
    let (ada, bob, account) = (w.id(), w.id(), w.ours.number.id);
    let first = w.lease(ada, account, 0).await.unwrap();
    assert!(!first.is_kept);
    for now in [5, 15, 100] {
        let kept = w.lease(ada, account, now).await.unwrap();
        assert_eq!((kept.epoch, kept.is_kept), (first.epoch, true), "at {now}");
    }
    let second = w.lease(bob, account, 200).await.unwrap();
    assert_eq!((second.epoch, second.is_kept), (first.epoch + 1, false));
    let third = w.lease(ada, account, 300).await.unwrap();
    assert_eq!((third.epoch, third.is_kept), (first.epoch + 2, false));
}

pub async fn a_queue_that_is_given_back_is_free(w: OutboxWorld) {
    let (ada, bob, account) = (w.id(), w.id(), w.ours.number.id);
    let first = w.lease(ada, account, 0).await.unwrap();
    w.store.release_queues(bob, vec![account]).await.unwrap();
    assert_eq!(w.lease(bob, account, 1).await, None, "it was not his");
    let all = vec![account, w.ours.second.id, w.id()];
    w.store.release_queues(ada, all).await.unwrap();
    assert!(!w.overview(1).await.is_owned);
    let second = w.lease(bob, account, 1).await.unwrap();
    assert_eq!(second.epoch, first.epoch + 1);
}

pub async fn only_one_of_twenty_takes_a_queue(w: OutboxWorld) {
    let leases = w
        .connect
        .race(|_, turn| {
            let w = w.clone();
            async move {
                let mut accounts = vec![w.ours.number.id, w.ours.second.id, w.theirs.number.id];
                accounts.rotate_left(turn % 3);
                let leases = w.store.lease_queues(w.id(), accounts, at(0), at(10));
                leases.await.unwrap()
            }
        })
        .await;
    let leases: Vec<_> = leases.into_iter().flatten().collect();
    let mut accounts: Vec<_> = leases.iter().map(|lease| lease.account).collect();
    accounts.sort_unstable();
    let mut each = [w.ours.number.id, w.ours.second.id, w.theirs.number.id];
    each.sort_unstable();
    assert_eq!(accounts, each, "each once");
    assert!(leases.iter().all(|lease| lease.epoch == leases[0].epoch));
}

pub async fn a_lease_tells_of_its_number(w: OutboxWorld) {
    let (ada, number) = (w.id(), &w.ours.number);
    let lease = w.lease(ada, number.id, 0).await.unwrap();
    assert_eq!((lease.org, lease.account), (w.ours.org, number.id));
    assert_eq!(lease.phone_number_id, number.phone_number_id);
    assert_eq!(lease.waba_id, number.waba_id);
    assert_eq!(lease.grant, number.grant);
    assert!(lease.is_active && !lease.is_paused && !lease.is_coexistence);
    assert_eq!((lease.throughput_level, lease.block), (None, None));
    assert_eq!(lease.inbound, 0);

    let upgrade = Management::Number {
        display_phone_number: None,
        update: NumberUpdate::Quality {
            event: Some("THROUGHPUT_UPGRADE".into()),
            current_limit: None,
            old_limit: None,
            max_daily_conversations: None,
        },
    };
    w.apply(vec![item(number, Fact::Management(Box::new(upgrade)))])
        .await;
    let block = QueueBlock {
        reason: WaitReason::NumberLimited,
        until: at(60),
        code: Some(130_429),
    };
    let noted = Some(block.clone());
    w.store
        .block_queue(number.id, lease.epoch, noted)
        .await
        .unwrap();
    let pause = w.store.pause_queue(w.ours.org, number.id, true, vec![]);
    pause.await.unwrap();
    w.connect.disconnect(w.ours.org, &[number.id]).await;
    // The state of the queue stays when its owner changes.
    for (owner, now) in [(ada, 5), (w.id(), 100)] {
        let lease = w.lease(owner, number.id, now).await.unwrap();
        assert_eq!(lease.throughput_level.as_deref(), Some("HIGH"));
        assert_eq!(lease.block, Some(block.clone()));
        assert!(lease.is_paused && !lease.is_active);
    }
}

pub async fn customers_messages_are_counted_and_nothing_else(w: OutboxWorld) {
    let (to, from) = (&w.ours.number, phone("15550100"));
    w.apply(vec![
        says(to, "1", &from, 1),
        says(to, "2", &phone("15550101"), 2),
    ])
    .await;
    w.apply(vec![
        says(to, "2", &phone("15550101"), 2),
        says(to, "3", &from, 3),
        echo(to, "4", &from, 4),
    ])
    .await;
    w.apply(vec![says(&w.ours.second, "5", &from, 5)]).await;
    w.one().await;
    for (account, count) in [
        (&w.ours.number, 3),
        (&w.ours.second, 1),
        (&w.theirs.number, 0),
    ] {
        let lease = w.lease(w.id(), account.id, 0).await.unwrap();
        assert_eq!(lease.inbound, count);
    }
}

pub async fn idle_queues_have_work_and_no_owner(w: OutboxWorld) {
    let idle = |now, limit| {
        let w = w.clone();
        async move {
            let mut idle = w.store.idle_queues(at(now), limit).await.unwrap();
            idle.sort_unstable();
            idle
        }
    };
    assert_eq!(idle(0, 10).await, []);
    let (first, second) = (w.ours.number.id, w.ours.second.id);
    let later = w.with(|job| job.due_at = at(30));
    w.enqueue(&w.ours.second, vec![later]).await;
    assert_eq!(idle(29, 10).await, [], "nothing is due yet");
    let begun = w.begin().await;
    assert_eq!(idle(19, 10).await, [], "somebody works on it");
    assert_eq!(idle(20, 10).await, [first], "something is dispatching");
    let mut both = vec![first, second];
    both.sort_unstable();
    assert_eq!(idle(30, 10).await, both);
    assert_eq!(idle(30, 1).await.len(), 1);
    w.apply(vec![w.accepted(begun.id, 1, "wamid.1")]).await;
    assert_eq!(idle(30, 10).await, [second], "nothing is left to do");
    w.lease(w.id(), second, 30).await.unwrap();
    assert_eq!(idle(39, 10).await, []);
    assert_eq!(idle(40, 10).await, [second]);
}

pub async fn a_block_is_noted_only_under_its_epoch(w: OutboxWorld) {
    let account = w.ours.number.id;
    let old = w.lease(w.id(), account, 0).await.unwrap();
    let new = w.lease(w.id(), account, 100).await.unwrap();
    let block = QueueBlock {
        reason: WaitReason::TokenInvalid,
        until: at(160),
        code: None,
    };
    let note = |epoch, block| w.store.block_queue(account, epoch, block);
    note(old.epoch, Some(block.clone())).await.unwrap();
    assert_eq!(w.overview(100).await.block, None);
    note(new.epoch, Some(block.clone())).await.unwrap();
    note(old.epoch, None).await.unwrap();
    assert_eq!(w.overview(100).await.block, Some(block));
    note(new.epoch, None).await.unwrap();
    assert_eq!(w.overview(100).await.block, None);
}

pub async fn a_paused_queue_is_recorded(w: OutboxWorld) {
    let (org, account) = (w.ours.org, w.ours.number.id);
    let log = w.connect.log(org).await.len();
    let event = |action| vec![w.connect.make.event(org, action)];
    let pause = w
        .store
        .pause_queue(org, account, true, event("queue.paused"));
    pause.await.unwrap();
    assert!(w.overview(0).await.is_paused);
    assert!(!w.queue_of(org, w.ours.second.id, 0, 10).await.is_paused);
    let epoch = w.lease(w.id(), account, 0).await.unwrap().epoch;
    let resume = w
        .store
        .pause_queue(org, account, false, event("queue.resumed"));
    resume.await.unwrap();
    assert!(!w.overview(0).await.is_paused);
    assert!(w.overview(0).await.is_owned, "its owner keeps it");
    assert_eq!(w.lease(w.id(), account, 50).await.unwrap().epoch, epoch + 1);
    let told = w.connect.actions(org).await;
    assert_eq!(told[log..], ["queue.paused", "queue.resumed"]);
    w.connect.assert_chain(org).await;
    let nowhere = w.store.pause_queue(org, w.id(), true, event("x")).await;
    assert_refused!(nowhere, StoreError::Missing(_));
    assert_eq!(w.connect.log(org).await.len(), log + 2);
}
