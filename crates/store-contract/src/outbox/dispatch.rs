//! Dispatching: a message is begun once, whichever process asks.

use wabakit_domain::{
    message::MessageStatus,
    outbound::{JobState, SendStep},
};

use super::{EVERY, OutboxWorld, token, with_tokens};
use crate::at;
use wabakit_ports::store::Dispatch;

pub async fn a_message_that_is_begun_says_so(w: OutboxWorld) {
    let other = w.one().await;
    let log = w.events(w.ours.org).await.len();
    let begun = w.begin().await;
    let message = w.now(begun.id).await;
    assert_eq!(message.status, MessageStatus::Sending);
    let job = message.job.unwrap();
    assert_eq!(job.state, JobState::Dispatching);
    assert_eq!((job.attempt, job.epoch), (1, begun.epoch));
    assert_eq!(job.token, Some(token(1)));
    assert_eq!((job.dispatched_at, job.wait), (Some(at(10)), None));
    assert_eq!((job.due_at, job.expires_at), (at(0), at(86_400)));
    assert_eq!(w.all_due(10).await, [other]);
    let told = w.events(w.ours.org).await.len();
    let new = "a person, a conversation, and that it was queued: nothing more is told";
    assert_eq!(told, log + 3, "{new}");
    assert_eq!(w.overview(10).await.dispatching, 1);
}

pub async fn nothing_is_begun_twice(w: OutboxWorld) {
    let begun = w.begin().await;
    let again = w
        .dispatch(begun.owner, begun.epoch, &[begun.id, begun.id], 11)
        .await;
    assert_eq!(again, []);
    let twice = w.one().await;
    let once = w
        .dispatch(begun.owner, begun.epoch, &[twice, twice], 11)
        .await;
    assert_eq!(once, [twice]);
    assert_eq!(w.job(twice).await.attempt, 1);
    assert_eq!(w.job(begun.id).await.attempt, 1);
}

pub async fn each_message_is_begun_by_one_of_twenty(w: OutboxWorld) {
    let messages = (0..10).map(|n| w.compose(&format!("155501{n:02}")));
    let ids = w.ids_of(messages.collect()).await;
    let owner = w.id();
    let lease = w.lease(owner, w.ours.number.id, 0).await.unwrap();
    let begun = w
        .connect
        .race(|_, turn| {
            let (w, mut ids) = (w.clone(), ids.clone());
            async move {
                ids.rotate_left(turn % 10);
                w.dispatch(owner, lease.epoch, &ids, 1).await
            }
        })
        .await;
    let mut begun: Vec<_> = begun.into_iter().flatten().collect();
    begun.sort_unstable();
    assert_eq!(begun, ids);
}

pub async fn only_the_owner_begins_anything(w: OutboxWorld) {
    let id = w.one().await;
    let (ada, bob, account) = (w.id(), w.id(), w.ours.number.id);
    assert_eq!(w.dispatch(ada, 0, &[id], 0).await, [], "nobody has it");
    let old = w.lease(ada, account, 0).await.unwrap().epoch;
    assert_eq!(w.dispatch(bob, old, &[id], 1).await, [], "somebody else's");
    assert_eq!(w.dispatch(ada, old + 1, &[id], 1).await, []);
    w.store.release_queues(ada, vec![account]).await.unwrap();
    assert_eq!(w.dispatch(ada, old, &[id], 1).await, [], "given back");
    let new = w.lease(bob, account, 1).await.unwrap().epoch;
    assert_eq!(w.dispatch(ada, old, &[id], 2).await, [], "fenced off");
    assert_eq!(w.dispatch(ada, new, &[id], 2).await, []);
    assert_eq!(w.dispatch(bob, old, &[id], 2).await, []);
    let job = w.job(id).await;
    assert_eq!((job.state, job.attempt), (JobState::Queued, 0));
    assert_eq!(w.dispatch(bob, new, &[id], 2).await, [id]);
    assert_eq!(w.job(id).await.epoch, new);
}

pub async fn only_the_numbers_own_queued_messages_are_begun(w: OutboxWorld) {
    let messages = ["1", "2", "3"].map(|to| w.compose(to)).to_vec();
    let all = w.ids_of(messages).await;
    let second = w.enqueue(&w.ours.second, vec![w.compose("4")]).await;
    let theirs = w.enqueue(&w.theirs.number, vec![w.compose("5")]).await;
    w.apply(vec![w.step(all[1], SendStep::Cancel)]).await;
    let owner = w.id();
    let accounts = vec![w.ours.number.id, w.theirs.number.id];
    let leases = w.store.lease_queues(owner, accounts, at(0), at(10)).await;
    let epoch = leases.unwrap()[0].epoch;
    let mut asked = all.clone();
    asked.extend([second[0].id, theirs[0].id, w.id()]);
    let begun = w.dispatch(owner, epoch, &asked, 1).await;
    assert_eq!(begun, [all[0], all[2]]);
    assert_eq!(w.now(all[1]).await.status, MessageStatus::Cancelled);
    assert_eq!(w.job(second[0].id).await.state, JobState::Queued);
    assert_eq!(w.due(1, EVERY).await, []);
    let due = w.store.due(w.theirs.number.id, None, vec![], at(1), EVERY);
    assert_eq!(due.await.unwrap()[0].id, theirs[0].id);
}

pub async fn one_numbers_lost_queue_stops_no_other(w: OutboxWorld) {
    let first = w.one().await;
    let second = w.enqueue(&w.ours.second, vec![w.compose("2")]).await[0].id;
    let (ada, bob) = (w.id(), w.id());
    let lost = w.lease(ada, w.ours.number.id, 0).await.unwrap().epoch;
    w.lease(bob, w.ours.number.id, 100).await.unwrap();
    let kept = w.lease(ada, w.ours.second.id, 100).await.unwrap().epoch;
    let of = |account, epoch, message| Dispatch {
        account,
        epoch,
        messages: with_tokens(&[message], 1),
    };
    let dispatches = vec![
        of(w.ours.number.id, lost, first),
        of(w.ours.second.id, kept, second),
    ];
    let begun = w.store.dispatch(ada, dispatches, at(101)).await.unwrap();
    assert_eq!(begun, [second]);
    assert!(
        w.store
            .dispatch(ada, vec![], at(101))
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn what_a_former_owner_began_is_orphaned(w: OutboxWorld) {
    let begun = w.begin().await;
    let account = w.ours.number.id;
    let orphans = |epoch, limit| w.store.orphans(account, epoch, limit);
    assert_eq!(orphans(begun.epoch, 10).await.unwrap(), []);
    let owner = w.id();
    let epoch = w.lease(owner, account, 100).await.unwrap().epoch;
    let second = w.one().await;
    assert_eq!(w.dispatch(owner, epoch, &[second], 100).await, [second]);
    assert_eq!(orphans(epoch, 10).await.unwrap(), [begun.id]);
    let mut both = orphans(epoch + 1, 10).await.unwrap();
    both.sort_unstable();
    assert_eq!(both, [begun.id, second]);
    assert_eq!(orphans(epoch + 1, 1).await.unwrap().len(), 1);
    let other = w.store.orphans(w.ours.second.id, epoch + 1, 10).await;
    assert_eq!(other.unwrap(), []);

    let until = at(700);
    let orphaned = |epoch| w.step(begun.id, SendStep::Orphaned { epoch, until });
    w.apply(vec![orphaned(begun.epoch)]).await;
    assert_eq!(w.job(begun.id).await.state, JobState::Dispatching);
    w.apply(vec![orphaned(epoch)]).await;
    let job = w.job(begun.id).await;
    assert_eq!((job.state, job.due_at), (JobState::Proving, until));
    assert_eq!(orphans(epoch, 10).await.unwrap(), []);
    assert_eq!(w.all_due(100_000).await, [], "it is never sent by itself");
}

pub async fn what_is_past_its_time_is_found(w: OutboxWorld) {
    let begun = w.begin().await;
    w.apply(vec![w.unknown(begun.id, 1, 700)]).await;
    let expiring = w.with(|job| job.expires_at = at(600));
    let later = w.with(|job| (job.due_at, job.expires_at) = (at(500), at(800)));
    let queued = w.ids_of(vec![expiring, later, w.compose("1")]).await;
    let theirs = w.with(|job| job.expires_at = at(600));
    let theirs = w.enqueue(&w.theirs.number, vec![theirs]).await.remove(0);
    let overdue = |now, limit| {
        let w = w.clone();
        async move {
            let found = w.store.overdue(at(now), limit).await.unwrap();
            let mut found: Vec<_> = found
                .iter()
                .map(|one| (one.message, one.is_proving, one.org, one.account))
                .collect();
            found.sort_unstable_by_key(|(id, ..)| *id);
            found
        }
    };
    let of = |id, is_proving| (id, is_proving, w.ours.org, w.ours.number.id);
    let of_theirs = (theirs.id, false, w.theirs.org, w.theirs.number.id);
    assert_eq!(overdue(599, 10).await, []);
    assert_eq!(overdue(600, 10).await, [of(queued[0], false), of_theirs]);
    let mut all = [
        of(begun.id, true),
        of(queued[0], false),
        of(queued[1], false),
        of_theirs,
    ];
    all.sort_unstable_by_key(|(id, ..)| *id);
    assert_eq!(overdue(800, 10).await, all);
    assert_eq!(overdue(800, 1).await.len(), 1);

    let mut batch = w.batch(vec![
        w.step(begun.id, SendStep::Unproven { as_failed: false }),
        w.step(queued[0], SendStep::Expired),
    ]);
    batch.now = at(700);
    w.receive.store.apply(batch).await.unwrap();
    assert_eq!(w.now(begun.id).await.status, MessageStatus::Unknown);
    assert_eq!(w.now(queued[0]).await.status, MessageStatus::Expired);
    assert_eq!(overdue(800, 10).await, [of(queued[1], false), of_theirs]);
}

pub async fn recent_sends_of_conversations_are_told(w: OutboxWorld) {
    let messages = ["1", "2", "1", "3"].map(|to| w.compose(to)).to_vec();
    let queued = w.enqueue(&w.ours.number, messages).await;
    let owner = w.id();
    let epoch = w.lease(owner, w.ours.number.id, 0).await.unwrap().epoch;
    for (n, now) in [(0, 10), (1, 20), (2, 30)] {
        w.lease(owner, w.ours.number.id, now).await.unwrap();
        w.dispatch(owner, epoch, &[queued[n].id], now).await;
    }
    let thread = |n: usize| queued[n].conversation;
    let recent = |threads, since| {
        let w = w.clone();
        async move {
            let recent = w.store.recent_sends(threads, at(since)).await;
            let mut recent = recent.unwrap();
            recent.sort_unstable();
            recent
        }
    };
    let all = vec![thread(0), thread(1), thread(3)];
    let mut expected = [
        (thread(0), at(10)),
        (thread(0), at(30)),
        (thread(1), at(20)),
    ];
    expected.sort_unstable();
    assert_eq!(recent(all.clone(), 10).await, expected);
    assert_eq!(recent(all, 21).await, [(thread(0), at(30))]);
    assert_eq!(recent(vec![thread(1)], 0).await, [(thread(1), at(20))]);
    assert_eq!(recent(vec![], 0).await, []);
}
