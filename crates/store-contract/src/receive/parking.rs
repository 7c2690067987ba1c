//! Parked items and replays.

use wabakit_domain::{
    delivery::{Change, Lane, ParkedItem, ParkedState},
    ids::{ChangeId, ParkedItemId},
};

use super::{ReceiveWorld, phone, refused, says, whole};
use crate::{at, world::assert_pages};
use wabakit_ports::store::{ApplyBatch, ChangeFilter, Replay, Scope, StoreError};

/// Returns an item as lists show it.
fn listed(item: &ParkedItem) -> ParkedItem {
    ParkedItem {
        raw: vec![],
        ..item.clone()
    }
}

async fn due(w: &ReceiveWorld, seconds: i64) -> Vec<ParkedItemId> {
    let due = w.store.due_retries(at(seconds), 100).await.unwrap();
    due.into_iter().map(|(item, _)| item.id).collect()
}

async fn replay(w: &ReceiveWorld, scope: Scope, which: Replay) -> i64 {
    let replayed = w.store.replay(scope, which, None, at(3_000), vec![]).await;
    replayed.unwrap().0
}

fn retrying(w: &ReceiveWorld, change: &Change, index: i32, seconds: i64) -> ParkedItem {
    ParkedItem {
        next_at: Some(at(seconds)),
        ..w.parked(change, index, ParkedState::Retrying)
    }
}

pub async fn parked_items_come_back_whole_and_newest_first(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 2).await;
    let items = vec![
        w.parked(&changes[0], 0, ParkedState::Parked),
        w.parked(&changes[0], 3, ParkedState::Unsupported),
        retrying(&w, &changes[0], 4, 2_000),
    ];
    w.park(&changes[0], items.clone()).await;
    let other = w.parked(&changes[1], 0, ParkedState::Parked);
    w.park(&changes[1], vec![other.clone()]).await;
    let scope = Scope::Org(w.ours.org);
    let all: Vec<_> = items.iter().chain([&other]).rev().map(listed).collect();
    assert_pages(&all, |page| w.store.parked(scope, None, page)).await;
    let parked = Some(ParkedState::Parked);
    let only: Vec<_> = [&other, &items[0]].map(listed).to_vec();
    assert_pages(&only, |page| w.store.parked(scope, parked, page)).await;
    for item in items.iter().chain([&other]) {
        let found = w.store.parked_item(scope, item.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(item), "with its bytes");
    }
    let overview = w.store.change(scope, changes[0].id).await.unwrap().unwrap();
    let mut of_change = overview.parked;
    of_change.sort_by_key(|item| item.index);
    assert_eq!(of_change, items.iter().map(listed).collect::<Vec<_>>());
}

pub async fn an_item_is_parked_once_by_change_and_index(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 2).await;
    let first = w.parked(&changes[0], 0, ParkedState::Retrying);
    w.park(&changes[0], vec![first]).await;
    let again = ParkedItem {
        reason: "store_failed".into(),
        detail: "again".into(),
        attempts: 2,
        raw: b"other".to_vec(),
        ..w.parked(&changes[0], 0, ParkedState::Parked)
    };
    let beside = w.parked(&changes[0], 1, ParkedState::Parked);
    let batch = ApplyBatch {
        park: vec![again.clone(), beside.clone()],
        ..w.batch(vec![])
    };
    w.store.apply(batch).await.unwrap();
    let scope = Scope::Org(w.ours.org);
    let mut found = w.store.parked(scope, None, whole()).await.unwrap().rows;
    found.sort_by_key(|item| item.index);
    assert_eq!(found.len(), 2);
    let one = w
        .store
        .parked_item(scope, found[0].id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((one.reason, one.detail), (again.reason, again.detail));
    assert_eq!((one.attempts, one.state), (2, ParkedState::Parked));
    assert_eq!(one.raw, again.raw);
}

pub async fn due_items_come_oldest_first_with_their_change(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 1).await;
    let items = vec![
        retrying(&w, &changes[0], 0, 2_002),
        retrying(&w, &changes[0], 1, 2_001),
        retrying(&w, &changes[0], 2, 2_003),
        w.parked(&changes[0], 3, ParkedState::Parked),
        w.parked(&changes[0], 4, ParkedState::Homeless),
        w.parked(&changes[0], 5, ParkedState::Unsupported),
    ];
    w.park(&changes[0], items.clone()).await;
    assert_eq!(due(&w, 2_000).await, []);
    assert_eq!(due(&w, 2_002).await, [items[1].id, items[0].id]);
    let found = w.store.due_retries(at(9_000), 1).await.unwrap();
    assert_eq!(found, [(items[1].clone(), changes[0].clone())]);
}

pub async fn an_item_that_is_tried_again_goes(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 1).await;
    let item = retrying(&w, &changes[0], 0, 2_000);
    w.park(&changes[0], vec![item.clone()]).await;
    let again = |w: &ReceiveWorld| ApplyBatch {
        unpark: vec![item.id],
        ..w.batch(vec![says(&w.ours.number, "wamid.1", &phone("15550100"), 1)])
    };
    w.store.apply(again(&w)).await.unwrap();
    assert_eq!(due(&w, 9_000).await, []);
    let scope = Scope::Org(w.ours.org);
    assert_eq!(w.store.parked_item(scope, item.id).await.unwrap(), None);
    assert_eq!(w.only_thread(w.ours.org).await.len(), 1);
    let before = w.seen_by(w.ours.org).await;
    let refused = refused(w.store.apply(again(&w)).await);
    assert!(
        matches!(refused, StoreError::Conflict),
        "somebody else tried it"
    );
    assert_eq!(w.seen_by(w.ours.org).await, before);
}

pub async fn an_item_that_fails_again_is_parked_again(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 1).await;
    let item = retrying(&w, &changes[0], 0, 2_000);
    w.park(&changes[0], vec![item.clone()]).await;
    let later = ParkedItem {
        attempts: 2,
        next_at: Some(at(4_000)),
        ..item.clone()
    };
    let batch = ApplyBatch {
        unpark: vec![item.id],
        park: vec![later],
        ..w.batch(vec![])
    };
    w.store.apply(batch).await.unwrap();
    assert_eq!(due(&w, 3_999).await, []);
    let found = w.store.due_retries(at(4_000), 10).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].0.attempts, 2);
}

pub async fn one_item_is_let_be_tried_again(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 1).await;
    let items = vec![
        w.parked(&changes[0], 0, ParkedState::Parked),
        w.parked(&changes[0], 1, ParkedState::Parked),
        retrying(&w, &changes[0], 2, 9_000),
    ];
    w.park(&changes[0], items.clone()).await;
    let scope = Scope::Org(w.ours.org);
    assert_eq!(replay(&w, scope, Replay::Item(items[0].id)).await, 1);
    assert_eq!(due(&w, 3_000).await, [items[0].id]);
    assert_eq!(
        replay(&w, Scope::Platform, Replay::Item(items[2].id)).await,
        1
    );
    let mut both = due(&w, 3_000).await;
    both.sort_unstable();
    assert_eq!(both, [items[0].id, items[2].id]);
    assert_eq!(replay(&w, scope, Replay::Item(w.id())).await, 0);
}

pub async fn all_parked_items_are_let_be_tried_again(w: ReceiveWorld) {
    let ours = w.queue(&w.ours.number, 1).await.remove(0);
    let theirs = w.queue(&w.theirs.number, 1).await.remove(0);
    let items = vec![
        w.parked(&ours, 0, ParkedState::Parked),
        w.parked(&ours, 1, ParkedState::Unsupported),
        w.parked(&ours, 2, ParkedState::Homeless),
        retrying(&w, &ours, 3, 9_000),
    ];
    w.park(&ours, items.clone()).await;
    let other = w.parked(&theirs, 0, ParkedState::Parked);
    w.park(&theirs, vec![other.clone()]).await;
    assert_eq!(replay(&w, Scope::Org(w.ours.org), Replay::Parked).await, 3);
    let mut tried = due(&w, 3_000).await;
    tried.sort_unstable();
    assert_eq!(tried, [items[0].id, items[1].id, items[2].id]);
    assert_eq!(replay(&w, Scope::Platform, Replay::Parked).await, 1);
    assert!(due(&w, 3_000).await.contains(&other.id));
}

pub async fn a_homeless_item_is_retried_when_its_number_is_connected(w: ReceiveWorld) {
    let batch = w.journal_batch(&[b"{}"]);
    let change = |w: &ReceiveWorld, lane: Lane| Change {
        org: None,
        lane,
        ..w.change(&w.ours.number, &batch.deliveries[0], b"{}")
    };
    let lanes = [
        Lane::Number("404".into()),
        Lane::Number("405".into()),
        Lane::Waba("404".into()),
    ];
    let changes: Vec<_> = lanes.iter().map(|lane| change(&w, lane.clone())).collect();
    w.store.append(batch.clone()).await.unwrap();
    let write = wabakit_ports::store::SplitWrite {
        batches: vec![batch.id],
        changes: changes.clone(),
        unreadable: vec![],
    };
    w.store.split(write).await.unwrap();
    let mut items = Vec::new();
    for change in &changes {
        let item = w.parked(change, 0, ParkedState::Homeless);
        w.park(change, vec![item.clone()]).await;
        items.push(item);
    }
    let homeless = Some(ParkedState::Homeless);
    let ours = Scope::Org(w.ours.org);
    assert!(
        w.store
            .parked(ours, homeless, whole())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    let seen = w
        .store
        .parked(Scope::Platform, homeless, whole())
        .await
        .unwrap();
    assert_eq!(seen.rows.len(), 3);
    assert!(seen.rows.iter().all(|item| item.org.is_none()));
    let connected = Replay::Homeless(vec![lanes[0].clone(), lanes[2].clone()]);
    assert_eq!(
        replay(&w, ours, connected.clone()).await,
        0,
        "they are not the org's yet"
    );
    assert_eq!(replay(&w, Scope::Platform, connected).await, 2);
    let mut tried = due(&w, 3_000).await;
    tried.sort_unstable();
    assert_eq!(tried, [items[0].id, items[2].id]);
    // A parked item that is not homeless is not released.
    let own = w.queue(&w.ours.number, 1).await.remove(0);
    w.park(&own, vec![w.parked(&own, 0, ParkedState::Parked)])
        .await;
    let nothing = Replay::Homeless(vec![own.lane]);
    assert_eq!(replay(&w, Scope::Platform, nothing).await, 0);
}

/// Applies all changes of a number's queue.
async fn apply_all(w: &ReceiveWorld, changes: &[Change]) {
    let batch = ApplyBatch {
        dequeue: changes.iter().map(|change| change.id).collect(),
        ..w.batch(vec![])
    };
    w.store.apply(batch).await.unwrap();
}

async fn replay_range(w: &ReceiveWorld, scope: Scope, from: i64, to: i64) -> i64 {
    let (mut total, mut after) = (0, None::<ChangeId>);
    for _ in 0..1_000 {
        let which = Replay::Range(at(from), at(to));
        let step = w.store.replay(scope, which, after, at(3_000), vec![]).await;
        let (count, last) = step.unwrap();
        if count == 0 {
            return total;
        }
        assert!(last > after, "it goes on");
        (total, after) = (total + count, last);
    }
    panic!("a range has an end");
}

pub async fn a_range_is_queued_again_in_steps(w: ReceiveWorld) {
    let body = b"{}".as_slice();
    let of = |count| (0..count).map(|_| (&w.ours.number, body));
    let before = w.queue_at(at(99), of(1)).await;
    let within = w.queue_at(at(100), of(2_500)).await;
    let after = w.queue_at(at(200), of(1)).await;
    let theirs = w.queue_at(at(150), [(&w.theirs.number, body)]).await;
    for changes in [&before, &within, &after, &theirs] {
        apply_all(&w, changes).await;
    }
    assert_eq!(
        replay_range(&w, Scope::Org(w.ours.org), 100, 200).await,
        2_500
    );
    let queued = w.waiting(&w.ours.number).await;
    let queued = queued
        .iter()
        .filter(|queued| queued.change.org == Some(w.ours.org));
    let (mut ids, mut expected) = (Vec::new(), Vec::new());
    for queued in queued {
        assert!(queued.is_replay);
        ids.push(queued.change.id);
    }
    expected.extend(within.iter().map(|change| change.id));
    assert_eq!(
        ids, expected,
        "in order, from the first to before the second"
    );
    assert_eq!(w.store.queued_count(10_000).await.unwrap(), 2_500);
    assert_eq!(
        replay_range(&w, Scope::Platform, 0, 10_000).await,
        3,
        "the others"
    );
    assert_eq!(w.store.queued_count(10_000).await.unwrap(), 2_503);
}

pub async fn a_range_leaves_queued_changes_in_their_place(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 2).await;
    apply_all(&w, &changes[..1]).await;
    replay_range(&w, Scope::Platform, -10, 10).await;
    let mut queued = w.waiting(&w.ours.number).await;
    queued.sort_by_key(|queued| queued.change.id);
    let replays: Vec<_> = queued.iter().map(|q| (q.change.id, q.is_replay)).collect();
    assert_eq!(replays, [(changes[0].id, true), (changes[1].id, false)]);
}

pub async fn a_replayed_change_drops_its_parked_items(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 2).await;
    for change in &changes {
        let items = vec![
            w.parked(change, 0, ParkedState::Parked),
            w.parked(change, 1, ParkedState::Parked),
        ];
        w.park(change, items).await;
    }
    replay_range(&w, Scope::Platform, -10, 10).await;
    let still = w.parked(&changes[0], 1, ParkedState::Parked);
    let batch = ApplyBatch {
        replayed: vec![changes[0].id],
        park: vec![still.clone()],
        ..w.batch_of(changes[0].id, vec![])
    };
    w.store.apply(batch).await.unwrap();
    let scope = Scope::Org(w.ours.org);
    let left = w.store.parked(scope, None, whole()).await.unwrap().rows;
    let mut left: Vec<_> = left.iter().map(|item| (item.change, item.index)).collect();
    left.sort_unstable();
    assert_eq!(
        left,
        [(changes[0].id, 1), (changes[1].id, 0), (changes[1].id, 1)]
    );
}

pub async fn a_discarded_item_is_gone_and_recorded(w: ReceiveWorld) {
    let changes = w.queue(&w.ours.number, 1).await;
    let item = w.parked(&changes[0], 0, ParkedState::Parked);
    w.park(&changes[0], vec![item.clone()]).await;
    let audit = || vec![w.connect.make.event(w.ours.org, "webhook.discarded")];
    let scope = Scope::Org(w.ours.org);
    assert!(w.store.discard(scope, item.id, audit()).await.unwrap());
    assert!(!w.store.discard(scope, item.id, audit()).await.unwrap());
    assert_eq!(w.store.parked_item(scope, item.id).await.unwrap(), None);
    let actions = w.connect.actions(w.ours.org).await;
    assert_eq!(actions, ["webhook.discarded"], "once");
}

pub async fn changes_are_paged_newest_first_and_filtered(w: ReceiveWorld) {
    let mut all = Vec::new();
    for n in 0..4 {
        let batch = w.journal_batch_at(at(n * 100), &[b"{}"]);
        let mut change = w.change(&w.ours.number, &batch.deliveries[0], b"0123\0\xff");
        if n % 2 == 1 {
            change.field = "flows".into();
        }
        w.store.append(batch.clone()).await.unwrap();
        let write = wabakit_ports::store::SplitWrite {
            batches: vec![batch.id],
            changes: vec![change.clone()],
            unreadable: vec![],
        };
        w.store.split(write).await.unwrap();
        all.push(change);
    }
    apply_all(&w, &all[..1]).await;
    let scope = Scope::Org(w.ours.org);
    let found = w
        .store
        .changes(scope, ChangeFilter::default(), whole())
        .await;
    let found = found.unwrap().rows;
    let ids: Vec<_> = found.iter().map(|found| found.change.id).collect();
    let expected: Vec<_> = all.iter().rev().map(|change| change.id).collect();
    assert_eq!(ids, expected);
    let queued: Vec<_> = found.iter().map(|found| found.is_queued).collect();
    assert_eq!(queued, [true, true, true, false]);
    for listed in &found {
        assert_eq!(listed.size, 6);
        assert!(listed.change.raw.is_empty(), "without bytes");
    }
    assert_pages(&found, |page| {
        w.store.changes(scope, ChangeFilter::default(), page)
    })
    .await;
    let filter = ChangeFilter {
        field: Some("flows".into()),
        from: Some(at(100)),
        to: Some(at(300)),
    };
    let only = w.store.changes(scope, filter, whole()).await.unwrap().rows;
    assert_eq!(only.len(), 1);
    assert_eq!(only[0].change.id, all[1].id);
    let whole_one = w.store.change(scope, all[1].id).await.unwrap().unwrap();
    assert_eq!(whole_one.change, all[1], "with its bytes");
    assert_eq!(w.store.change(scope, w.id()).await.unwrap(), None);
}
